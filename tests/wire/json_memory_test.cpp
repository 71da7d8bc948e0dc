// When a JsonDocument takes memory, and when it gives it back.

#include <cstddef>
#include <string>

#include <gtest/gtest.h>

#include "wire/allocations.h"
#include "wire/json_in.h"

namespace cardfile::wire {
namespace {

/// A document of so many bytes.
std::string document_of(std::size_t size) { return '"' + std::string(size - 2, 'x') + '"'; }

std::size_t allocations_of(JsonDocument& document, const std::string& body) {
  const std::size_t before = test::allocations();
  document.parse(body);
  return test::allocations() - before;
}

TEST(JsonDocument, AllocatesNothingForAsLargeADocumentAgain) {
  for (const std::size_t size : {10, 4'000, 43'646, 43'647, 50'000, 65'536, 65'537, 200'000}) {
    JsonDocument document;
    const std::string body = document_of(size);
    EXPECT_GT(allocations_of(document, body), 0U) << size;
    EXPECT_EQ(allocations_of(document, body), 0U) << size;
  }
}

TEST(JsonDocument, GivesTheMemoryOfALargeDocumentBack) {
  JsonDocument document;
  allocations_of(document, document_of(1'000'000));
  EXPECT_GT(allocations_of(document, "1"), 0U);
  EXPECT_EQ(allocations_of(document, "1"), 0U);
}

}  // namespace
}  // namespace cardfile::wire
