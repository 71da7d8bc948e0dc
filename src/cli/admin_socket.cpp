#include "cli/admin_socket.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace cardfile::cli {
namespace {

constexpr const char* kFile = "admin.sock";
constexpr mode_t kOwnerOnly = 0600;
constexpr int kBacklog = 16;
constexpr std::size_t kCommandBytesMax = 64 * 1024;
// For a program that has connected to send its command, or to take the answer; the next one waits meanwhile.
constexpr timeval kPatience{.tv_sec = 2, .tv_usec = 0};
// When this process has no descriptor left for the next connection.
constexpr std::chrono::milliseconds kPause{100};

[[noreturn]] void throw_errno() { throw std::system_error(errno, std::generic_category()); }

/// Closed at the end.
class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  int number() const { return number_; }
  bool is_open() const { return number_ >= 0; }

 private:
  int number_;
};

/// The path of a socket has room for a hundred characters, that of a folder may be longer: so the folder goes by the
/// number under which it is open.
sockaddr_un address_in(const Descriptor& folder) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  fmt::format_to_n(address.sun_path, sizeof address.sun_path - 1, "/proc/self/fd/{}/{}", folder.number(), kFile);
  return address;
}

const sockaddr* generic(const sockaddr_un& address) { return reinterpret_cast<const sockaddr*>(&address); }

/// Each word and a NUL, which no word can have.
std::string encoded(const std::vector<std::string>& words) {
  std::string bytes;
  for (const std::string& word : words) bytes.append(word).push_back('\0');
  return bytes;
}

/// The text ends where another begins, if there is one: neither has a NUL.
std::string encoded(const AdminReply& reply) {
  std::string bytes = static_cast<char>(reply.exit_code) + reply.text;
  if (!reply.if_lost.empty()) bytes.append(1, '\0').append(reply.if_lost);
  return bytes;
}

AdminReply decoded_reply(const std::string& bytes) {
  AdminReply reply{.exit_code = bytes.front(), .text = bytes.substr(1)};
  if (const std::size_t end = reply.text.find('\0'); end != std::string::npos) {
    reply.if_lost = reply.text.substr(end + 1);
    reply.text.resize(end);
  }
  return reply;
}

std::vector<std::string> decoded(std::string_view bytes) {
  std::vector<std::string> words;
  while (!bytes.empty()) {
    const std::size_t end = std::min(bytes.find('\0'), bytes.size());
    words.emplace_back(bytes.substr(0, end));
    bytes.remove_prefix(std::min(end + 1, bytes.size()));
  }
  return words;
}

/// Reads to the end; none when there is no end within `bytes_max` or in time.
std::optional<std::string> read_all(const Descriptor& socket, std::size_t bytes_max) {
  std::string bytes;
  std::array<char, 4096> piece;
  while (bytes.size() <= bytes_max) {
    const ssize_t count = ::recv(socket.number(), piece.data(), piece.size(), 0);
    if (count == 0) return bytes;
    if (count > 0) {
      bytes.append(piece.data(), static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

bool write_all(const Descriptor& socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

}  // namespace

class AdminSocket::Impl {
 public:
  Impl(const std::filesystem::path& folder, Run run)
      : run_(std::move(run)),
        folder_(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)),
        listening_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (!folder_.is_open() || !listening_.is_open()) throw_errno();
    // Left behind by a holder of the folder that was killed.
    remove_file();
    const sockaddr_un address = address_in(folder_);
    if (::bind(listening_.number(), generic(address), sizeof address) != 0) throw_errno();
    // Nobody can connect before it listens.
    if (::chmod(address.sun_path, kOwnerOnly) != 0) throw_errno();
    if (::listen(listening_.number(), kBacklog) != 0) throw_errno();
    thread_ = std::jthread([this] { answer_commands(); });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    ::shutdown(listening_.number(), SHUT_RDWR);  // Ends the wait for the next command.
    thread_.join();
    remove_file();
  }

 private:
  void remove_file() const { ::unlinkat(folder_.number(), kFile, 0); }

  void answer_commands() const {
    for (;;) {
      const Descriptor peer(::accept4(listening_.number(), nullptr, nullptr, SOCK_CLOEXEC));
      if (peer.is_open()) {
        answer(peer);
      } else if (errno == EINVAL) {
        return;
      } else if (errno != EINTR) {
        std::this_thread::sleep_for(kPause);
      }
    }
  }

  void answer(const Descriptor& peer) const {
    ::setsockopt(peer.number(), SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
    ::setsockopt(peer.number(), SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
    const auto bytes = read_all(peer, kCommandBytesMax);
    if (!bytes) return;
    const AdminReply reply = run_(decoded(*bytes));
    write_all(peer, encoded(reply));
  }

  const Run run_;
  const Descriptor folder_;
  const Descriptor listening_;
  std::jthread thread_;
};

AdminSocket::AdminSocket(const std::filesystem::path& folder, Run run)
    : impl_(std::make_unique<Impl>(folder, std::move(run))) {}
AdminSocket::~AdminSocket() = default;

std::optional<AdminReply> ask_server(const std::filesystem::path& folder, const std::vector<std::string>& words) {
  const Descriptor directory(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  const Descriptor server(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!directory.is_open() || !server.is_open()) return std::nullopt;
  const sockaddr_un address = address_in(directory);
  if (::connect(server.number(), generic(address), sizeof address) != 0) return std::nullopt;
  const std::string command = encoded(words);
  if (command.size() > kCommandBytesMax) {
    throw std::runtime_error(
        fmt::format("The command is longer than the {} bytes that a server takes.", kCommandBytesMax));
  }
  write_all(server, command);
  ::shutdown(server.number(), SHUT_WR);
  const auto bytes = read_all(server, std::string().max_size());
  if (!bytes || bytes->empty()) {
    throw std::runtime_error(
        "The server ended before it answered. See with a list command whether it did what was asked.");
  }
  return decoded_reply(*bytes);
}

}  // namespace cardfile::cli
