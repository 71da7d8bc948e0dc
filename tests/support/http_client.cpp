#include "support/http_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace cardfile::test {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::string_view kHeadEnd = "\r\n\r\n";

template <class Number>
Number number_in(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string lower(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

/// `head` is a status line and header lines, each with its line end.
HttpReply parse_head(std::string_view head) {
  HttpReply reply;
  reply.status = number_in<int>(head.substr(head.find(' ') + 1));
  head.remove_prefix(head.find(kLineEnd) + kLineEnd.size());
  while (!head.empty()) {
    const auto line = head.substr(0, head.find(kLineEnd));
    head.remove_prefix(line.size() + kLineEnd.size());
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    auto value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    reply.headers[lower(std::string(line.substr(0, colon)))] = std::string(value);
  }
  return reply;
}

}  // namespace

HttpClient::HttpClient(std::uint16_t port, Headers headers, std::chrono::milliseconds patience)
    : port_(port), headers_(std::move(headers)), patience_(patience) {}

HttpClient::~HttpClient() { close(); }

std::optional<HttpReply> HttpClient::send(std::string_view method, std::string_view target, std::string_view body,
                                          const Headers& more) {
  if (socket_ < 0 && !connect()) return std::nullopt;
  std::string request;
  request.append(method).append(" ").append(target).append(" HTTP/1.1\r\nHost: 127.0.0.1\r\n");
  for (const auto* headers : {&headers_, &more}) {
    for (const auto& [name, value] : *headers) request.append(name).append(": ").append(value).append(kLineEnd);
  }
  request.append("Content-Length: ").append(std::to_string(body.size())).append(kHeadEnd).append(body);
  std::optional<HttpReply> reply;
  if (write_all(request)) reply = read_reply(method != "HEAD");
  if (!reply || reply->headers["connection"] == "close") close();
  return reply;
}

bool HttpClient::send_bytes(std::string_view bytes) { return (socket_ >= 0 || connect()) && write_all(bytes); }

std::optional<HttpReply> HttpClient::receive() { return read_reply(true); }

void HttpClient::close() {
  if (socket_ >= 0) ::close(socket_);
  socket_ = -1;
  received_.clear();
}

bool HttpClient::connect() {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = patience_.count() / 1000, .tv_usec = patience_.count() % 1000 * 1000};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const int at_once = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &at_once, sizeof at_once);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return true;
  close();
  return false;
}

bool HttpClient::write_all(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

bool HttpClient::read_more() {
  std::array<char, 16 * 1024> piece;
  ssize_t count = 0;
  // Where there is a timeout, a process that was stopped and goes on is told so here.
  do {
    count = ::recv(socket_, piece.data(), piece.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count <= 0) return false;
  received_.append(piece.data(), static_cast<std::size_t>(count));
  return true;
}

std::optional<HttpReply> HttpClient::read_reply(bool has_body) {
  std::size_t head_end = 0;
  while ((head_end = received_.find(kHeadEnd)) == std::string::npos) {
    if (!read_more()) return std::nullopt;
  }
  HttpReply reply = parse_head(std::string_view(received_).substr(0, head_end + kLineEnd.size()));
  received_.erase(0, head_end + kHeadEnd.size());
  const std::size_t length = has_body ? number_in<std::size_t>(reply.headers["content-length"]) : 0;
  while (received_.size() < length) {
    if (!read_more()) return std::nullopt;
  }
  reply.body = received_.substr(0, length);
  received_.erase(0, length);
  return reply;
}

}  // namespace cardfile::test
