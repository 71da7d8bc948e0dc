#pragma once
// Limits: how much of its memory and patience the server gives to one peer.

#include <chrono>
#include <cstddef>

namespace cardfile::http {

struct Limits {
  std::size_t header_bytes_max = 16 * 1024;       // Request line and headers together; more is 431.
  std::size_t body_bytes_max = 16 * 1024 * 1024;  // More is 413, answered before the body is read.
  /// What all requests that hold more than 32 KiB may hold together, about; who needs more is answered 503.
  std::size_t held_bytes_max = 256 * 1024 * 1024;
  /// What all answers that peers have not taken at once may hold together, about; for one that needs more, those who
  /// have the least time left to take theirs are cut off.
  std::size_t unsent_bytes_max = 256 * 1024 * 1024;
  std::size_t connections_max = 20'000;              // The next one is answered 503 and closed.
  std::chrono::milliseconds header_timeout{10'000};  // From a request's first byte to the end of its headers: 408.
  std::chrono::milliseconds body_timeout{10'000};    // From the end of the headers to the end of the body: 408.
  std::chrono::milliseconds write_timeout{10'000};   // For the peer to take an answer; then it is cut off.
  std::chrono::milliseconds idle_timeout{75'000};    // Between requests; then the connection is closed in silence.
  /// Bodies and answers have a second more for so many bytes that have gone through.
  static constexpr std::size_t kBytesASecond = 64 * 1024;
};

}  // namespace cardfile::http
