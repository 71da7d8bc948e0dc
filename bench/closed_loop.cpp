#include "bench/closed_loop.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <stdexcept>
#include <system_error>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace cardfile::bench {

namespace {

constexpr std::chrono::seconds kPatience{30};
constexpr std::size_t kInputSize = 4096;  // At first; it grows for larger answers.

[[noreturn]] void fail(const char* what) { throw std::system_error(errno, std::generic_category(), what); }

/// Every connection is a file descriptor, and the usual soft limit of 1,024 would be reached at once.
void allow_descriptors(std::size_t count) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= count) return;
  limit.rlim_cur = std::min<rlim_t>(count, limit.rlim_max);
  setrlimit(RLIMIT_NOFILE, &limit);
}

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) throw std::runtime_error(host + ": " + gai_strerror(error));
  return {found, &freeaddrinfo};
}

int connect_to(const addrinfo& address) {
  const int socket_made = socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (socket_made < 0) fail("socket");
  const int on = 1;
  setsockopt(socket_made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(socket_made, address.ai_addr, address.ai_addrlen) != 0) {
    const int error = errno;
    close(socket_made);
    errno = error;
    fail("connect");
  }
  return socket_made;
}

/// The value of Content-Length in the lines of `header`.
std::optional<std::size_t> content_length(std::string_view header) {
  constexpr std::string_view kName = "content-length:";
  while (true) {
    const std::size_t line_end = header.find('\n');
    if (line_end == std::string_view::npos) return std::nullopt;
    header.remove_prefix(line_end + 1);
    if (header.size() <= kName.size() || strncasecmp(header.data(), kName.data(), kName.size()) != 0) continue;
    const char* digits = header.data() + kName.size();
    while (*digits == ' ') ++digits;
    std::size_t value = 0;
    const auto read = std::from_chars(digits, header.data() + header.size(), value);
    if (read.ec != std::errc()) return std::nullopt;
    return value;
  }
}

}  // namespace

ClosedLoop::ClosedLoop(const std::string& host, std::uint16_t port, std::size_t connections)
    : connections_(connections) {
  allow_descriptors(connections + 64);
  epoll_ = epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0) fail("epoll_create1");
  const Addresses addresses = resolve(host, port);
  for (std::size_t i = 0; i < connections; ++i) {
    connections_[i].socket = connect_to(*addresses);
    connections_[i].input.resize(kInputSize);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    if (epoll_ctl(epoll_, EPOLL_CTL_ADD, connections_[i].socket, &event) != 0) fail("epoll_ctl");
  }
}

ClosedLoop::~ClosedLoop() {
  for (const Connection& connection : connections_) {
    if (connection.socket >= 0) close(connection.socket);
  }
  if (epoll_ >= 0) close(epoll_);
}

void ClosedLoop::run(Source& source) {
  std::array<epoll_event, 256> events{};
  for (std::size_t i = 0; i < connections_.size(); ++i) ask(i, source, Clock::now());
  while (busy_ > 0) {
    constexpr int kPatienceMs = std::chrono::milliseconds(kPatience).count();
    const int ready = epoll_wait(epoll_, events.data(), events.size(), kPatienceMs);
    if (ready < 0 && errno != EINTR) fail("epoll_wait");
    for (int i = 0; i < ready; ++i) receive(events[static_cast<std::size_t>(i)].data.u64, source);
    if (ready != 0) continue;
    for (std::size_t i = 0; i < connections_.size(); ++i) {
      if (connections_[i].busy) lose(i, source);
    }
  }
}

void ClosedLoop::ask(std::size_t index, Source& source, Clock::time_point now) {
  Connection& connection = connections_[index];
  if (connection.socket < 0) return;
  const std::string_view request = source.next(index, now);
  if (request.empty()) return;
  connection.busy = true;
  connection.sent = now;
  ++busy_;
  if (!send_all(connection.socket, request)) lose(index, source);
}

void ClosedLoop::receive(std::size_t index, Source& source) {
  Connection& connection = connections_[index];
  if (connection.socket < 0) return;
  if (connection.received == connection.input.size()) connection.input.resize(2 * connection.input.size());
  const ssize_t count = recv(connection.socket, connection.input.data() + connection.received,
                             connection.input.size() - connection.received, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0 || !connection.busy) return lose(index, source);
  connection.received += static_cast<std::size_t>(count);

  const auto message = parse({connection.input.data(), connection.received});
  if (!message) return;
  // More than one answer to one request: nothing that follows could be trusted.
  if (message->size == 0 || message->size != connection.received) return lose(index, source);
  const auto now = Clock::now();
  connection.busy = false;
  connection.received = 0;
  --busy_;
  source.answered(index, {.status = message->status, .body = message->body, .sent = connection.sent, .received = now});
  ask(index, source, now);
}

void ClosedLoop::lose(std::size_t index, Source& source) {
  Connection& connection = connections_[index];
  close(connection.socket);
  connection.socket = -1;
  connection.received = 0;
  if (!connection.busy) return;
  connection.busy = false;
  --busy_;
  source.answered(index, {.status = 0, .body = {}, .sent = connection.sent, .received = Clock::now()});
}

/// A request always fits into an empty socket buffer, so waiting for room is for the large one on a small machine.
bool ClosedLoop::send_all(int socket, std::string_view bytes) {
  while (true) {
    const ssize_t count = send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    if (bytes.empty()) return true;
    pollfd room{.fd = socket, .events = POLLOUT, .revents = 0};
    constexpr int kPatienceMs = std::chrono::milliseconds(kPatience).count();
    if (poll(&room, 1, kPatienceMs) == 0) return false;
  }
}

/// None while there is more to come; size 0 when it is no answer that this program understands.
std::optional<ClosedLoop::Message> ClosedLoop::parse(std::string_view input) {
  constexpr std::string_view kEnd = "\r\n\r\n";
  const auto* end = static_cast<const char*>(memmem(input.data(), input.size(), kEnd.data(), kEnd.size()));
  if (end == nullptr) return std::nullopt;
  const std::size_t header_size = static_cast<std::size_t>(end - input.data()) + kEnd.size();
  const std::string_view header = input.substr(0, header_size);

  Message message;
  constexpr std::size_t kStatusAt = std::string_view("HTTP/1.1 ").size();
  const auto body_size = content_length(header);
  if (!header.starts_with("HTTP/1.") || header_size < kStatusAt + 3 || !body_size) return message;
  std::from_chars(header.data() + kStatusAt, header.data() + kStatusAt + 3, message.status);
  if (input.size() < header_size + *body_size) return std::nullopt;
  message.body = input.substr(header_size, *body_size);
  message.size = header_size + *body_size;
  return message;
}

}  // namespace cardfile::bench
