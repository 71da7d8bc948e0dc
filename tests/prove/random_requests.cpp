#include "prove/random_requests.h"

#include <utility>

namespace cardfile::prove {
namespace {

constexpr std::int64_t kPhones = 40;
constexpr std::int64_t kIds = 60;
constexpr std::size_t kUuidsMax = 80;
constexpr std::size_t kUuidSize = 36;

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

std::string object(const std::vector<std::pair<std::string_view, std::string>>& members) {
  std::string json;
  for (const auto& [name, value] : members) {
    if (!value.empty()) json.append(json.empty() ? "" : ",").append(quoted(name)).append(":").append(value);
  }
  return "{" + json + "}";
}

std::string array(const std::vector<std::string>& items) {
  std::string json;
  for (const auto& item : items) json.append(json.empty() ? "" : ",").append(item);
  return "[" + json + "]";
}

}  // namespace

RandomRequest RandomRequests::next() {
  const auto die = below(100);
  RandomRequest request;
  if (die < 45) {
    request = contact_request();
  } else if (die < 63) {
    request = many_contacts_request();
  } else if (die < 72) {
    request = channel_request();
  } else if (die < 78) {
    request = status_request();
  } else if (die < 84) {
    request = directory_request();
  } else if (die < 91) {
    request = list_request();
  } else if (die < 96) {
    request = n8n_request();
  } else {
    request = odd_request();
  }
  if (request.sender == Sender::team && one_in(6)) request.sender = Sender::other_team;
  if (one_in(8)) request.headers["If-Match"] = one_in(6) ? "*" : quoted(number(6));
  if (one_in(20)) request.headers["If-None-Match"] = quoted(number(4));
  return request;
}

void RandomRequests::learn(const std::string& body) {
  const std::string start = "\"uuid\":\"";
  for (auto found = body.find(start); found != std::string::npos; found = body.find(start, found + start.size())) {
    std::string uuid = body.substr(found + start.size(), kUuidSize);
    if (uuids_.size() < kUuidsMax) {
      uuids_.push_back(std::move(uuid));
    } else {
      uuids_[static_cast<std::size_t>(below(kUuidsMax))] = std::move(uuid);
    }
  }
}

RandomRequest RandomRequests::contact_request() {
  const bool first_version = one_in(2);
  const auto die = below(20);
  if (die < 4) {
    if (first_version) return {.method = "POST", .target = "/v1/contact", .body = contact_body(true)};
    return {
        .method = "POST", .target = "/v2/contact", .body = contact_body(one_in(2), {{"contact_channels", channels()}})};
  }
  if (die < 13)
    return {.method = "PUT",
            .target = contact_path(first_version) + overwrite(),
            .body = contact_body(first_version || one_in(4))};
  if (die < 17) return {.method = "GET", .target = contact_path(first_version)};
  if (die < 19) return {.method = "DELETE", .target = contact_path(first_version)};
  return {.method = "POST",
          .target = "/v1/contact/get",
          .body = object({{"phone", sometimes(2, [&] { return quoted(phone()); })}, {"id", number(kIds)}})};
}

RandomRequest RandomRequests::many_contacts_request() {
  switch (below(9)) {
    case 0:
    case 1:
      return {.method = "POST", .target = "/v1/contacts", .body = query_body()};
    case 2:
      return {.method = "POST", .target = "/v2/contacts/list", .body = query_body()};
    case 3:
      return {.method = "POST", .target = "/v1/contacts/count", .body = query_body()};
    case 4:
    case 5:
      return {.method = "POST", .target = "/v2/contacts/search", .body = search_body()};
    case 6: {
      std::vector<std::string> items;
      for (auto count = below(4); count >= 0; --count) items.push_back(contact_body(!one_in(8)));
      return {.method = "POST", .target = "/v1/batch/contacts" + overwrite(), .body = array(items)};
    }
    case 7: {
      std::vector<std::string> items;
      for (auto count = below(4); count >= 0; --count)
        items.push_back(contact_body(one_in(2), {{"contact_id", sometimes(2, [&] { return quoted(uuid()); })},
                                                 {"contact_channels", sometimes(3, [&] { return channels(); })}}));
      return {.method = "POST", .target = "/v2/contacts" + overwrite(), .body = object({{"contacts", array(items)}})};
    }
    default: {
      std::vector<std::string> some;
      for (auto count = below(2); count >= 0; --count) some.push_back(quoted(uuid()));
      return {.method = "DELETE",
              .target = "/v2/contacts",
              .body = object(
                  {{"contact_channels", array({object({{"channel_type", "\"id\""}, {"channel_ids", array(some)}})})}})};
    }
  }
}

RandomRequest RandomRequests::channel_request() {
  const std::string path = "/v2/contact/" + uuid() + "/channel";
  switch (below(8)) {
    case 0:
    case 1:
    case 2:
      return {.method = "POST", .target = path, .body = channel_body()};
    case 3:
    case 4:
      return {.method = "PUT", .target = path, .body = channel_body()};
    case 5:
      return {.method = "GET", .target = path + (one_in(2) ? "s" : one_in(2) ? "" : "/" + number(kIds))};
    case 6:
      return {.method = "DELETE", .target = path + "/" + (one_in(2) ? number(kIds) : phone())};
    default:
      return {.method = "DELETE", .target = path + "?channel_type=phone&channel_id=" + phone()};
  }
}

RandomRequest RandomRequests::status_request() {
  const std::string name = one_in(2) ? "" : quoted(phone());
  const std::string id = name.empty() || one_in(8) ? number(kIds) : "";
  if (one_in(2))
    return {.method = "POST", .target = "/v1/contact/status", .body = object({{"phone", name}, {"id", id}})};
  const std::string status = one_of({"active", "blocked", "unblocked", "subscribed", "unsubscribed", "asleep"});
  return {.method = "POST",
          .target = "/v1/contact/set_status",
          .body = object({{"phone", name}, {"id", id}, {"status", quoted(status)}})};
}

RandomRequest RandomRequests::directory_request() {
  const auto tag = [&] {
    return object(
        {{"tag", sometimes(2, [&] { return quoted(text()); })}, {"color", sometimes(2, [&] {
                                                                   return quoted(one_of({"#2e86de", "#112233", "red"}));
                                                                 })}});
  };
  switch (below(11)) {
    case 0:
      return {.method = "POST", .target = "/v1/contact-fields", .body = "[]"};
    case 1:
      return {.method = "POST",
              .target = "/v1/contacts/fields",
              .body = array({object({{"title", quoted(text())}}), object({{"title", quoted(text())}})})};
    case 2:
      return {.method = "POST", .target = "/v1/tag", .body = tag()};
    case 3:
      return {.method = "GET", .target = "/v1/tag/" + number(9)};
    case 4:
      return {.method = "PUT", .target = "/v1/tag/" + number(9), .body = tag()};
    case 5:
      return {.method = "DELETE", .target = "/v1/tag/" + number(9)};
    case 6:
      return {.method = "POST", .target = "/v1/tags", .body = object({{"date", sometimes(2, [&] { return date(); })}})};
    case 7:
      return {.method = "GET", .target = one_in(2) ? "/v1/team" : "/v1/inboxes"};
    case 8:
      return {.method = "GET", .target = "/v1/users/get?phone=" + phone() + "&email=grace@example.org"};
    default:
      return {.method = "POST",
              .target = "/v1/users/update",
              .body = object({{"users", array({object({{"id", number(4)},
                                                       {"name", sometimes(2, [&] { return quoted(text()); })},
                                                       {"phone", sometimes(2, [&] { return quoted(phone()); })},
                                                       {"email", sometimes(2, [&] { return email(); })}})})}})};
  }
}

RandomRequest RandomRequests::list_request() {
  const bool first_version = one_in(2);
  const std::string path = first_version ? "/v1/list" : "/v2/lists";
  const auto die = below(10);
  if (die < 3) {
    return {.method = "POST",
            .target = path,
            .body = object({{"title", quoted(text())},
                            {"local_id", first_version ? "" : quoted(number(8))},
                            {"contacts", sometimes(3, [&] { return ids(); })},
                            {"phones", sometimes(2, [&] { return phones(); })}})};
  }
  const std::string one = path + "/" + number(6);
  if (die < 7) {
    const auto add = first_version ? "add_phone" : "add_phones";
    const auto remove = first_version ? "remove_phone" : "remove_phones";
    return {.method = "PUT",
            .target = one,
            .body = object({{"title", sometimes(4, [&] { return quoted(text()); })},
                            {add, sometimes(2, [&] { return phones(); })},
                            {remove, sometimes(2, [&] { return phones(); })},
                            {"contacts", sometimes(8, [&] { return ids(); })},
                            {"add_contacts", sometimes(3, [&] { return ids(); })},
                            {"remove_contacts", sometimes(3, [&] { return ids(); })}})};
  }
  if (die < 8) return {.method = "DELETE", .target = one};
  if (die < 9) return {.method = "POST", .target = "/v1/lists", .body = "{}"};
  return {.method = "GET", .target = "/v1/list/" + number(6)};
}

RandomRequest RandomRequests::n8n_request() {
  RandomRequest request{.sender = Sender::n8n, .method = "POST"};
  if (one_in(4)) request.headers["X-Heymarket-Dry-Run"] = "true";
  switch (below(6)) {
    case 0:
      request.method = "GET";
      request.target = one_in(2) ? "/n8n/v1/contact_fields" : "/n8n/v1/lists";
      return request;
    case 1:
      request.target = "/n8n/v1/lists/" + number(6) + "/members";
      request.body = object({{"action", quoted(one_of({"add", "remove", "swap"}))}, {"phone_number", quoted(phone())}});
      return request;
    default:
      request.target = "/n8n/v1/contacts";
      request.body = object({{"phone_number", quoted(phone())},
                             {"first_name", sometimes(2, [&] { return quoted(text()); })},
                             {"email", sometimes(3, [&] { return email(); })},
                             {"note", sometimes(2, [&] { return quoted(text()); })},
                             {"custom", sometimes(2, [&] { return custom(); })}});
      return request;
  }
}

RandomRequest RandomRequests::odd_request() {
  switch (below(6)) {
    case 0:
      return {.method = "POST", .target = "/v1/contact", .body = R"({"phone":"13125550142",)"};
    case 1:
      return {.method = "PATCH", .target = contact_path(one_in(2)), .body = "{}"};
    case 2:
      return {.method = "GET", .target = "/v2/contact/" + number(kIds)};
    case 3:
      return {.method = "POST", .target = "/v2/contact", .body = one_of({"[]", "null", "7", "{}"})};
    case 4:
      return {.method = "PUT", .target = contact_path(true) + "?overwrite=perhaps", .body = contact_body(true)};
    default:
      return {.method = "GET", .target = "/v1/contact/" + text()};
  }
}

std::string RandomRequests::contact_body(bool with_phone, std::vector<Member> more) {
  std::vector<Member> members = std::move(more);
  if (with_phone) members.emplace_back("phone", quoted(one_in(30) ? "oops" : phone()));
  members.emplace_back("first", sometimes(2, [&] { return quoted(text()); }));
  members.emplace_back("last", sometimes(2, [&] { return quoted(text()); }));
  members.emplace_back("display_name", sometimes(5, [&] { return quoted(text()); }));
  members.emplace_back("email", sometimes(3, [&] { return email(); }));
  members.emplace_back("avatar", sometimes(8, [&] { return quoted("https://example.org/" + number(3) + ".png"); }));
  members.emplace_back("custom", sometimes(2, [&] { return custom(); }));
  members.emplace_back("assignee_id", sometimes(5, [&] { return one_of({"-1", "0", "1", "2", "99"}); }));
  members.emplace_back("tags", sometimes(4, [&] { return tags(); }));
  members.emplace_back("is_opted_out", sometimes(6, [&] { return one_of({"true", "false"}); }));
  members.emplace_back("email_suppressions", sometimes(8, [&] { return array({number(5), number(5)}); }));
  return object(members);
}

std::string RandomRequests::query_body() {
  if (one_in(4)) return one_of({"", "{}", "[]"});
  return object(
      {{"limit", sometimes(2, [&] { return number(20); })},
       {"page", sometimes(4, [&] { return number(3); })},
       {"date", sometimes(4, [&] { return date(); })},
       {"order",
        sometimes(3,
                  [&] {
                    return quoted(one_of({"updated", "created", "id", "first", "last", "display_name", "luck"}));
                  })},
       {"ascending", sometimes(3,
                               [&] {
                                 return one_of({"true", "false"});
                               })},
       {"filter", sometimes(3,
                            [&] {
                              return quoted(one_in(2) ? one_of({"ad", "1312", "@", "zoë", "a"}) : text());
                            })},
       {"assigned", sometimes(6, [&] { return number(3); })},
       {"id", sometimes(8, [&] { return number(kIds); })}});
}

std::string RandomRequests::search_body() {
  std::vector<std::string> values;
  for (auto count = below(3); count >= 0; --count) values.push_back(quoted(phone()));
  return object({{"contact_channels",
                  array({object({{"channel_type", quoted(one_of({"phone", "phone", "facebook"}))},
                                 {"channel_ids", array(values)}}),
                         one_in(3) ? object({{"channel_type", "\"id\""}, {"channel_ids", array({quoted(uuid())})}})
                                   : object({{"channel_type", "\"email\""}, {"channel_id", email()}})})}});
}

std::string RandomRequests::channel_body() {
  return object({{"id", sometimes(3, [&] { return number(kIds); })},
                 {"channel_type", quoted(one_of({"phone", "phone", "facebook", "email"}))},
                 {"channel_id", one_in(4) ? email() : quoted(phone())},
                 {"channel_handle", sometimes(3, [&] { return quoted(text()); })}});
}

std::string RandomRequests::channels() {
  std::vector<std::string> items;
  for (auto count = below(2); count >= 0; --count) items.push_back(channel_body());
  return array(items);
}

std::string RandomRequests::custom() {
  std::vector<Member> members;
  static constexpr std::string_view kKeys[] = {"1", "2", "3", "4", "99", "Plan"};
  for (const auto key : kKeys) {
    if (one_in(3)) members.emplace_back(key, one_in(4) ? one_of({"null", "7", "true", "1.50"}) : quoted(text()));
  }
  if (one_in(40)) members.emplace_back("5", "[]");
  return object(members);
}

std::string RandomRequests::tags() {
  std::vector<std::string> items;
  for (auto count = below(3); count > 0; --count) items.push_back(object({{"tag_id", number(7)}}));
  return array(items);
}

std::string RandomRequests::phones() {
  std::vector<std::string> items;
  for (auto count = below(3); count >= 0; --count) items.push_back(quoted(phone()));
  return array(items);
}

std::string RandomRequests::ids() {
  std::vector<std::string> items;
  for (auto count = below(3); count > 0; --count) items.push_back(number(kIds / 2));
  return array(items);
}

std::string RandomRequests::contact_path(bool first_version) {
  return first_version ? "/v1/contact/" + number(kIds) : "/v2/contact/" + uuid();
}

std::string RandomRequests::overwrite() {
  return one_of({"", "", "?overwrite=true", "?overwrite=1", "?overwrite=false"});
}

/// Now and then one that nobody has.
std::string RandomRequests::uuid() {
  if (uuids_.empty() || one_in(30)) return "0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10";
  return uuids_[static_cast<std::size_t>(below(static_cast<std::int64_t>(uuids_.size())))];
}

std::string RandomRequests::phone() {
  const std::string digits = std::to_string(13'125'550'100 + below(kPhones));
  return one_in(10) ? "+" + digits : digits;
}

std::string RandomRequests::text() {
  return one_of(
      {"", "Ada", "Grace", "Zoë", "Plan", "City", "x y", " b ", "a\\\\b", "\\\"q\\\"", "👩‍🚀", "Lovelace"});
}

std::string RandomRequests::email() {
  if (one_in(6)) return one_of({"\"\"", "\"no address\""});
  return quoted((one_in(2) ? "p" : "P") + number(kPhones) + "@example.org");
}

std::string RandomRequests::date() { return quoted("2026-01-01T00:00:00.0" + std::to_string(10 + below(40)) + "Z"); }

std::string RandomRequests::one_of(std::initializer_list<std::string_view> choices) {
  return std::string(choices.begin()[below(static_cast<std::int64_t>(choices.size()))]);
}

}  // namespace cardfile::prove
