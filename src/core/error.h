#pragma once
// Error: why a request cannot be done.

#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cardfile::core {

/// The same word in code, log and JSON (contract, 1.5).
enum class ErrorCode {
  bad_data,                // The request is malformed, or a field of it is.
  unauthorized,            // No valid credentials.
  not_found,               // Unknown, or another team's.
  method_not_allowed,      // The path exists, the method does not.
  conflict,                // A value that must be unique belongs to another contact.
  precondition_failed,     // If-Match names another revision.
  unsupported_media_type,  // A body in an encoding that is not read.
  rate_limited,            // Too many requests.
  not_implemented,         // The real service does this, we do not.
  unavailable,             // Not now: the store takes no writes, or too many wait.
  internal_error           // We are broken.
};

/// "bad_data".
std::string_view to_string(ErrorCode code);

/// One field at fault: its name as the client wrote it, and what is allowed.
struct FieldError {
  std::string field;
  std::string message;

  friend bool operator==(const FieldError&, const FieldError&) = default;
};

/// No answer lists more problems than this, so that a small hostile body cannot ask for a large one.
inline constexpr std::size_t kProblemsMax = 100;

/// This request cannot go on. Messages are sentences for the caller: they name fields and rules, never stored data of
/// somebody else, nor anything of how the server is made.
class Error : public std::exception {
 public:
  Error(ErrorCode code, std::string message);
  /// One answer for all fields at fault, or for the first kProblemsMax of them; `errors` is not empty.
  Error(ErrorCode code, std::vector<FieldError> errors);

  /// For precondition_failed: the revision that is stored now.
  static Error precondition_failed(std::int64_t stored_rev);

  ErrorCode code() const { return code_; }
  const std::string& message() const { return message_; }
  const std::vector<FieldError>& errors() const { return errors_; }
  std::optional<std::int64_t> stored_rev() const { return stored_rev_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  ErrorCode code_;
  std::string message_;
  std::vector<FieldError> errors_;
  std::optional<std::int64_t> stored_rev_;
};

/// Throws when there are any.
void throw_if_any(ErrorCode code, std::vector<FieldError> errors);

}  // namespace cardfile::core
