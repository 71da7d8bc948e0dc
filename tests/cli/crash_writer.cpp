#include "cli/crash_writer.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "support/program.h"

namespace cardfile::test {
namespace {

constexpr int kContactsPerWriter = 4;

std::string json_of(const std::map<std::string, std::string>& texts) {
  std::string json;
  for (const auto& [name, value] : texts) {
    json.append(json.empty() ? "{\"" : ",\"").append(name).append("\":\"").append(value).append("\"");
  }
  return json.empty() ? "{}" : json + "}";
}

/// A JSON object without objects in it.
std::string object_member(const std::string& json, const std::string& name) {
  const std::string start = "\"" + name + "\":{";
  const auto found = json.find(start);
  if (found == std::string::npos) return "";
  const auto begin = found + start.size() - 1;
  return json.substr(begin, json.find('}', begin) + 1 - begin);
}

}  // namespace

bool ExpectedContact::matches(const std::string& json, const std::string& phone) const {
  const std::string display_name = last.empty() ? first : first + " " + last;
  return (id.empty() || (json_member(json, "id") == id && json_member(json, "uuid") == uuid)) &&
         json_member(json, "rev") == std::to_string(rev) && json_member(json, "phone") == phone &&
         json_member(json, "first") == first && json_member(json, "last") == last &&
         json_member(json, "display_name") == display_name && object_member(json, "custom") == json_of(custom);
}

Writer::Writer(int number, std::uint32_t seed) : number_(number), random_(seed + static_cast<std::uint32_t>(number)) {
  for (int i = 0; i < kContactsPerWriter; ++i) {
    owned_.push_back({.phone = std::to_string(12'025'550'000 + number * kContactsPerWriter + i),
                      .known = {},
                      .unknown = {},
                      .last_id = {}});
  }
}

void Writer::write_until_cut_off(HttpClient& client, Tally& tally) {
  while (complaints_.empty()) {
    Owned& owned = owned_[random_() % owned_.size()];
    Step step = next_step(owned);
    const auto reply = client.send(step.method, step.target, step.body);
    if (!reply) {
      owned.unknown = std::move(step.after);
      ++tally.unknown;
      return;
    }
    if (accept(owned, std::move(step), *reply)) ++tally.acknowledged;
  }
}

void Writer::verify(HttpClient& client, Tally& tally) {
  for (Owned& owned : owned_) verify(owned, client, tally);
}

std::int64_t Writer::contacts() const {
  return std::ranges::count_if(owned_, [](const Owned& owned) { return owned.known.has_value(); });
}

Writer::Step Writer::next_step(const Owned& owned) {
  if (!owned.known) return create(owned);
  ExpectedContact after = *owned.known;
  ++after.rev;
  const std::string value = next_value();
  const std::string v1 = "/v1/contact/" + after.id;
  const std::string phone = R"({"phone":")" + owned.phone + R"(",)";
  switch (random_() % 10) {
    case 0:
      return {"DELETE", v1, "", std::nullopt};
    case 1:
    case 2:
    case 3:
      after.last = value;
      after.custom = {{"2", value}, {"3", value}};
      return {"PUT", v1 + "?overwrite=true",
              phone + R"("last":")" + value + R"(","custom":)" + json_of(after.custom) + "}", after};
    case 4:
    case 5:
    case 6:
      after.first = value;
      after.last = "";
      after.custom["3"] = value;
      return {"PUT", "/v2/contact/" + after.uuid,
              R"({"first":")" + value + R"(","last":"","custom":{"3":")" + value + R"("}})", after};
    default:
      after.first = value;
      after.custom["1"] = value;
      return {"PUT", v1, phone + R"("first":")" + value + R"(","custom":{"1":")" + value + R"("}})", after};
  }
}

Writer::Step Writer::create(const Owned& owned) {
  const std::string value = next_value();
  ExpectedContact after;
  after.first = value;
  after.custom = {{"1", value}};
  return {"POST", "/v1/contact",
          R"({"phone":")" + owned.phone + R"(","first":")" + value + R"(","custom":)" + json_of(after.custom) + "}",
          after};
}

std::string Writer::next_value() { return "w" + std::to_string(number_) + "n" + std::to_string(++values_); }

bool Writer::accept(Owned& owned, Step step, const HttpReply& reply) {
  if (reply.status != 200) {
    complain(owned, step.method + " was answered " + std::to_string(reply.status) + " " + reply.body);
    return false;
  }
  if (owned.known) owned.last_id = owned.known->id;
  owned.known = std::move(step.after);
  if (!owned.known) return true;
  if (owned.known->id.empty()) {
    owned.known->id = json_member(reply.body, "id");
    owned.known->uuid = json_member(reply.body, "uuid");
  }
  if (json_member(reply.body, "rev") == std::to_string(owned.known->rev)) return true;
  complain(owned, step.method + " gave revision " + json_member(reply.body, "rev") + " and not " +
                      std::to_string(owned.known->rev));
  return false;
}

void Writer::verify(Owned& owned, HttpClient& client, Tally& tally) {
  const auto reply = look_up(owned, client);
  if (!reply) return complain(owned, "could not be read");
  const auto is_there = [&](const State& state) {
    return state ? reply->status == 200 && state->matches(reply->body, owned.phone) : reply->status == 404;
  };
  if (is_there(owned.known)) {
    owned.unknown.reset();
    return;
  }
  if (!owned.unknown || !is_there(*owned.unknown)) {
    return complain(owned, "is now " + std::to_string(reply->status) + " " + reply->body + ", but revision " +
                               (owned.known ? std::to_string(owned.known->rev) : std::string("none")) +
                               " was acknowledged" + (owned.unknown ? " and one more write sent" : ""));
  }
  ++tally.landed;
  if (owned.known) owned.last_id = owned.known->id;
  owned.known = *std::exchange(owned.unknown, std::nullopt);
  if (!owned.known) return;
  owned.known->id = json_member(reply->body, "id");
  owned.known->uuid = json_member(reply->body, "uuid");
}

std::optional<HttpReply> Writer::look_up(const Owned& owned, HttpClient& client) {
  if (owned.known) return client.send("GET", "/v1/contact/" + owned.known->id);
  if (!owned.last_id.empty()) {
    const auto deleted = client.send("GET", "/v1/contact/" + owned.last_id);
    if (!deleted || deleted->status != 404) complain(owned, "came back under its old id");
  }
  return client.send("POST", "/v1/contact/get", R"({"phone":")" + owned.phone + R"("})");
}

void Writer::complain(const Owned& owned, const std::string& what) {
  complaints_.push_back("writer " + std::to_string(number_) + ": contact " +
                        (owned.known ? owned.known->id : std::string("(none)")) + " with phone " + owned.phone + " " +
                        what);
}

}  // namespace cardfile::test
