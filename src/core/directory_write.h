#pragma once
// Directory write: what every write to the small things of a team has in common.

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/directory.h"
#include "core/error.h"
#include "core/patch.h"
#include "core/recorder.h"
#include "core/text.h"

namespace cardfile::core {

/// The smallest id past every one in `things`.
template <class IdType, class Thing>
IdType next_id(const std::map<IdType, Thing>& things) {
  return things.empty() ? IdType(1) : IdType(things.rbegin()->first.value() + 1);
}

/// The chosen id, or the next one. Throws conflict when the chosen one is taken.
template <class IdType, class Thing>
IdType granted_id(std::optional<IdType> chosen, const std::map<IdType, Thing>& things) {
  if (!chosen) return next_id(things);
  if (things.contains(*chosen)) throw Error(ErrorCode::conflict, {{"id", "is taken already"}});
  return *chosen;
}

/// Reads the texts of a thing of the directory, and refuses all that are at fault at once.
class Texts {
 public:
  /// `problems` are those that the command brought along; a field among them is not named again.
  explicit Texts(std::vector<FieldError> problems = {}) : problems_(std::move(problems)) {}

  std::string name(std::string_view field, std::string_view text) {
    auto name = normalise_name(text);
    if (!name) report(field, kNameRule);
    return std::move(name).value_or(std::string());
  }

  /// A phone or e-mail; "" is none.
  std::string address(std::string_view field, std::string_view text,
                      std::optional<std::string> (*normalise)(std::string_view), std::string_view rule) {
    if (text.empty()) return {};
    auto value = normalise(text);
    if (!value) {
      report(field, rule);
    } else if (length_of(*value) > kTextMax) {
      report(field, "must be at most " + std::to_string(kTextMax) + " characters");
    }
    return std::move(value).value_or(std::string());
  }

  /// For those that no text is to blame for.
  std::vector<FieldError>& problems() { return problems_; }

  void throw_if_bad() { throw_if_any(ErrorCode::bad_data, std::move(problems_)); }

 private:
  void report(std::string_view field, std::string_view message) {
    const auto names_it = [&](const FieldError& problem) { return problem.field == field; };
    if (std::any_of(problems_.begin(), problems_.end(), names_it)) return;
    problems_.push_back({std::string(field), std::string(message)});
  }

  std::vector<FieldError> problems_;
};

/// Titles and labels, which have no surrounding blanks, compare without regard to the case of ASCII letters.
inline bool same_title(std::string_view left, std::string_view right) {
  return left.size() == right.size() && lower_ascii(left) == lower_ascii(right);
}

}  // namespace cardfile::core
