#pragma once
// Text: what every string from outside is held to.

#include <cstddef>
#include <string>
#include <string_view>

namespace cardfile::core {

/// Without blanks (space, tab, line ends) at both ends.
std::string_view trimmed(std::string_view text);

/// How many bytes at the front of `text` are UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing past U+10FFFF);
/// all of them when it is.
std::size_t valid_utf8(std::string_view text);

/// Characters (Unicode code points) in valid UTF-8.
std::size_t length_of(std::string_view utf8);

/// Whether `c` is U+0000 to U+001F or U+007F.
bool is_control_character(char c);
bool has_control_character(std::string_view text);

/// Whether `text` has no control characters but tabs and line ends.
bool is_plain_text(std::string_view text);

/// ASCII letters made lower case; everything else as it is.
std::string lower_ascii(std::string_view text);

}  // namespace cardfile::core
