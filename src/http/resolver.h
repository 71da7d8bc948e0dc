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

/// The system's look-up cannot be interrupted and may take half a minute. So it is made on threads that nobody waits
/// for, up to eight, which end when there is nothing to look up; further names wait for one of them.
class Resolver {
 public:
  explicit Resolver(boost::asio::io_context& context);
  /// Look-ups that are under way go on by themselves, and nobody is told.
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Posts `done` to the context when the look-up has ended, has been left out or could not be begun; not when memory
  /// is short just then, so that whoever waits needs a deadline as well. It is no work that keeps the context running,
  /// and any thread may destroy `done`.
  void begin(std::shared_ptr<LookUp> look_up, std::function<void()> done);

 private:
  class Shared;
  std::shared_ptr<Shared> shared_;  // With the threads, which may outlive the resolver and its context.
};

}  // namespace cardfile::http
