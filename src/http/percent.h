#pragma once
// Percent escapes of URLs (RFC 3986, section 2.1).

#include <string>
#include <string_view>

namespace cardfile::http {

/// Whether every percent sign begins an escape.
bool is_decodable(std::string_view text);

/// Appends the decoded text to `out`. A percent sign that begins no escape is kept as it stands. `plus_is_blank` is the
/// rule of query strings.
void append_decoded(std::string& out, std::string_view text, bool plus_is_blank);

}  // namespace cardfile::http
