#pragma once
// Allocations: how often the program that this is linked into has asked the heap for memory.

#include <cstddef>

namespace cardfile::test {

/// By operator new, in all threads, so far.
std::size_t allocations();

}  // namespace cardfile::test
