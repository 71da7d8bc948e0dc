#include "http/router.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cardfile::http {
namespace {

struct ContactRoutes {
  Router router;
  std::vector<std::string> names;

  ContactRoutes() {
    for (const auto& [method, pattern] : std::vector<std::pair<const char*, const char*>>{
             {"GET", "/"},
             {"GET", "/health"},
             {"POST", "/v1/contact"},
             {"GET", "/v1/contact/{id}"},
             {"PUT", "/v1/contact/{id}"},
             {"POST", "/v1/contact/get"},
             {"POST", "/v1/contact/status"},
             {"GET", "/v2/contact/{id}/history/{seq}"},
             {"GET", "/v2/contact/all/history/{seq}"},
             {"GET", "/v2/contact/{id}/history/last"},
             {"OPTIONS", "/v2/contact/{id}"},
             {"HEAD", "/health"},
             {"GET", "/tool/v1/team"},
             {"GET", "/tool/v1/{id}"},
         }) {
      EXPECT_EQ(router.add(method, pattern), names.size());
      names.push_back(std::string(method) + " " + pattern);
    }
  }

  /// "GET /v1/contact/{id} (7)", or "none".
  std::string find(std::string_view method, std::string_view path) const {
    const auto match = router.find(method, path);
    if (!match) return "none";
    std::string text = names.at(match->route);
    for (const auto& parameter : match->parameters) text += " (" + parameter + ")";
    return text;
  }
};

TEST(Router, FindsTheRouteOfMethodAndPath) {
  const ContactRoutes routes;
  struct Row {
    const char* method;
    const char* path;
    const char* found;
  };
  const Row rows[] = {
      {"GET", "/", "GET /"},
      {"GET", "/health", "GET /health"},
      {"GET", "/health/", "GET /health"},
      {"HEAD", "/health", "HEAD /health"},
      {"HEAD", "/v1/contact/7", "GET /v1/contact/{id} (7)"},
      {"HEAD", "/v1/contact", "none"},
      {"POST", "/v1/contact", "POST /v1/contact"},
      {"PUT", "/v1/contact/7", "PUT /v1/contact/{id} (7)"},
      {"PUT", "/v1/contact/7/", "PUT /v1/contact/{id} (7)"},
      {"PUT", "/v1/contact/7//", "none"},
      {"PUT", "/v1//contact/7", "PUT /v1/contact/{id} (7)"},
      {"PUT", "//v1///contact/7/", "PUT /v1/contact/{id} (7)"},
      {"PUT", "/v1/contact//7", "none"},
      {"GET", "/health//", "none"},
      {"GET", "//tool/v1/team", "GET /tool/v1/team"},
      {"GET", "/tool//v1/team", "GET /tool/v1/team"},
      {"GET", "/tool/v1//team", "GET /tool/v1/team"},
      {"GET", "///tool//v1///team/", "GET /tool/v1/team"},
      {"GET", "/tool/v1//7", "GET /tool/v1/{id} (7)"},
      {"GET", "/tool/v1//", "none"},
      {"GET", "/tool/v1/team//", "none"},
      {"GET", "/tool/v2//team", "none"},
      {"GET", "/v2/contact//history/9", "none"},
      {"GET", "/v2/contact/v1//history/9", "none"},
      {"PUT", "/v1/contact/", "none"},
      {"PUT", "/v1/contact//", "none"},
      {"GET", "//", "none"},
      {"GET", "", "none"},
      {"GET", "v1/contact/7", "none"},
      {"GET", "*", "none"},
      {"get", "/health", "none"},
      {"GET", "/Health", "none"},
      {"GET", "/v1/contact/7/more", "none"},
      {"POST", "/v1/contact/get", "POST /v1/contact/get"},
      {"GET", "/v1/contact/get", "GET /v1/contact/{id} (get)"},
      {"GET", "/v1/contact/a%2Fb%20c+d", "GET /v1/contact/{id} (a/b c+d)"},
      {"GET", "/v1/contact/%zz", "none"},
      {"GET", "/v1/contact/7%", "none"},
      {"GET", "/v1/contact/%4", "none"},
      {"GET", "/v1/contact/%C3%A9", "GET /v1/contact/{id} (\xC3\xA9)"},
      {"GET", "/v2/contact/u/history/9", "GET /v2/contact/{id}/history/{seq} (u) (9)"},
      {"GET", "/v2/contact/all/history/9", "GET /v2/contact/all/history/{seq} (9)"},
      {"GET", "/v2/contact/all/history/last", "GET /v2/contact/all/history/{seq} (last)"},
      {"GET", "/v2/contact/u/history/last", "GET /v2/contact/{id}/history/last (u)"},
      {"OPTIONS", "/v2/contact/u", "OPTIONS /v2/contact/{id} (u)"},
  };
  for (const Row& row : rows) EXPECT_EQ(routes.find(row.method, row.path), row.found) << row.method << " " << row.path;
}

TEST(Router, TellsTheMethodsOfAPath) {
  const ContactRoutes routes;
  EXPECT_EQ(routes.router.allowed("/v1/contact/7"), "GET, HEAD, PUT");
  EXPECT_EQ(routes.router.allowed("/v1/contact/get"), "GET, HEAD, POST, PUT");
  EXPECT_EQ(routes.router.allowed("/v1/contact"), "POST");
  EXPECT_EQ(routes.router.allowed("/health/"), "GET, HEAD");
  EXPECT_EQ(routes.router.allowed("/v1/contact/%zz"), "");
  EXPECT_EQ(routes.router.allowed("/nowhere"), "");
}

}  // namespace
}  // namespace cardfile::http
