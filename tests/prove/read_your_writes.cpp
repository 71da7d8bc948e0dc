#include "prove/read_your_writes.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "prove/served.h"
#include "support/http_client.h"

namespace cardfile::prove {
namespace {

using nlohmann::json;

constexpr int kWriters = 8;
constexpr int kWritesEach = 12;
constexpr std::size_t kConnections = 16;
constexpr const char* kColor = "#112233";

/// Connections that all threads use, each for one request at a time.
class Connections {
 public:
  explicit Connections(Served& served) {
    auto headers = served.headers();
    headers["X-Heymarket-API-Key"] = served.make_n8n_key();
    for (std::size_t i = 0; i < kConnections; ++i)
      connections_.push_back(std::make_unique<Connection>(served.port(), headers));
  }

  test::HttpReply send(std::size_t which, const std::string& method, const std::string& target,
                       const std::string& body) {
    Connection& connection = *connections_[which % kConnections];
    const std::lock_guard lock(connection.mutex);
    auto reply = connection.client.send(method, target, body);
    if (!reply) throw std::runtime_error(method + " " + target + " was not answered");
    return *std::move(reply);
  }

 private:
  struct Connection {
    Connection(std::uint16_t port, test::HttpClient::Headers headers) : client(port, std::move(headers)) {}
    std::mutex mutex;
    test::HttpClient client;
  };
  std::vector<std::unique_ptr<Connection>> connections_;
};

/// What all writers refer to.
struct TeamIds {
  std::array<std::string, 2> fields;  // Of custom values.
};

/// A contact as its last write left it.
struct Expected {
  bool exists = false;
  std::string id;
  std::string uuid;
  std::int64_t rev = 0;
  std::string phone;
  std::string first;  // No other contact has had it.
  std::string last;
  std::map<std::string, std::string> custom;
  std::vector<std::string> facebook;  // Its channels of that type.
  std::vector<std::string> notes;
  bool opted_out = false;
};

std::string search_for(const std::string& type, const std::string& value) {
  return json{{"contact_channels", {{{"channel_type", type}, {"channel_ids", {value}}}}}}.dump();
}

/// The contact as an answer shows it; none when it does not.
std::optional<json> shown_in(const test::HttpReply& reply, const std::string& id) {
  if (reply.status == 404) return std::nullopt;
  if (reply.status != 200) throw std::runtime_error("a read was answered " + std::to_string(reply.status));
  const json answer = json::parse(reply.body);
  const auto is_it = [&id](const json& contact) { return contact.at("id") == std::stoll(id); };
  if (answer.is_object()) return is_it(answer) ? std::optional(answer) : std::nullopt;
  for (const json& contact : answer)
    if (is_it(contact)) return contact;
  return std::nullopt;
}

std::vector<std::string> notes_of(const json& contact) {
  std::vector<std::string> texts;
  for (const json& note : contact.value("note", json::array())) texts.push_back(note.at("text").get<std::string>());
  return texts;
}

std::vector<std::string> channels_of(const json& channels, const std::string& type) {
  std::vector<std::string> values;
  for (const json& channel : channels)
    if (channel.at("channel_type") == type) values.push_back(channel.at("channel_id").get<std::string>());
  return values;
}

/// Writes one contact, and another one together with it, and looks at it in every way after each write.
class WriterWhoReads {
 public:
  WriterWhoReads(Campaign& campaign, Connections& connections, const TeamIds& ids, int number, std::uint64_t seed)
      : campaign_(campaign), connections_(connections), ids_(ids), number_(number), random_(seed) {}

  void run() {
    try {
      make_tag();
      for (int i = 0; i < kWritesEach; ++i) {
        write();
        read_everywhere();
      }
    } catch (const std::exception& error) {
      campaign_.find("writer " + std::to_string(number_) + ": " + error.what());
    }
  }

