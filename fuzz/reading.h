#pragma once
// Reading bodies: what every reader of JSON from outside promises.

#include <string>
#include <utility>

#include "core/error.h"
#include "core/patch.h"
#include "fuzz/target.h"
#include "wire/json_in.h"

namespace cardfile::fuzz {

/// Calls a reader; a refusal has to be one of the caller's making that says what is wrong.
template <class Read>
void read(Read&& reader) {
  try {
    std::forward<Read>(reader)();
  } catch (const core::Error& error) {
    using enum core::ErrorCode;
    promise(error.code() == bad_data || error.code() == not_implemented,
            "what cannot be read is the caller's fault, or asks for what is not there");
    promise(!error.message().empty(), "a refusal says why");
  }
}

/// Parses and, when there is a value, calls `act` with it.
template <class Act>
void with_json(std::string_view text, Act&& act) {
  wire::JsonDocument document;
  read([&] { act(document.parse(text)); });
}

/// A patch without problems obeys the rules, and its normal form is itself.
void check(const core::ContactPatch& patch);

/// The document in one form; the same for every document that means the same.
std::string rewritten(const wire::Json& value);

}  // namespace cardfile::fuzz
