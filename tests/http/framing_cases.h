#pragma once
// Framing cases: bytes, and where the requests among them begin and end. One table for every reader of such bytes.

#include <cstddef>
#include <string>
#include <vector>

namespace cardfile::http {

struct FramingCase {
  std::string name;
  std::string bytes;
  /// In order: the requests that are seen, as describe() puts them; the status of a refusal; or kClosed. After a
  /// refusal and after kClosed the connection is closed and nothing more is seen; otherwise it stays open.
  std::vector<std::string> outcome;

  bool closes() const;
};

inline const std::string kClosed = "closed";

/// The limits that the cases reach for.
inline constexpr std::size_t kCaseHeaderBytesMax = 512;
inline constexpr std::size_t kCaseBodyBytesMax = 64;

const std::vector<FramingCase>& framing_cases();

}  // namespace cardfile::http
