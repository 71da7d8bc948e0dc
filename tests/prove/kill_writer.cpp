#include "prove/kill_writer.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace cardfile::prove {
namespace {

using nlohmann::json;
using test::HttpClient;
using test::HttpReply;

constexpr int kContactsPerWriter = 4;
constexpr std::size_t kFacebookMax = 3;
constexpr int kLuckyWriters = 4;  // Of those that lose their connections.

json parsed(const HttpReply& reply) { return json::parse(reply.body, nullptr, false); }

json tags_in_request(const std::vector<std::int64_t>& tags) {
  json list = json::array();
  for (const auto tag : tags) list.push_back({{"tag_id", tag}});
  return list;
}

std::vector<std::int64_t> tags_of(const json& contact) {
  std::vector<std::int64_t> tags;
  for (const auto& tag : contact.at("tags")) tags.push_back(tag.at("tag_id").get<std::int64_t>());
  return tags;
}

std::vector<std::string> channels_of(const json& contact, const std::string& type) {
  std::vector<std::string> values;
  for (const auto& channel : contact.at("contact_channels"))
    if (channel.at("channel_type") == type) values.push_back(channel.at("channel_id").get<std::string>());
  return values;
}

/// Whether an answer to GET /v2/contact/{contactID} and one to POST /v1/contact/status show this contact and no other.
bool is_shown(const ExpectedContact& expected, const std::string& phone, const json& shown, const json& status) {
  const bool is_same = expected.id == 0 || (shown.at("id") == expected.id && shown.at("uuid") == expected.uuid);
  const std::string name = expected.last.empty() ? expected.first : expected.first + " " + expected.last;
  return is_same && shown.at("rev") == expected.rev && shown.at("phone") == phone &&
         shown.at("first") == expected.first && shown.at("last") == expected.last && shown.at("display_name") == name &&
         shown.at("custom") == json(expected.custom) && tags_of(shown) == expected.tags &&
         channels_of(shown, "facebook") == expected.facebook && channels_of(shown, "phone") == std::vector{phone} &&
         shown.at("is_opted_out") == expected.opted_out && status.at("unsubscribed_admin") == expected.opted_out &&
         status.at("blocked") == expected.blocked;
}

}  // namespace

