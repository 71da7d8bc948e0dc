#include "http/proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace cardfile::http {

namespace {

using test::ProcessOptions;

// Far longer than anything takes; only a hanging test meets it.
constexpr int kPatienceMs = 20'000;

std::string nginx_configuration(const std::string& folder, const std::string& socket, std::uint16_t port,
                                std::string_view buffering) {
  std::string text = "daemon off; master_process off; pid " + folder + "/pid; error_log stderr;\n";
  text += "events { worker_connections 64; }\n";
  text += "http {\n  access_log off;\n";
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    text += std::string("  ") + kind + "_temp_path " + folder + "/" + kind + ";\n";
  }
  // One connection to the server for all clients: who leaves bytes behind on it spoils the next one's request.
  text += "  upstream cardfile { server 127.0.0.1:" + std::to_string(port) + "; keepalive 1; }\n";
  text += "  server {\n    listen unix:" + socket + ";\n    location / {\n";
  text += "      proxy_pass http://cardfile; proxy_http_version 1.1; proxy_set_header Connection '';\n";
  text += "      proxy_set_header " + std::string(kProxyMark) + " $request_id; proxy_ignore_client_abort on;\n";
  text += "      proxy_request_buffering " + std::string(buffering) + ";\n    }\n  }\n}\n";
  return text;
}

std::string haproxy_configuration(const std::string& socket, std::uint16_t port, std::string_view option) {
  std::string text = "global\n  maxconn 64\n";
  text += "defaults\n  mode http\n  timeout connect 20s\n  timeout client 20s\n  timeout server 20s\n";
  text += "  http-reuse always\n";
  text += "frontend clients\n  bind unix@" + socket + "\n" + std::string(option);
  text += "  http-request set-header " + std::string(kProxyMark) + " %[uuid()]\n  default_backend cardfile\n";
  text += "backend cardfile\n  server cardfile 127.0.0.1:" + std::to_string(port) + "\n";
  return text;
}

std::string program(const std::string& name) {
  for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"}) {
    if (std::filesystem::exists(folder + name)) return folder + name;
  }
  throw std::runtime_error(name + " is not installed: ./setup --tests installs it.");
}

ProcessOptions prepared(ProxyKind kind, const std::string& folder, const std::string& socket, std::uint16_t port) {
  const std::string file = folder + "/configuration";
  std::ofstream configuration(file);
  switch (kind) {
    case ProxyKind::nginx:
    case ProxyKind::nginx_streaming:
      configuration << nginx_configuration(folder, socket, port, kind == ProxyKind::nginx ? "on" : "off");
      return {.arguments = {program("nginx"), "-p", folder, "-e", "stderr", "-c", file}};
    case ProxyKind::haproxy:
      configuration << haproxy_configuration(socket, port, "");
      break;
    case ProxyKind::haproxy_lenient:
      configuration << haproxy_configuration(socket, port, "  option accept-invalid-http-request\n");
      break;
  }
  return {.arguments = {program("haproxy"), "-db", "-f", file}};
}

/// -1 when nobody listens.
int connect_to(const std::string& path) {
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return socket;
  ::close(socket);
  return -1;
}

std::string read_to_end(int socket) {
  std::string text;
  std::array<char, 16 * 1024> room;
  while (true) {
    pollfd waiting{socket, POLLIN, 0};
    if (::poll(&waiting, 1, kPatienceMs) != 1) throw std::runtime_error("The proxy is silent after: " + text);
    const ssize_t got = ::recv(socket, room.data(), room.size(), 0);
    if (got <= 0) return text;
    text.append(room.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

std::string_view to_string(ProxyKind kind) {
  switch (kind) {
    case ProxyKind::nginx:
      return "nginx";
    case ProxyKind::nginx_streaming:
      return "nginx_streaming";
    case ProxyKind::haproxy:
      return "haproxy";
    case ProxyKind::haproxy_lenient:
      return "haproxy_lenient";
  }
  return "";
}

Proxy::Proxy(ProxyKind kind, std::uint16_t server_port)
    : socket_(folder_ / "socket"), process_(prepared(kind, folder_.path().native(), socket_, server_port)) {
  const auto is_up = [this] {
    const int socket = connect_to(socket_);
    if (socket >= 0) ::close(socket);
    return socket >= 0 || process_.wait(std::chrono::milliseconds(0)).has_value();
  };
  if (!test::becomes_true(is_up, std::chrono::milliseconds(kPatienceMs)) ||
      process_.wait(std::chrono::milliseconds(0))) {
    throw std::runtime_error("The proxy did not come up: " + process_.errors());
  }
}

std::string Proxy::answers_to(std::string_view bytes, Sender sender) const {
  const int socket = connect_to(socket_);
  if (socket < 0) throw std::runtime_error("The proxy does not take connections: " + process_.errors());
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;  // It has refused what came so far.
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  if (sender == Sender::closes) ::shutdown(socket, SHUT_WR);
  std::string answers = read_to_end(socket);
  ::close(socket);
  return answers;
}

}  // namespace cardfile::http
