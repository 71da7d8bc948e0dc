// What the documents point at is there.

#include <gtest/gtest.h>

#include <filesystem>
#include <regex>
#include <string>
#include <vector>

#include "docs/documents.h"

namespace cardfile::test {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kDocuments = {"README.md",          "docs/api.md",      "docs/architecture.md",
                                             "docs/operating.md",  "bench/README.md",  "docs/update-a-contact.md",
                                             "CHANGELOG.md",       "bench/RESULTS.md", "docs/update-truth-table.md",
                                             "docs/reliability.md"};

/// Every match of `pattern`'s groups in `text`.
std::vector<std::smatch> matches(const std::string& text, const std::regex& pattern) {
  return {std::sregex_iterator(text.begin(), text.end(), pattern), std::sregex_iterator()};
}

TEST(Documents, LinkToFilesThatExist) {
  const std::regex link(R"(\]\(([^)#:]+)(#[^)]*)?\))");
  int links = 0;
  for (const std::string& name : kDocuments) {
    const std::string text = read_document(name);
    for (const auto& match : matches(text, link)) {
      const fs::path target = fs::path(CARDFILE_SOURCE_DIR) / fs::path(name).parent_path() / match[1].str();
      EXPECT_TRUE(fs::exists(target)) << name << " links to " << match[1];
      ++links;
    }
  }
  EXPECT_GE(links, 10);
}

TEST(ArchitecturePage, NamesFilesThatExistAndFunctionsThatAreInThem) {
  const std::string page = read_document("docs/architecture.md");
  const std::regex reference(R"(`([a-z_0-9]+(?:/[a-z_0-9]+)+\.(?:cpp|h))`(?:, `([a-z_]+)\(\)`)?)");
  const auto found = matches(page, reference);
  EXPECT_GE(found.size(), 8U);
  for (const auto& match : found) {
    const std::string file = "src/" + match[1].str();
    ASSERT_TRUE(fs::exists(fs::path(CARDFILE_SOURCE_DIR) / file)) << file;
    if (match[2].matched) {
      EXPECT_NE(read_document(file).find(match[2].str() + "("), std::string::npos) << file << ", " << match[2];
    }
  }
}

}  // namespace
}  // namespace cardfile::test
