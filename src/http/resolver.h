#pragma once
// Resolver: the addresses of a host's name, looked up where nobody has to wait for the system.

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace boost::asio {
class io_context;
}

namespace cardfile::http {

/// The question and, once it is done, the answer to it.
struct LookUp {
  std::string host;
  std::uint16_t port = 0;
  std::atomic<bool> is_wanted = true;  // False: its turn, when that has not come yet, is left out.

  // Not to be read before it is done.
  boost::system::error_code error;
  std::vector<boost::asio::ip::tcp::endpoint> endpoints;
};

/// The system's look-up cannot be interrupted and may take half a minute. Each has a thread that nobody waits for,
/// eight at a time; others wait for one of them to end.
class Resolver {
 public:
  explicit Resolver(boost::asio::io_context& context);
  /// Look-ups that are under way go on by themselves, and nobody is told.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Posts `done` to the context when the look-up has ended, or has been left out. It is not work that keeps the
  /// context running. Whatever thread it was, `done` may be destroyed there.
  void begin(std::shared_ptr<LookUp> look_up, std::function<void()> done);

 private:
  class Shared;
  std::shared_ptr<Shared> shared_;  // With the threads, which may outlive the resolver and its context.
};

}  // namespace cardfile::http
