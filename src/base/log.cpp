#include "base/log.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <stdexcept>
#include <system_error>

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/sink.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace cardfile::base {
namespace {

constexpr std::size_t kQueueMax = 4096;
constexpr auto kMarkerPatience = std::chrono::milliseconds(50);

/// No line of ours has this level: it marks the place in the queue up to which somebody waits.
constexpr auto kMarker = spdlog::level::critical;

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::off:
      return spdlog::level::off;
  }
  return spdlog::level::off;
}

spdlog::sink_ptr open_target(const std::string& file) {
  if (file.empty()) return std::make_shared<spdlog::sinks::stderr_sink_st>();
  // The sink would make the folders of a mistyped path.
  const auto folder = std::filesystem::path(file).parent_path();
  std::error_code hidden;
  try {
    if (folder.empty() || std::filesystem::is_directory(folder, hidden)) {
      return std::make_shared<spdlog::sinks::basic_file_sink_st>(file);
    }
  } catch (const spdlog::spdlog_ex&) {
    // Its words are those of the system with addresses of the source.
  }
  throw std::runtime_error("The log file " + file +
                           " cannot be opened for writing. Check that its folder exists and may be written to.");
}

/// Hands lines on to the target, in the writer thread. A line is flushed as soon as no other waits, so that a quiet log
/// is up to date and a busy one is written in large pieces.
class Writer final : public spdlog::sinks::sink {
 public:
  Writer(spdlog::sink_ptr target, spdlog::details::thread_pool& queue) : target_(std::move(target)), queue_(queue) {}

  void log(const spdlog::details::log_msg& message) override {
    if (message.level == kMarker) {
      target_->flush();
      reach(message.source.line);
      return;
    }
    target_->log(message);
    if (queue_.queue_size() == 0) target_->flush();
  }
  void flush() override { target_->flush(); }
  void set_pattern(const std::string& pattern) override { target_->set_pattern(pattern); }
  void set_formatter(std::unique_ptr<spdlog::formatter> formatter) override {
    target_->set_formatter(std::move(formatter));
  }

  /// True when marker `number` came by before `patience` was over.
  bool wait_for(int number, std::chrono::milliseconds patience) {
    std::unique_lock lock(mutex_);
    return reached_changed_.wait_for(lock, patience, [&] { return reached_ >= number; });
  }

 private:
  void reach(int number) {
    const std::scoped_lock lock(mutex_);
    reached_ = std::max(reached_, number);
    reached_changed_.notify_all();
  }

  const spdlog::sink_ptr target_;
  spdlog::details::thread_pool& queue_;

  std::mutex mutex_;
  std::condition_variable reached_changed_;
  int reached_ = 0;
};

bool is_plain(char character) {
  return character > ' ' && character < '\x7f' && character != '"' && character != '\\' && character != '=';
}

void append_escaped(std::string& line, std::string_view text) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      line += '\\';
      line += character;
    } else if (character == '\n') {
      line += "\\n";
    } else if (byte < ' ' || byte >= 0x7f) {
      line += "\\x";
      line += kDigits[byte >> 4];
      line += kDigits[byte & 15];
    } else {
      line += character;
    }
  }
}

void append_value(std::string& line, std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, is_plain)) {
    line += text;
    return;
  }
  line += '"';
  append_escaped(line, text);
  line += '"';
}

void append_value(std::string& line, std::int64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  line.append(digits, end);
}

}  // namespace

class Log::Impl {
 public:
  Impl(LogLevel level, const std::string& file)
      : queue_(std::make_shared<spdlog::details::thread_pool>(kQueueMax, 1)),
        writer_(std::make_shared<Writer>(open_target(file), *queue_)),
        logger_(std::make_shared<spdlog::async_logger>("cardfile", writer_, queue_,
                                                       spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_level(spdlog_level(level));
    logger_->set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
  }
  // The queue ends first: its destructor writes what waits, with the logger that the lines came from.
  ~Impl() { queue_.reset(); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool wants(LogLevel level) const { return logger_->should_log(spdlog_level(level)); }

  void write(LogLevel level, std::string_view line) {
    logger_->log(spdlog_level(level), spdlog::string_view_t(line.data(), line.size()));
  }

  void flush() {
    if (!logger_->should_log(kMarker)) return;
    const std::scoped_lock lock(mutex_);
    ++markers_;
    // Lines that come in too fast may push the marker out of the queue before it is reached.
    do mark(markers_);
    while (!writer_->wait_for(markers_, kMarkerPatience));
  }

 private:
  void mark(int number) { logger_->log(spdlog::source_loc("", number, ""), kMarker, spdlog::string_view_t()); }

  std::shared_ptr<spdlog::details::thread_pool> queue_;
  const std::shared_ptr<Writer> writer_;
  const std::shared_ptr<spdlog::async_logger> logger_;

  std::mutex mutex_;
  int markers_ = 0;  // Guarded by mutex_.
};

Log::Log(LogLevel level, const std::string& file) : impl_(std::make_unique<Impl>(level, file)) {}

Log::~Log() = default;

bool Log::wants(LogLevel level) const { return level != LogLevel::off && impl_->wants(level); }

void Log::write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
  if (!wants(level)) return;
  std::string line;
  line.reserve(256);
  append_escaped(line, event);
  for (const LogField& field : fields) {
    line += ' ';
    append_escaped(line, field.name);
    line += '=';
    std::visit([&line](const auto& value) { append_value(line, value); }, field.value);
  }
  impl_->write(level, line);
}

void Log::flush() { impl_->flush(); }

}  // namespace cardfile::base
