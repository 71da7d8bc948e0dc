#include "http/careless_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>
#include <utility>

namespace cardfile::http {

CarelessServer::CarelessServer(std::function<void(std::string_view head)> see) : see_(std::move(see)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("The careless server cannot listen.");
  }
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_connections(); });
}

CarelessServer::~CarelessServer() {
  is_over_ = true;
  ::shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);
  for (std::thread& thread : answering_) thread.join();
  for (const int socket : sockets_) ::close(socket);
  ::close(listener_);
}

void CarelessServer::accept_connections() {
  while (!is_over_) {
    const int socket = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) continue;
    sockets_.push_back(socket);
    answering_.emplace_back([this, socket] { answer(socket); });
  }
}

void CarelessServer::answer(int socket) const {
  std::string received;
  std::array<char, 16 * 1024> room;
  while (true) {
    const std::size_t end = received.find("\r\n\r\n");
    if (end != std::string::npos) {
      const std::string_view head(received.data(), end + 2);
      see_(head);
      const std::string body = std::string(head.substr(0, head.find(" HTTP/"))) + " []";
      const std::string answer =
          "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
      if (::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL) < 0) break;
      received.erase(0, end + 4);
      continue;
    }
    const ssize_t got = ::recv(socket, room.data(), room.size(), 0);
    if (got <= 0) break;
    received.append(room.data(), static_cast<std::size_t>(got));
  }
  ::shutdown(socket, SHUT_RDWR);
}

}  // namespace cardfile::http
