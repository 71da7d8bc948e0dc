#pragma once
// Log: one line an event, for people and for grep. Never given personal data or secrets.

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

namespace cardfile::base {

enum class LogLevel { debug, info, warning, error, off };

/// One `name=value` of a line.
struct LogField {
  std::string_view name;
  std::variant<std::string_view, std::int64_t> value;
};

/// Writes lines such as
///   2026-03-02T09:15:00.000Z info listening address=127.0.0.1 port=8080
/// to the standard error stream or a file. Values with blanks or control characters are quoted and escaped, so that
/// nobody can forge a line. A line is handed to a writer thread: when it cannot keep up, the oldest lines are dropped
/// rather than a request held up. Safe to use from any thread.
class Log {
 public:
  /// `file` empty: standard error. Throws std::runtime_error when the file cannot be opened.
  explicit Log(LogLevel level, const std::string& file = {});
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  bool wants(LogLevel level) const;
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields = {});

  /// Returns when everything handed over so far is written.
  void flush();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cardfile::base