 private:
  void make_tag() {
    tag_ = "t" + std::to_string(number_);
    const json made = done("POST", "/v1/tag", {{"tag", tag_}, {"color", kColor}});
    tag_id_ = made.at("id").get<std::int64_t>();
  }

  void write() {
    before_ = now_;
    had_companion_ = has_companion_;
    shown_ = nullptr;
    channels_ = nullptr;
    is_newer_ = true;
    ++writes_;
    if (!now_.exists) return below(3) == 0 ? save_in_bulk() : create();
    switch (below(14)) {
      case 0:
        return remove();
      case 1:
        return move_to_another_phone();
      case 2:
        return set_status();
      case 3:
        return add_channel();
      case 4:
        return remove_in_bulk();
      case 5:
        return rename_tag();
      case 6:
      case 7:
        return save_in_bulk();
      case 8:
        return save_in_batch();
      case 9:
      case 10:
        return save_from_n8n();
      default:
        return update();
    }
  }

  void become_new() {
    now_ = {.exists = true, .rev = 1, .phone = next_phone()};
    rename();
    now_.custom = {{ids_.fields[0], now_.first}};
  }

  void rename() {
    now_.first = next_name("w");
    now_.last = below(2) == 0 ? "" : next_name("l");
  }

  void create() {
    become_new();
    json body = names_and_custom(now_.custom);
    body["phone"] = now_.phone;
    body["tags"] = json::array({{{"tag_id", tag_id_}}});
    const json made = done("POST", below(2) == 0 ? "/v1/contact" : "/v2/contact", body);
    learn(made);
    expect_answered(made);
  }

  void remove() {
    done("DELETE", path(), nullptr);
    now_.exists = false;
  }

  /// With the values of one custom field, which is added to the others or takes their place.
  void update() {
    rename();
    ++now_.rev;
    const bool overwrites = below(3) == 0;
    const json custom = set_custom(overwrites);
    json body = names_and_custom(custom);
    body["phone"] = now_.phone;
    expect_answered(done("PUT", path() + (overwrites ? "?overwrite=true" : ""), body));
  }

  void move_to_another_phone() {
    now_.phone = next_phone();
    ++now_.rev;
    expect_answered(done("PUT", path(), {{"phone", now_.phone}}));
  }

  void set_status() {
    now_.opted_out = below(2) == 0;
    ++now_.rev;
    done("POST", "/v1/contact/set_status",
         {{"phone", now_.phone}, {"status", now_.opted_out ? "unsubscribed" : "subscribed"}});
  }

  void add_channel() {
    now_.facebook.push_back(next_name("f"));
    ++now_.rev;
    expect_answered(done("POST", "/v2/contact/" + now_.uuid + "/channel",
                         {{"channel_type", "facebook"}, {"channel_id", now_.facebook.back()}}));
  }

  /// It is shown with the contact, whose revision stays.
  void rename_tag() {
    tag_ = next_name("t");
    is_newer_ = false;
    done("PUT", "/v1/tag/" + std::to_string(tag_id_), {{"tag", tag_}});
  }

  /// On version 2, the contact and its companion in one call, each of them the first now and then.
  void save_in_bulk() {
    json own;
    if (now_.exists) {
      rename();
      ++now_.rev;
      own = names_and_custom(set_custom(false));
      own["contact_id"] = now_.uuid;
    } else {
      become_new();
      own = names_and_custom(now_.custom);
      own["phone"] = now_.phone;
      own["tags"] = json::array({{{"tag_id", tag_id_}}});
    }
    const std::size_t place = below(2) == 0 ? 0 : 1;
    const json answer = done("POST", "/v2/contacts", {{"contacts", both(own, place)}}).at("contacts");
    if (answer.size() != 2) throw std::runtime_error("a bulk call answers with " + answer.dump());
    if (now_.id.empty()) learn(answer[place]);
    expect_answered(answer[place]);
  }

