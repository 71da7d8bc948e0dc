#pragma once
// Process: a program that a test runs.

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace cardfile::test {

/// How a program ended.
struct Ending {
  int exit_code = -1;  // -1 when a signal ended it.
  int signal = 0;

  friend bool operator==(const Ending&, const Ending&) = default;
};

struct ProcessOptions {
  std::vector<std::string> arguments;  // The program first, by its path.
  /// Set on top of this process's environment, of which the child gets nothing that begins with CARDFILE_.
  std::map<std::string, std::string> environment = {};
  std::filesystem::path folder = {};  // Where it runs; empty: here.
};

/// A child process. What it writes is kept; it gets no input. It never outlives this object, nor the thread that
/// started it.
class Process {
 public:
  explicit Process(const ProcessOptions& options);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t id() const { return id_; }
  void send_signal(int signal) const;

  /// None when it still runs after `patience`.
  std::optional<Ending> wait(std::chrono::milliseconds patience);
  /// SIGKILL, and waits for the end.
  void kill();

  /// All that it has written so far.
  std::string output() const;
  std::string errors() const;

 private:
  pid_t id_ = -1;
  int output_ = -1;
  int errors_ = -1;
  std::optional<Ending> ending_;
};

/// What a program that ran to its end left behind.
struct Finished {
  int exit_code = -1;  // -1 when it was ended by a signal or took too long.
  std::string output;
  std::string errors;
};

Finished run(const ProcessOptions& options, std::chrono::milliseconds patience = std::chrono::seconds(60));

namespace detail {
void short_nap();
}

/// Asks `condition` again and again, a few milliseconds apart; false when it has not become true after `patience`.
template <class Condition>
bool becomes_true(Condition condition, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    detail::short_nap();
  }
  return true;
}

}  // namespace cardfile::test
