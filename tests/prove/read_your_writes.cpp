#include "prove/read_your_writes.h"

#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "prove/json_reply.h"
#include "prove/served.h"
#include "support/http_client.h"

namespace cardfile::prove {
namespace {

constexpr int kWriters = 8;
constexpr int kWritesEach = 12;
constexpr std::size_t kConnections = 16;

/// Connections that all threads use, each for one request at a time.
class Connections {
 public:
  explicit Connections(const Served& served) {
    for (std::size_t i = 0; i < kConnections; ++i)
      connections_.push_back(std::make_unique<Connection>(served.port(), served.headers()));
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

/// A contact as its last write left it.
struct Expected {
  bool exists = false;
  std::string id;
  std::string uuid;
  std::string phone;
  std::string facebook;  // Empty: it has no such channel.
  std::string first;     // No other contact has had it.
  bool opted_out = false;
  std::int64_t rev = 0;
};

std::string quoted(const std::string& text) { return "\"" + text + "\""; }

std::string search_for(const std::string& type, const std::string& value) {
  return R"({"contact_channels":[{"channel_type":)" + quoted(type) + R"(,"channel_ids":[)" + quoted(value) + "]}]}";
}

/// The revision with which an answer shows the contact; none when it does not.
std::optional<std::int64_t> shown_rev(const test::HttpReply& reply, const std::string& id) {
  if (reply.status == 404) return std::nullopt;
  if (reply.status != 200) throw std::runtime_error("a read was answered " + std::to_string(reply.status));
  const JsonReply json(reply);
  const auto rev_of = [&id](const wire::Json& contact) -> std::optional<std::int64_t> {
    const auto own_id = contact.find("id");
    const auto rev = contact.find("rev");
    if (!own_id || own_id->text() != id || !rev) return std::nullopt;
    return rev->integer();
  };
  if (json.value().is(wire::JsonKind::object)) return rev_of(json.value());
  for (const wire::Json contact : json.value()) {
    if (const auto rev = rev_of(contact)) return rev;
  }
  return std::nullopt;
}

/// Writes one contact and looks at it in every way after each write.
class WriterWhoReads {
 public:
  WriterWhoReads(Campaign& campaign, Connections& connections, int number, std::uint64_t seed)
      : campaign_(campaign), connections_(connections), number_(number), random_(seed) {}

  void run() {
    try {
      for (int i = 0; i < kWritesEach; ++i) {
        write();
        read_everywhere();
      }
    } catch (const std::exception& error) {
      campaign_.find("writer " + std::to_string(number_) + ": " + error.what());
    }
  }

 private:
  void write() {
    before_ = now_;
    ++writes_;
    if (!now_.exists) return create();
    switch (below(8)) {
      case 0:
        return remove();
      case 1:
        return move_to_another_phone();
      case 2:
        return set_status();
      case 3:
        return add_channel();
      default:
        return update();
    }
  }

  void create() {
    now_ = {.exists = true, .phone = next_phone(), .first = next_name(), .rev = 1};
    const JsonReply reply(done("POST", below(2) == 0 ? "/v1/contact" : "/v2/contact", body()));
    now_.id = reply.text("id");
    now_.uuid = reply.text("uuid");
  }

  void remove() {
    done("DELETE", path(), "");
    now_.exists = false;
  }

  void update() {
    now_.first = next_name();
    ++now_.rev;
    done("PUT", path() + (below(3) == 0 ? "?overwrite=true" : ""), body());
  }

  void move_to_another_phone() {
    now_.phone = next_phone();
    ++now_.rev;
    done("PUT", path(), R"({"phone":)" + quoted(now_.phone) + "}");
  }

  void set_status() {
    now_.opted_out = below(2) == 0;
    ++now_.rev;
    done("POST", "/v1/contact/set_status",
         R"({"phone":)" + quoted(now_.phone) + R"(,"status":)" +
             quoted(now_.opted_out ? "unsubscribed" : "subscribed") + "}");
  }

  void add_channel() {
    now_.facebook = next_name();
    ++now_.rev;
    const std::string channel = R"({"channel_type":"facebook","channel_id":)" + quoted(now_.facebook) + "}";
    done("POST", "/v2/contact/" + now_.uuid + "/channel", channel);
  }

  /// In every way; the contact's last names and phones, too, when they are no longer its own.
  void read_everywhere() {
    expect_shown("GET", "/v1/contact/" + now_.id, "");
    expect_shown("GET", "/v2/contact/" + now_.uuid, "");
    expect_shown("POST", "/v1/contact/get", R"({"phone":)" + quoted(now_.phone) + "}");
    expect_shown("POST", "/v1/contact/get", R"({"id":)" + now_.id + "}");
    expect_shown("POST", "/v1/contacts", R"({"ascending":false,"limit":100})");
    expect_shown("POST", "/v2/contacts/list", R"({"ascending":false,"limit":100})");
    expect_shown("POST", "/v1/contacts", R"({"date":)" + quoted(updated_) + R"(,"limit":1000})");
    expect_shown("POST", "/v1/contacts", R"({"id":)" + now_.id + "}");
    expect_shown("POST", "/v1/contacts", R"({"filter":)" + quoted(now_.first) + "}");
    expect_shown("POST", "/v2/contacts/list", R"({"filter":)" + quoted(now_.phone) + R"(,"order":"first"})");
    expect_shown("POST", "/v2/contacts/search", search_for("phone", now_.phone));
    expect_shown("POST", "/v2/contacts/search", search_for("id", now_.uuid));
    if (!now_.facebook.empty()) expect_shown("POST", "/v2/contacts/search", search_for("facebook", now_.facebook));
    expect_count(R"({"filter":)" + quoted(now_.first) + "}", now_.exists ? 1 : 0);
    expect_count(R"({"id":)" + now_.id + "}", now_.exists ? 1 : 0);
    expect_status();
    expect_channels();
    expect_nothing_of_before();
    remember_time();
  }

  void expect_shown(const std::string& method, const std::string& target, const std::string& body) {
    const auto rev = shown_rev(read(method, target, body), now_.id);
    const auto expected = now_.exists ? std::optional(now_.rev) : std::nullopt;
    if (rev != expected) complain(method + " " + target + " " + body + " shows " + told(rev));
  }

  void expect_count(const std::string& body, std::int64_t expected) {
    const auto count = JsonReply(read("POST", "/v1/contacts/count", body)).integer("count");
    if (count != expected) complain("POST /v1/contacts/count " + body + " counts " + told(count));
  }

  void expect_status() {
    const auto reply = read("POST", "/v1/contact/status", R"({"phone":)" + quoted(now_.phone) + "}");
    const bool is_there = reply.status == 200;
    const auto opted_out = is_there ? JsonReply(reply).boolean("unsubscribed") : std::nullopt;
    const bool right = is_there ? now_.exists && opted_out == now_.opted_out : !now_.exists;
    if (!right) complain("POST /v1/contact/status shows " + reply.body);
  }

  void expect_channels() {
    const auto reply = read("GET", "/v2/contact/" + now_.uuid + "/channels", "");
    if (now_.exists != (reply.status == 200)) complain("its channels are answered " + std::to_string(reply.status));
    if (reply.status != 200) return;
    for (const auto& value : {now_.phone, now_.facebook}) {
      if (reply.body.find(quoted(value)) == std::string::npos && !value.empty()) complain("its channels lack " + value);
    }
  }

  void expect_nothing_of_before() {
    if (!before_.exists) return;
    if (before_.phone != now_.phone &&
        read("POST", "/v1/contact/get", R"({"phone":)" + quoted(before_.phone) + "}").status != 404)
      complain("it is found by a phone that it had before");
    if (before_.first != now_.first) expect_count(R"({"filter":)" + quoted(before_.first) + "}", 0);
  }

  /// From here on a list that begins at this time has to have the next write.
  void remember_time() {
    if (!now_.exists) return;
    updated_ = JsonReply(send("GET", "/v1/contact/" + now_.id, "")).text("updated");
  }

  std::string body() const { return R"({"phone":)" + quoted(now_.phone) + R"(,"first":)" + quoted(now_.first) + "}"; }
  std::string path() { return below(2) == 0 ? "/v1/contact/" + now_.id : "/v2/contact/" + now_.uuid; }
  std::string next_phone() { return std::to_string(13'120'000'000 + number_ * 10'000 + writes_); }
  /// None is a part of another.
  std::string next_name() { return "w" + std::to_string(number_) + "n" + std::to_string(writes_) + "z"; }

  test::HttpReply done(const std::string& method, const std::string& target, const std::string& body) {
    auto reply = send(method, target, body);
    if (reply.status == 200) return reply;
    throw std::runtime_error(method + " " + target + " was answered " + std::to_string(reply.status) + reply.body);
  }

  test::HttpReply read(const std::string& method, const std::string& target, const std::string& body) {
    campaign_.count("pairs of a write and a read");
    return send(method, target, body);
  }

  test::HttpReply send(const std::string& method, const std::string& target, const std::string& body) {
    return connections_.send(static_cast<std::size_t>(below(static_cast<int>(kConnections))), method, target, body);
  }

  static std::string told(const std::optional<std::int64_t>& number) {
    return number ? std::to_string(*number) : std::string("nothing");
  }

  void complain(const std::string& what) {
    campaign_.find("contact " + now_.id + ", " +
                   (now_.exists ? "revision " + std::to_string(now_.rev) : std::string("deleted")) + ": " + what);
  }

  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random_); }

  Campaign& campaign_;
  Connections& connections_;
  const int number_;
  std::mt19937_64 random_;
  int writes_ = 0;
  Expected now_;
  Expected before_;
  std::string updated_ = "2000-01-01T00:00:00Z";
};

}  // namespace

void read_your_writes(Campaign& campaign, const std::optional<Plant>& plant) {
  while (campaign.begins_unit()) {
    const auto served = plant ? serve_with(*plant) : serve();
    Connections connections(*served);
    std::vector<std::jthread> threads;
    for (int number = 0; number < kWriters; ++number) {
      threads.emplace_back(
          [&, number, seed = campaign.random()()] { WriterWhoReads(campaign, connections, number, seed).run(); });
    }
    threads.clear();
  }
}

void read_your_writes(Campaign& campaign) { read_your_writes(campaign, std::nullopt); }

}  // namespace cardfile::prove
