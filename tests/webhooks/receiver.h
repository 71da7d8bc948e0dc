#pragma once
// Receiver: a server of somebody else's that events are sent to.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/task.h"
#include "http/server.h"

namespace cardfile::test {

struct Received {
  std::string target;
  std::map<std::string, std::string> headers;  // Names in lower case.
  std::string body;
};

class Receiver {
 public:
  Receiver();

  /// "http://127.0.0.1:4711/hook"
  std::string url() const;
  /// How the next events are answered, each once; 200 afterwards.
  void answers(std::deque<int> statuses);

  /// The first `count` events, as soon as they are there. The test fails when they do not come.
  std::vector<Received> receives(std::size_t count);
  /// What came so far.
  std::vector<Received> received() const;

 private:
  http::Response receive(const http::Request& request);

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  // Guarded by mutex_.
  std::vector<Received> received_;
  std::deque<int> statuses_;

  std::unique_ptr<http::Server> server_;
};

}  // namespace cardfile::test
