// Times: what is read is written in the one form, which is read as the same time.

#include <string>

#include "core/time.h"
#include "fuzz/target.h"

namespace cardfile::fuzz {

void target(std::string_view bytes) {
  const auto time = core::parse_rfc3339(bytes);
  if (!time) return;
  const std::string text = core::to_rfc3339(*time);
  promise(text.size() == 27 && text.back() == 'Z', "a time has one form");
  promise(core::parse_rfc3339(text) == time, "a time that is written is read as it was");
}

}  // namespace cardfile::fuzz
