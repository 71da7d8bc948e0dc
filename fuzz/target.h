#pragma once
// What a fuzz target is: a function that is given any bytes, and ends the process when they break a promise.

#include <string_view>

namespace cardfile::fuzz {

/// One a program. Exceptions that leave it are findings too.
void target(std::string_view bytes);

/// Ends the process, with the sentence, unless `is_kept`.
void promise(bool is_kept, const char* sentence);

/// Cuts the piece before the next `mark` off `rest`, and the mark itself; all of it when there is none.
std::string_view cut(std::string_view& rest, char mark);

}  // namespace cardfile::fuzz