  /// On version 1, where custom values that are not given go.
  void save_in_batch() {
    rename();
    ++now_.rev;
    json own = names_and_custom(set_custom(true));
    own["phone"] = now_.phone;
    done("POST", "/v1/batch/contacts?overwrite=true", both(own, below(2) == 0 ? 0 : 1));
  }

  void save_from_n8n() {
    now_.first = next_name("w");
    ++now_.rev;
    now_.notes.push_back(next_name("n"));
    const json custom = set_custom(false);
    expect_answered(done(
        "POST", "/n8n/v1/contacts",
        {{"phone_number", now_.phone}, {"first_name", now_.first}, {"note", now_.notes.back()}, {"custom", custom}}));
  }

  void remove_in_bulk() {
    json uuids = {now_.uuid};
    if (has_companion_) uuids.push_back(companion_uuid());
    const json filter = {{"channel_type", "id"}, {"channel_ids", uuids}};
    done("DELETE", "/v2/contacts", {{"contact_channels", json::array({filter})}});
    now_.exists = false;
    has_companion_ = false;
  }

  /// The items of a bulk call; the contact's own has that place.
  json both(const json& own, std::size_t place) {
    companion_name_ = next_name("c");
    has_companion_ = true;
    const json other = {{"phone", companion_phone()}, {"first", companion_name_}};
    return place == 0 ? json::array({own, other}) : json::array({other, own});
  }

  /// Changes one custom value, and gives back what a request says of it.
  json set_custom(bool overwrites) {
    const std::string& field = ids_.fields[static_cast<std::size_t>(below(2))];
    if (overwrites) now_.custom.clear();
    now_.custom[field] = next_name("v");
    return {{field, now_.custom[field]}};
  }

  json names_and_custom(const json& custom) const {
    return {{"first", now_.first}, {"last", now_.last}, {"custom", custom}};
  }

  void learn(const json& made) {
    now_.id = std::to_string(made.at("id").get<std::int64_t>());
    now_.uuid = made.at("uuid").get<std::string>();
  }

  /// In every way; the contact's last names and phones, too, when they are no longer its own.
  void read_everywhere() {
    expect_shown("GET", "/v1/contact/" + now_.id, "");
    expect_shown("GET", "/v2/contact/" + now_.uuid, "");
    expect_shown("POST", "/v1/contact/get", json{{"phone", now_.phone}}.dump());
    expect_shown("POST", "/v1/contact/get", R"({"id":)" + now_.id + "}");
    expect_shown("POST", "/v1/contacts", R"({"ascending":false,"limit":100})");
    expect_shown("POST", "/v2/contacts/list", R"({"ascending":false,"limit":100})");
    if (is_newer_) expect_shown("POST", "/v1/contacts", json{{"date", updated_}, {"limit", 1000}}.dump());
    expect_shown("POST", "/v1/contacts", R"({"id":)" + now_.id + "}");
    expect_shown("POST", "/v1/contacts", json{{"filter", now_.first}}.dump());
    expect_shown("POST", "/v2/contacts/list", json{{"filter", now_.phone}, {"order", "first"}}.dump());
    expect_shown("POST", "/v2/contacts/search", search_for("phone", now_.phone));
    expect_shown("POST", "/v2/contacts/search", search_for("id", now_.uuid));
    for (const auto& value : now_.facebook) expect_shown("POST", "/v2/contacts/search", search_for("facebook", value));
    expect_count(json{{"filter", now_.first}}.dump(), now_.exists ? 1 : 0);
    expect_count(R"({"id":)" + now_.id + "}", now_.exists ? 1 : 0);
    expect_status();
    expect_channels();
    expect_companion();
    expect_nothing_of_before();
    remember_time();
  }

