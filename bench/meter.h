#pragma once
// Meter: what a run is judged by.

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include "bench/closed_loop.h"
#include "bench/histogram.h"

namespace cardfile::bench {

/// Where a run's figures come from: a time of warming up, which counts for errors only, then the time that is measured.
class Meter {
 public:
  struct Options {
    std::chrono::duration<double> warmup{};
    std::chrono::duration<double> measured{};
    std::vector<pid_t> processes;  // The server's; empty: its CPU time is not known.
  };

  explicit Meter(Options options) : options_(std::move(options)) {}

  /// Whether the measured time is over; the first call starts the clock.
  bool over(Clock::time_point now);
  /// Ends the measured time early: what was to be done is done.
  void end(Clock::time_point now);
  void record(const Answer& answer);

  const Histogram& latency() const { return latency_; }
  double seconds() const { return std::chrono::duration<double>(last_ - begin_).count(); }
  double requests_per_second() const { return seconds() > 0 ? static_cast<double>(latency_.total()) / seconds() : 0; }
  bool knows_server_cpu() const { return !options_.processes.empty(); }
  double server_cpu_us() const { return per_request(server_cpu_); }
  double own_cpu_us() const { return per_request(own_cpu_); }
  /// Answers other than 2xx by status, 0 for a connection that was lost; warming up included.
  const std::map<int, std::uint64_t>& errors() const { return errors_; }
  const std::string& first_error() const { return first_error_; }
  std::uint64_t error_count() const;

 private:
  struct CpuTimes {
    std::chrono::nanoseconds server{};
    std::chrono::nanoseconds own{};
  };

  CpuTimes cpu_times() const;
  double per_request(std::chrono::nanoseconds time) const;

  Options options_;
  bool started_ = false;
  bool measuring_ = false;
  bool over_ = false;
  Clock::time_point begin_;  // Of the measured time.
  Clock::time_point end_;
  Clock::time_point last_;
  CpuTimes at_begin_;
  std::chrono::nanoseconds server_cpu_{};
  std::chrono::nanoseconds own_cpu_{};
  Histogram latency_;
  std::map<int, std::uint64_t> errors_;
  std::string first_error_;
};

}  // namespace cardfile::bench
