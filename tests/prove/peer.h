#pragma once
// Peer: a connection of which a crowd is made.

#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cardfile::prove {

/// A socket that is left alone.
class Peer {
 public:
  /// Has so much room for what comes, and takes it in pieces of so many bytes; 0: as the kernel has it.
  explicit Peer(std::uint16_t port, int room = 0, int piece = 0)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (room > 0) ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (piece > 0) ::setsockopt(socket_, IPPROTO_TCP, TCP_MAXSEG, &piece, sizeof piece);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("a connection was not taken");
    }
  }
  Peer(Peer&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() {
    if (socket_ >= 0) ::close(socket_);
  }

  /// False when nothing went out.
  bool send(std::string_view bytes) const {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) > 0;
  }
  /// Waits until they have gone out; false when the other side has gone.
  bool send_all(std::string_view bytes) const {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size());
  }
  /// Waits for it.
  bool hears_something() const {
    std::array<char, 4096> room;
    return !wait_to_hear(room).empty();
  }
  /// What has come once there is something; empty at the end.
  std::string_view wait_to_hear(std::span<char> room) const {
    const ssize_t count = ::recv(socket_, room.data(), room.size(), 0);
    return {room.data(), count < 0 ? 0 : static_cast<std::size_t>(count)};
  }
  /// What has come, as far as there is room for it; empty at the end, none when nothing has come.
  std::optional<std::string_view> receive(std::span<char> room) const {
    const ssize_t count = ::recv(socket_, room.data(), room.size(), MSG_DONTWAIT);
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    return std::string_view(room.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
  }
  /// Or its end; nothing of it is taken.
  bool has_something_to_hear() const {
    char byte = 0;
    return ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN;
  }

  /// To be watched.
  int socket() const { return socket_; }

 private:
  int socket_;
};

}  // namespace cardfile::prove
