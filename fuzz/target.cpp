#include "fuzz/target.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cardfile::fuzz::target({reinterpret_cast<const char*>(data), size});
  return 0;
}

namespace cardfile::fuzz {

void promise(bool is_kept, const char* sentence) {
  if (is_kept) return;
  std::fprintf(stderr, "a promise is broken: %s\n", sentence);
  std::abort();
}

std::string_view cut(std::string_view& rest, char mark) {
  const std::size_t end = std::min(rest.find(mark), rest.size());
  const std::string_view piece = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return piece;
}

}  // namespace cardfile::fuzz
