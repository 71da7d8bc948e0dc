// docs/api.md and the route table say the same.

#include "api/routes.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <string>

#include "docs/documents.h"

namespace cardfile::test {
namespace {

std::set<std::string> routes_in(const std::string& page, const std::regex& pattern) {
  std::set<std::string> routes;
  for (std::sregex_iterator found(page.begin(), page.end(), pattern), end; found != end; ++found) {
    routes.insert(found->str(1));
  }
  return routes;
}

TEST(ApiPage, HasASectionAndALineForEveryRouteAndForNothingElse) {
  std::set<std::string> served;
  for (const api::Route& route : api::routes())
    served.insert(std::string(route.method) + " " + std::string(route.pattern));
  const std::string page = read_document("docs/api.md");
  EXPECT_EQ(routes_in(page, std::regex(R"(### ([A-Z]+ /\S+))")), served);
  EXPECT_EQ(routes_in(page, std::regex(R"(\| \[`([A-Z]+ /\S+)`\])")), served);
}

}  // namespace
}  // namespace cardfile::test
