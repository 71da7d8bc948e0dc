#include "http/certificate.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace cardfile::http {

namespace {

template <class T, void (*release)(T*)>
struct Release {
  void operator()(T* object) const { release(object); }
};
template <class T, void (*release)(T*)>
using Owned = std::unique_ptr<T, Release<T, release>>;

template <class Write>
void write(const std::string& name, const Write& write_pem) {
  std::FILE* file = std::fopen(name.c_str(), "w");
  write_pem(file);
  std::fclose(file);
}

void add_names(X509* certificate, const std::string& names) {
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str()));
  X509_set_version(certificate, X509_VERSION_3);
  X509_add_ext(certificate, extension.get(), -1);
}

}  // namespace

Certificate::Certificate(const std::string& names, std::chrono::seconds lifetime) {
  std::string name = (std::filesystem::temp_directory_path() / "cardfile-tls-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("No temporary folder can be made.");
  folder_ = name;
  const Owned<EVP_PKEY, EVP_PKEY_free> key(EVP_EC_gen("P-256"));
  const Owned<X509, X509_free> certificate(X509_new());
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), lifetime.count());
  X509_set_pubkey(certificate.get(), key.get());
  if (!names.empty()) add_names(certificate.get(), names);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  write(certificate_file(), [&](std::FILE* file) { PEM_write_X509(file, certificate.get()); });
  write(key_file(),
        [&](std::FILE* file) { PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

Certificate::~Certificate() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace cardfile::http