KillWriter::KillWriter(int number, std::uint64_t seed, TeamIds ids, KillWriterFaults faults)
    : number_(number), ids_(std::move(ids)), faults_(faults), random_(seed) {
  for (int i = 0; i < kContactsPerWriter; ++i)
    owned_.push_back(
        {.phone = std::to_string(12'025'550'000 + number * kContactsPerWriter + i), .known = {}, .last_uuid = {}});
}

void KillWriter::write_until_cut_off(HttpClient& client, KillTally& tally, const std::atomic<bool>& is_killed) {
  while (complaints_.empty()) {
    if (!do_step(next_step(), client, tally, is_killed)) return;
  }
}

/// False when it was cut off.
bool KillWriter::do_step(Step step, HttpClient& client, KillTally& tally, const std::atomic<bool>& is_killed) {
  const bool is_torn = faults_.tears_bulk_calls && step.target == "/v2/contacts" && step.method == "POST";
  auto reply = is_torn ? send_torn(step, client) : client.send(step.method, step.target, step.body);
  if (faults_.loses_most_connections && number_ >= kLuckyWriters) reply.reset();
  // The server is killed after that is told, so a kill cannot be taken for anything else.
  if (!reply && !is_killed)
    complain(step.after.front().first, step.method + " " + step.target + " was cut off while the server was alive");
  if (!reply && faults_.takes_silence_for_yes) {
    learn(step.after);
    return false;
  }
  if (!reply) {
    unknown_ = std::move(step.after);
    ++tally.cut_off;
    return false;
  }
  if (accept(step, *reply)) tally.acknowledged += static_cast<std::int64_t>(step.after.size());
  return true;
}

/// The first contact goes ahead alone.
std::optional<HttpReply> KillWriter::send_torn(const Step& step, HttpClient& client) {
  const json whole = json::parse(step.body).at("contacts");
  json shown = json::array();
  for (const auto& part : {json::array({whole.front()}), json(json::array_t(whole.begin() + 1, whole.end()))}) {
    const auto reply = client.send(step.method, step.target, json{{"contacts", part}}.dump());
    if (!reply || reply->status != 200) return reply;
    const json answer = parsed(*reply);
    for (const auto& contact : answer.at("contacts")) shown.push_back(contact);
  }
  return HttpReply{.status = 200, .headers = {}, .body = json{{"contacts", shown}}.dump()};
}

std::int64_t KillWriter::contacts() const {
  return std::ranges::count_if(owned_, [](const Owned& owned) { return owned.known.has_value(); });
}

KillWriter::Step KillWriter::next_step() {
  const std::size_t place = random_() % owned_.size();
  const auto die = random_() % 20;
  if (die < 3) return save_all();
  if (!owned_[place].known) return create(place);
  const std::string v1 = "/v1/contact/" + std::to_string(owned_[place].known->id);
  if (die < 4) return delete_all();
  if (die < 6) return {"DELETE", v1, "", {{place, std::nullopt}}};
  if (die < 9) return change_channels(place);
  if (die < 11) return set_status(place);
  return update(place);
}

KillWriter::Step KillWriter::create(std::size_t place) {
  ExpectedContact after;
  after.first = next_value();
  after.custom = {{std::to_string(ids_.fields[0]), after.first}};
  const json body = {{"phone", owned_[place].phone}, {"first", after.first}, {"custom", after.custom}};
  return {"POST", random_() % 2 == 0 ? "/v1/contact" : "/v2/contact", body.dump(), {{place, after}}};
}

KillWriter::Step KillWriter::update(std::size_t place) {
  ExpectedContact after = *owned_[place].known;
  ++after.rev;
  const std::string value = next_value();
  const auto field = [this](std::size_t n) { return std::to_string(ids_.fields[n]); };
  json body;
  switch (random_() % 4) {
    case 0:
      after.last = value;
      after.custom = {{field(1), value}, {field(2), value}};
      body = {{"phone", owned_[place].phone}, {"last", value}, {"custom", after.custom}};
      return {"PUT", "/v1/contact/" + std::to_string(after.id) + "?overwrite=true", body.dump(), {{place, after}}};
    case 1:
      after.first = value;
      after.last = "";
      after.custom[field(2)] = value;
      body = {{"first", value}, {"last", ""}, {"custom", {{field(2), value}}}};
      return {"PUT", "/v2/contact/" + after.uuid, body.dump(), {{place, after}}};
    case 2:
      after.tags.clear();
      for (const auto tag : ids_.tags)
        if (random_() % 2 == 0) after.tags.push_back(tag);
      after.opted_out = random_() % 2 == 0;
      body = {{"tags", tags_in_request(after.tags)}, {"is_opted_out", after.opted_out}};
      return {"PUT", "/v2/contact/" + after.uuid, body.dump(), {{place, after}}};
    default:
      after.first = value;
      after.custom[field(0)] = value;
      body = {{"phone", owned_[place].phone}, {"first", value}, {"custom", {{field(0), value}}}};
      return {"PUT", "/v1/contact/" + std::to_string(after.id), body.dump(), {{place, after}}};
  }
}

KillWriter::Step KillWriter::change_channels(std::size_t place) {
  ExpectedContact after = *owned_[place].known;
  ++after.rev;
  const std::string path = "/v2/contact/" + after.uuid + "/channel";
  const auto body = [](const std::string& value) {
    return json{{"channel_type", "facebook"}, {"channel_id", value}}.dump();
  };
  const auto die = random_() % 3;
  if (after.facebook.empty() || (die == 0 && after.facebook.size() < kFacebookMax)) {
    after.facebook.push_back(next_value());
    return {"POST", path, body(after.facebook.back()), {{place, after}}};
  }
  if (die == 1) {
    after.facebook.front() = next_value();
    return {"PUT", path, body(after.facebook.front()), {{place, after}}};
  }
  const std::string gone = after.facebook.back();
  after.facebook.pop_back();
  return {"DELETE", path, body(gone), {{place, after}}};
}

KillWriter::Step KillWriter::set_status(std::size_t place) {
  static const char* const kStatuses[] = {"active", "blocked", "unblocked", "subscribed", "unsubscribed"};
  const std::string status = kStatuses[random_() % std::size(kStatuses)];
  ExpectedContact after = *owned_[place].known;
  ++after.rev;
  if (status == "active" || status == "subscribed") after.opted_out = false;
  if (status == "unsubscribed") after.opted_out = true;
  if (status == "active" || status == "unblocked") after.blocked = false;
  if (status == "blocked") after.blocked = true;
  return {"POST", "/v1/contact/set_status", json{{"id", after.id}, {"status", status}}.dump(), {{place, after}}};
}

/// All of them in one bulk call: those that are there updated, the others made.
KillWriter::Step KillWriter::save_all() {
  json items = json::array();
  Changes changes;
  for (std::size_t place = 0; place < owned_.size(); ++place) {
    ExpectedContact after = owned_[place].known.value_or(ExpectedContact{.rev = 0});
    ++after.rev;
    after.first = next_value();
    const std::string field = std::to_string(ids_.fields[1]);
    after.custom[field] = after.first;
    json item = {{"first", after.first}, {"custom", {{field, after.first}}}};
    if (owned_[place].known) {
      item["contact_id"] = after.uuid;
    } else {
      item["phone"] = owned_[place].phone;
    }
    items.push_back(std::move(item));
    changes.emplace_back(place, after);
  }
  return {"POST", "/v2/contacts", json{{"contacts", items}}.dump(), changes};
}

KillWriter::Step KillWriter::delete_all() {
  json uuids = json::array();
  Changes changes;
  for (std::size_t place = 0; place < owned_.size(); ++place) {
    if (!owned_[place].known) continue;
    uuids.push_back(owned_[place].known->uuid);
    changes.emplace_back(place, std::nullopt);
  }
  const json filter = {{"channel_type", "id"}, {"channel_ids", uuids}};
  return {"DELETE", "/v2/contacts", json{{"contact_channels", json::array({filter})}}.dump(), changes};
}

std::string KillWriter::next_value() { return "w" + std::to_string(number_) + "n" + std::to_string(++values_); }

bool KillWriter::accept(const Step& step, const HttpReply& reply) {
  const std::size_t first = step.after.front().first;
  const json answer = parsed(reply);
  const bool is_bulk = answer.is_object() && answer.contains("contacts");
  if (reply.status != 200 || (is_bulk && answer.at("contacts").size() != step.after.size())) {
    complain(first, step.method + " was answered " + std::to_string(reply.status) + " " + reply.body);
    return false;
  }
  Changes after = step.after;
  for (std::size_t i = 0; i < after.size(); ++i) {
    auto& [place, state] = after[i];
    const json& shown = is_bulk ? answer.at("contacts").at(i) : answer;
    if (!state || !shown.is_object() || !shown.contains("rev")) continue;
    if (shown.at("rev") != state->rev)
      complain(place,
               step.method + " gave revision " + shown.at("rev").dump() + " and not " + std::to_string(state->rev));
    if (state->id != 0) continue;
    state->id = shown.at("id").get<std::int64_t>();
    state->uuid = shown.at("uuid").get<std::string>();
  }
  learn(after);
  return true;
}

void KillWriter::learn(const Changes& after) {
  for (const auto& [place, state] : after) {
    if (owned_[place].known && !state) owned_[place].last_uuid = owned_[place].known->uuid;
    owned_[place].known = state;
  }
}

void KillWriter::verify(HttpClient& client, KillTally& tally) {
  Changes before;
  for (std::size_t place = 0; place < owned_.size(); ++place) {
    const auto is_unknown = [place](const auto& change) { return change.first == place; };
    if (unknown_ && std::ranges::any_of(*unknown_, is_unknown)) {
      before.emplace_back(place, owned_[place].known);
    } else if (!is_there(client, place, owned_[place].known)) {
      complain(place, "is not what was acknowledged");
    }
    verify_deleted(client, place);
  }
  if (!unknown_) return;
  if (are_there(client, *unknown_)) {
    tally.landed += static_cast<std::int64_t>(unknown_->size());
    learn(*unknown_);
  } else if (!are_there(client, before)) {
    complain(before.front().first,
             "and what was written with it are neither as acknowledged nor as the request that "
             "was cut off makes them");
  }
  unknown_.reset();
}

bool KillWriter::are_there(HttpClient& client, const Changes& states) {
  return std::ranges::all_of(states, [&](const auto& state) { return is_there(client, state.first, state.second); });
}

/// Whether the contact is so under its phone, its UUID and its id; learns an id that was not known yet.
bool KillWriter::is_there(HttpClient& client, std::size_t place, const State& state) {
  const auto found = client.send("POST", "/v1/contact/get", json{{"phone", owned_[place].phone}}.dump());
  if (!found) return false;
  if (!state) return found->status == 404;
  if (found->status != 200) return false;
  const json by_phone = parsed(*found);
  const auto shown = client.send("GET", "/v2/contact/" + by_phone.at("uuid").get<std::string>());
  const auto status = client.send("POST", "/v1/contact/status", json{{"id", by_phone.at("id")}}.dump());
  if (!shown || shown->status != 200 || !status || status->status != 200) return false;
  if (!is_shown(*state, owned_[place].phone, parsed(*shown), parsed(*status))) return false;
  if (state->id != 0 || !unknown_) return true;
  // What was cut off made it.
  for (auto& [unknown, after] : *unknown_) {
    if (unknown != place) continue;
    after->id = by_phone.at("id").get<std::int64_t>();
    after->uuid = by_phone.at("uuid").get<std::string>();
  }
  return true;
}

void KillWriter::verify_deleted(HttpClient& client, std::size_t place) {
  if (owned_[place].last_uuid.empty()) return;
  const auto reply = client.send("GET", "/v2/contact/" + owned_[place].last_uuid);
  if (!reply || reply->status != 404) complain(place, "came back under an id that was deleted");
}

void KillWriter::complain(std::size_t place, const std::string& what) {
  const auto& known = owned_[place].known;
  complaints_.push_back("writer " + std::to_string(number_) + ": the contact with phone " + owned_[place].phone +
                        ", last acknowledged " + (known ? "at revision " + std::to_string(known->rev) : "as gone") +
                        ", " + what);
}

}  // namespace cardfile::prove