  void expect_shown(const std::string& method, const std::string& target, const std::string& body) {
    const std::string way = method + " " + target + (body.empty() ? "" : " ") + body;
    const auto contact = shown_in(read(method, target, body), now_.id);
    if (contact.has_value() != now_.exists) {
      complain(way + " shows " + (contact ? "revision " + contact->at("rev").dump() : "nothing"));
    } else if (contact) {
      expect_as_written(*contact, way);
    }
  }

  /// Of a write: all channels, the whole contact, or no more than the revision.
  void expect_answered(const json& answer) {
    if (answer.is_array()) return expect_channels_as_written(answer, "its own answer");
    if (answer.contains("custom")) return expect_as_written(answer, "its own answer");
    if (answer.at("rev") != now_.rev) complain("its own answer shows revision " + answer.at("rev").dump());
  }

  /// As the writes have made it; and in all else, such as its times, as the answers before have shown it.
  void expect_as_written(const json& contact, const std::string& way) {
    if (contact.at("rev") != now_.rev) return complain(way + " shows revision " + contact.at("rev").dump());
    const json written = content();
    for (const auto& [member, value] : written.items())
      if (contact.at(member) != value)
        return complain(way + " shows " + member + " as " + contact.at(member).dump() + " and not " + value.dump());
    if (notes_of(contact) != now_.notes) return complain(way + " shows other notes: " + contact.dump());
    json whole = contact;
    whole.erase("contact_channels");
    if (shown_.is_null()) shown_ = whole;
    if (shown_ != whole) complain(way + " shows " + whole.dump() + " and an answer before it " + shown_.dump());
    if (contact.contains("contact_channels")) expect_channels_as_written(contact.at("contact_channels"), way);
  }

  void expect_channels_as_written(const json& channels, const std::string& way) {
    if (channels_.is_null()) channels_ = channels;
    if (channels_of(channels, "phone") != std::vector{now_.phone} ||
        channels_of(channels, "facebook") != now_.facebook || channels != channels_)
      complain(way + " shows its channels as " + channels.dump());
  }

  json content() const {
    return {{"id", std::stoll(now_.id)},
            {"uuid", now_.uuid},
            {"phone", now_.phone},
            {"first", now_.first},
            {"last", now_.last},
            {"display_name", now_.first + (now_.last.empty() ? "" : " ") + now_.last},
            {"custom", now_.custom},
            {"tags", json::array({{{"tag_id", tag_id_}, {"tag", tag_}, {"color", kColor}}})},
            {"is_opted_out", now_.opted_out}};
  }

  void expect_count(const std::string& body, std::int64_t expected) {
    const json answer = json::parse(read("POST", "/v1/contacts/count", body).body);
    if (answer.at("count") != expected)
      complain("POST /v1/contacts/count " + body + " counts " + answer.at("count").dump());
  }

  void expect_status() {
    const auto reply = read("POST", "/v1/contact/status", json{{"phone", now_.phone}}.dump());
    const bool is_there = reply.status == 200;
    const bool right =
        is_there ? now_.exists && json::parse(reply.body).at("unsubscribed") == now_.opted_out : !now_.exists;
    if (!right) complain("POST /v1/contact/status shows " + reply.body);
  }

  void expect_channels() {
    const std::string path = "/v2/contact/" + now_.uuid + "/channels";
    const auto reply = read("GET", path, "");
    if (now_.exists != (reply.status == 200)) complain("its channels are answered " + std::to_string(reply.status));
    if (reply.status == 200 && now_.exists) expect_channels_as_written(json::parse(reply.body), "GET " + path);
  }

  /// What a bulk call wrote besides.
  void expect_companion() {
    if (!has_companion_ && !had_companion_) return;
    const auto reply = read("POST", "/v1/contact/get", json{{"phone", companion_phone()}}.dump());
    const bool is_there = reply.status == 200;
    if (is_there != has_companion_ || (is_there && json::parse(reply.body).at("first") != companion_name_))
      complain("what was written with it is answered " + std::to_string(reply.status) + " " + reply.body);
  }

