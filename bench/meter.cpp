#include "bench/meter.h"

#include "bench/cpu.h"

namespace cardfile::bench {

bool Meter::over(Clock::time_point now) {
  using std::chrono::duration_cast;
  if (!started_) {
    started_ = true;
    begin_ = now + duration_cast<Clock::duration>(options_.warmup);
    end_ = begin_ + duration_cast<Clock::duration>(options_.measured);
  }
  if (!measuring_ && now >= begin_) {
    measuring_ = true;
    begin_ = last_ = now;
    at_begin_ = cpu_times();
  }
  if (now >= end_) end(now);
  return over_;
}

void Meter::end(Clock::time_point now) {
  if (over_) return;
  over_ = true;
  last_ = now;
  const CpuTimes at_end = cpu_times();
  server_cpu_ = at_end.server - at_begin_.server;
  own_cpu_ = at_end.own - at_begin_.own;
}

void Meter::record(const Answer& answer) {
  if (!answer.ok()) {
    ++errors_[answer.status];
    if (first_error_.empty()) first_error_ = answer.status == 0 ? "connection lost" : std::string(answer.body);
    return;
  }
  if (!measuring_ || over_) return;
  last_ = answer.received;
  latency_.add(static_cast<std::uint64_t>((answer.received - answer.sent).count()));
}

std::uint64_t Meter::error_count() const {
  std::uint64_t count = 0;
  for (const auto& [status, times] : errors_) count += times;
  return count;
}

Meter::CpuTimes Meter::cpu_times() const {
  CpuTimes times{.own = own_cpu_time()};
  for (const pid_t process : options_.processes) times.server += cpu_time_of(process);
  return times;
}

double Meter::per_request(std::chrono::nanoseconds time) const {
  if (latency_.total() == 0) return 0;
  return std::chrono::duration<double, std::micro>(time).count() / static_cast<double>(latency_.total());
}

}  // namespace cardfile::bench
