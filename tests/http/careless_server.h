#pragma once
// CarelessServer: the planted fault behind a proxy. It takes every body for the next request.

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>
#include <thread>
#include <vector>

namespace cardfile::http {

class CarelessServer {
 public:
  /// `see` is told the lines of each request, on threads of the server's own. It answers as echo() does.
  explicit CarelessServer(std::function<void(std::string_view head)> see);
  ~CarelessServer();
  CarelessServer(const CarelessServer&) = delete;
  CarelessServer& operator=(const CarelessServer&) = delete;

  std::uint16_t port() const { return port_; }

 private:
  void accept_connections();
  void answer(int socket) const;

  const std::function<void(std::string_view head)> see_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> is_over_ = false;
  std::vector<int> sockets_;            // The accepting thread's; after it, the destructor's.
  std::vector<std::thread> answering_;  // Likewise.
  std::thread accepting_;
};

}  // namespace cardfile::http