  void expect_nothing_of_before() {
    if (!before_.exists) return;
    if (before_.phone != now_.phone &&
        read("POST", "/v1/contact/get", json{{"phone", before_.phone}}.dump()).status != 404)
      complain("it is found by a phone that it had before");
    if (before_.first != now_.first) expect_count(json{{"filter", before_.first}}.dump(), 0);
  }

  /// From here on a list that begins at this time has to have the next write.
  void remember_time() {
    if (now_.exists) updated_ = shown_.value("updated", updated_);
  }

  std::string companion_uuid() {
    const auto reply = send("POST", "/v1/contact/get", json{{"phone", companion_phone()}}.dump());
    return json::parse(reply.body).at("uuid").get<std::string>();
  }

  std::string path() { return below(2) == 0 ? "/v1/contact/" + now_.id : "/v2/contact/" + now_.uuid; }
  std::string next_phone() { return std::to_string(13'120'000'000 + number_ * 10'000 + writes_); }
  std::string companion_phone() const { return std::to_string(13'130'000'000 + number_); }
  /// None is a part of another.
  std::string next_name(const std::string& kind) {
    return kind + std::to_string(number_) + "n" + std::to_string(writes_) + "z";
  }

  /// The body of its answer.
  json done(const std::string& method, const std::string& target, const json& body) {
    const auto reply = send(method, target, body.is_null() ? "" : body.dump());
    if (reply.status == 200) return json::parse(reply.body);
    throw std::runtime_error(method + " " + target + " was answered " + std::to_string(reply.status) + reply.body);
  }

  test::HttpReply read(const std::string& method, const std::string& target, const std::string& body) {
    campaign_.count("pairs of a write and a read");
    return send(method, target, body);
  }

  test::HttpReply send(const std::string& method, const std::string& target, const std::string& body) {
    return connections_.send(static_cast<std::size_t>(below(static_cast<int>(kConnections))), method, target, body);
  }

  void complain(const std::string& what) {
    campaign_.find("contact " + now_.id + ", " +
                   (now_.exists ? "revision " + std::to_string(now_.rev) : std::string("deleted")) + ": " + what);
  }

  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  Campaign& campaign_;
  Connections& connections_;
  const TeamIds& ids_;
  const int number_;
  std::mt19937_64 random_;
  int writes_ = 0;
  std::int64_t tag_id_ = 0;
  std::string tag_;
  Expected now_;
  Expected before_;
  bool is_newer_ = true;  // The last write was one of the contact.
  json shown_;            // Since the last write; null: not yet.
  json channels_;         // The same.
  bool has_companion_ = false;
  bool had_companion_ = false;
  std::string companion_name_;
  std::string updated_ = "2000-01-01T00:00:00Z";
};

TeamIds make_fields(Connections& connections) {
  const auto reply = connections.send(0, "POST", "/v1/contacts/fields", R"([{"title":"Plan"},{"title":"City"}])");
  if (reply.status != 200) throw std::runtime_error("the fields of a check could not be made");
  TeamIds ids;
  const json made = json::parse(reply.body);
  for (std::size_t i = 0; i < ids.fields.size(); ++i) ids.fields[i] = std::to_string(made.at(i).at("id").get<int>());
  return ids;
}

}  // namespace

void read_your_writes(Campaign& campaign, const std::optional<Plant>& plant) {
  while (campaign.begins_unit()) {
    const auto served = plant ? serve_with(*plant) : serve();
    Connections connections(*served);
    const TeamIds ids = make_fields(connections);
    std::vector<std::jthread> threads;
    for (int number = 0; number < kWriters; ++number) {
      threads.emplace_back(
          [&, number, seed = campaign.random()()] { WriterWhoReads(campaign, connections, ids, number, seed).run(); });
    }
    threads.clear();
  }
}

void read_your_writes(Campaign& campaign) { read_your_writes(campaign, std::nullopt); }

}  // namespace cardfile::prove
