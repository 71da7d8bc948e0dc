// Who is listed: the query string before the first line end, the conditions of a list behind it.

#include <string>

#include "core/contact.h"
#include "core/query.h"
#include "fuzz/reading.h"
#include "http/message.h"
#include "http/router.h"
#include "wire/contact_query_json.h"
#include "wire/dialect.h"

namespace cardfile::fuzz {

namespace {

core::Contact contact(std::int64_t id, std::string first) {
  core::Contact contact;
  contact.id = core::ContactId(id);
  contact.first = std::move(first);
  contact.display_name = contact.first;
  contact.updated = core::Timestamp(std::chrono::microseconds(1'767'225'600'000'000 + id));
  return contact;
}

void check(const core::ContactQuery& query) {
  const core::Contact ada = contact(1, "Ada");
  const core::Contact grace = contact(2, "grace");
  matches(query, ada);
  promise(comes_before(query, ada, grace) != comes_before(query, grace, ada), "the order is strict and total");
  promise(!comes_before(query, ada, ada), "nobody comes before themselves");
}

}  // namespace

void target(std::string_view bytes) {
  const std::string_view line = cut(bytes, '\n');
  std::string_view query = line;
  const std::string_view path = cut(query, '?');
  const auto values = http::query_values(query, "overwrite");
  const auto value = http::query_value(query, "overwrite");
  promise(value.present == !values.empty() && (values.empty() || values.back() == value.value), "the last one counts");
  http::Router router;
  router.add("GET", "/v1/contact/{id}");
  router.add("GET", "/v1/contact/{id}/channel/{channelID}");
  router.add("GET", "/v1/contact/get");
  if (const auto match = router.find("GET", path)) {
    for (const auto& parameter : match->parameters) promise(!parameter.empty(), "a parameter is not empty");
  } else {
    promise(router.allowed(path).empty(), "a path that has GET is found by it");
  }

  with_json(bytes, [](const wire::Json& body) {
    wire::Dialect dialect;
    read([&] { check(wire::v1::read_contact_query(body, dialect)); });
    read([&] { check(wire::v2::read_contact_query(body, dialect)); });
    dialect.list_direction = core::Direction::descending;
    dialect.v1_page_base = 1;
    read([&] { check(wire::v1::read_contact_query(body, dialect)); });
  });
}

}  // namespace cardfile::fuzz
