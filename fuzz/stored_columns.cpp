// Columns of a damaged store: they are refused, or mean what is written of them.

#include <stdexcept>
#include <string>

#include "fuzz/target.h"
#include "wire/change_json.h"
#include "wire/columns.h"

namespace cardfile::fuzz {

namespace {

template <class Parse, class Write>
void check(std::string_view text, Parse parse, Write write) {
  try {
    const auto value = parse(text);
    const std::string column = write(value);
    promise(parse(column) == value, "what a column means is written and read as it was");
  } catch (const std::runtime_error&) {
    // The store is damaged, and says so.
  }
}

}  // namespace

void target(std::string_view bytes) {
  check(bytes, wire::parse_custom_column, wire::custom_column);
  check(bytes, wire::parse_tags_column, wire::tags_column);
  check(bytes, wire::parse_texts_column, wire::texts_column);
  check(bytes, wire::parse_users_column, wire::users_column);
  check(bytes, wire::parse_email_suppressions_column, wire::email_suppressions_column);
  check(bytes, wire::parse_channels_column, wire::channels_column);
  check(bytes, wire::parse_notes_column, wire::notes_column);
  check(bytes, wire::parse_changes, wire::changes_to_json);
}

}  // namespace cardfile::fuzz
