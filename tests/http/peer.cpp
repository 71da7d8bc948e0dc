#include "http/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace cardfile::http {

namespace {

// Far longer than anything takes; only a hanging test meets it.
constexpr int kPatienceMs = 20'000;

int connect_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(socket);
    throw std::runtime_error("The server does not take connections.");
  }
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view kName = "\r\nContent-Length: ";
  const std::size_t at = head.find(kName);
  std::size_t length = 0;
  if (at != std::string_view::npos) {
    const std::string_view digits = head.substr(at + kName.size());
    std::from_chars(digits.data(), digits.data() + digits.size(), length);
  }
  return length;
}

}  // namespace

Peer::Peer(std::uint16_t port) : socket_(connect_to(port)) {}
Peer::Peer(Peer&& other) noexcept : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}
Peer::~Peer() {
  if (socket_ >= 0) ::close(socket_);
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Peer::send_byte_by_byte(std::string_view bytes) {
  for (const char& byte : bytes) {
    if (!send({&byte, 1})) return;
  }
}

void Peer::end_output() { ::shutdown(socket_, SHUT_WR); }

bool Peer::read_more() {
  pollfd waiting{socket_, POLLIN, 0};
  if (::poll(&waiting, 1, kPatienceMs) != 1) throw std::runtime_error("The server is silent.");
  std::array<char, 16 * 1024> room;
  const ssize_t got = ::recv(socket_, room.data(), room.size(), 0);
  if (got <= 0) return false;
  received_.append(room.data(), static_cast<std::size_t>(got));
  return true;
}

Answer Peer::answer(bool head_only) {
  std::size_t head_end = 0;
  while ((head_end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!read_more()) return {};
  }
  Answer answer;
  answer.head = received_.substr(0, head_end + 2);
  const std::size_t length = head_only ? 0 : content_length(answer.head);
  while (received_.size() < head_end + 4 + length) {
    if (!read_more()) return {};
  }
  answer.body = received_.substr(head_end + 4, length);
  received_.erase(0, head_end + 4 + length);
  std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
  return answer;
}

Answer Peer::ask(std::string_view bytes) {
  send(bytes);
  return answer();
}

bool Peer::is_closed() {
  while (received_.empty()) {
    if (!read_more()) return true;
  }
  return false;
}

std::string describe(const Request& request) {
  std::string text(request.method);
  text.append(" ").append(request.path);
  if (!request.query.empty()) text.append("?").append(request.query);
  return text.append(" [").append(request.body).append("]");
}

base::Task<Response> echo(const Request& request, base::Executor&) {
  Response response;
  response.body = describe(request);
  co_return response;
}

Response error_page(const ProtocolError& error) {
  Response response;
  response.status = error.status;
  response.body = "refused: " + error.message;
  return response;
}

TestServer::TestServer(ServerOptions options, Answerer answerer, Admission admission) {
  options.port = 0;
  server_ = std::make_unique<Server>(std::move(options), std::move(answerer), error_page, std::move(admission));
  server_->start();
}

}  // namespace cardfile::http
