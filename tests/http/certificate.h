#pragma once
// Certificate: a key and a certificate for a test's server, in files.

#include <chrono>
#include <filesystem>
#include <string>

namespace cardfile::http {

/// A key and a certificate that it has signed itself, in files that go away with it.
class Certificate {
 public:
  /// `names` as OpenSSL writes them: "DNS:localhost,IP:127.0.0.1". One that lives a negative time has expired.
  explicit Certificate(const std::string& names = {}, std::chrono::seconds lifetime = std::chrono::hours(1));
  ~Certificate();
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  std::string certificate_file() const { return (folder_ / "certificate.pem").string(); }
  std::string key_file() const { return (folder_ / "key.pem").string(); }

 private:
  std::filesystem::path folder_;
};

}  // namespace cardfile::http
