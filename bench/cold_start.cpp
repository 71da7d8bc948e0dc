// cardfile-cold-start: how long a server takes from exec to its first 200 on /readyz. A program of its own because the
// few milliseconds in question are less than a shell needs to start curl once.

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::microseconds kPause{200};
constexpr std::chrono::seconds kPatience{60};

/// The server's process; ended, and waited for, when this goes.
class Server {
 public:
  Server(const std::string& program, const std::string& folder, const std::string& port_file) {
    std::vector<std::string> words = {program,   "serve",  "--listen", "127.0.0.1:0",  "--port-file",
                                      port_file, "--data", folder,     "--rate-limit", "0"};
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int error = posix_spawn(&process_, program.c_str(), nullptr, nullptr, arguments.data(), environ);
    if (error != 0) throw std::system_error(error, std::generic_category(), program);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() {
    if (process_ <= 0) return;
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
  }

  void throw_if_ended() {
    if (waitpid(process_, nullptr, WNOHANG) != process_) return;
    process_ = -1;
    throw std::runtime_error("the server ended before it was ready");
  }

 private:
  pid_t process_ = -1;
};

/// 0 until the server has written it.
std::uint16_t port_in(const std::string& file) {
  std::uint16_t port = 0;
  std::ifstream(file) >> port;
  return port;
}

bool is_ready(std::uint16_t port) {
  constexpr std::string_view kRequest = "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
  constexpr std::string_view kReady = "HTTP/1.1 200";
  const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  std::array<char, kReady.size()> answer{};
  const bool ready = connect(connection, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                     send(connection, kRequest.data(), kRequest.size(), MSG_NOSIGNAL) > 0 &&
                     recv(connection, answer.data(), answer.size(), MSG_WAITALL) > 0 &&
                     std::string_view(answer.data(), answer.size()) == kReady;
  close(connection);
  return ready;
}

double start_ms(const std::string& program, const std::string& folder) {
  const std::string port_file = folder + "/bench.port";
  std::filesystem::remove(port_file);
  const auto begin = Clock::now();
  Server server(program, folder, port_file);
  while (true) {
    const std::uint16_t port = port_in(port_file);
    if (port != 0 && is_ready(port)) break;
    server.throw_if_ended();
    if (Clock::now() - begin > kPatience) throw std::runtime_error("the server is not ready after a minute");
    std::this_thread::sleep_for(kPause);
  }
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures the start of a server.", "cardfile-cold-start");
  std::string program;
  std::string folder;
  std::size_t times = 5;
  app.add_option("program", program, "The cardfile executable")->required()->check(CLI::ExistingFile);
  app.add_option("folder", folder, "Its data folder")->required()->check(CLI::ExistingDirectory);
  app.add_option("--times", times, "Starts, of which the median is printed")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  try {
    app.parse(argc, argv);
    std::vector<double> all;
    while (all.size() < times) all.push_back(start_ms(program, folder));
    std::ranges::sort(all);
    std::printf("%.1f\n", all[all.size() / 2]);
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "cardfile-cold-start: " << error.what() << "\n";
    return 1;
  }
}
