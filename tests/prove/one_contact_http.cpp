#include "prove/one_contact_http.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "prove/history.h"
#include "prove/json_reply.h"
#include "prove/served.h"
#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::prove {
namespace {

constexpr int kContacts = 12;
constexpr std::int64_t kKillsMax = 3;
constexpr std::chrono::seconds kPatience(60);
constexpr int kAnswersPerLost = 50;  // Where some are lost on purpose.

/// Where the server listens. It is nowhere while it is killed and started again.
class Address {
 public:
  /// Waits until it is somewhere; none when it will not be any more.
  std::optional<std::uint16_t> port() {
    std::unique_lock lock(mutex_);
    known_.wait(lock, [this] { return port_ != 0 || gone_; });
    return gone_ ? std::nullopt : std::optional(port_);
  }
  void become(std::uint16_t port) {
    const std::lock_guard lock(mutex_);
    port_ = port;
    known_.notify_all();
  }
  /// To be called before it is killed.
  void become_nowhere() {
    const std::lock_guard lock(mutex_);
    port_ = 0;
    ++kills_;
  }
  int kills() {
    const std::lock_guard lock(mutex_);
    return kills_;
  }
  bool is_given_up() {
    const std::lock_guard lock(mutex_);
    return gone_;
  }
  void give_up() {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    known_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable known_;
  // Guarded by mutex_.
  std::uint16_t port_ = 0;
  int kills_ = 0;
  bool gone_ = false;
};

/// How clients reach a contact.
struct Target {
  std::string id;
  std::string uuid;
  std::string phone;
  std::vector<std::string> fields;  // The ids of the custom fields, in their order.
};

int value_of(const std::string& text) { return text.empty() ? 0 : std::stoi(text); }

std::string custom_json(const Request& put, const std::vector<std::string>& fields) {
  std::string json;
  for (std::size_t i = 0; i < kCustomFields; ++i) {
    if (!put.custom[i]) continue;
    json += (json.empty() ? "\"" : ",\"") + fields[i] +
            "\":" + (*put.custom[i] == 0 ? "null" : "\"" + std::to_string(*put.custom[i]) + "\"");
  }
  return "{" + json + "}";
}

Content content_of(const JsonReply& reply, const std::vector<std::string>& fields) {
  Content content{.first = value_of(reply.text("first")), .custom = {}};
  const auto custom = reply.find("custom");
  for (std::size_t i = 0; i < kCustomFields; ++i) {
    const auto value = custom ? custom->find(fields[i]) : std::nullopt;
    if (value) content.custom[i] = value_of(std::string(value->text()));
  }
  return content;
}

/// Uses the contact over one connection, which is made anew after each that broke.
class HttpContactClient final : public ContactClient {
 public:
  HttpContactClient(Campaign& campaign, Address& address, test::HttpClient::Headers headers, Target target,
                    std::atomic<std::int64_t>& answers, bool loses_answers)
      : campaign_(campaign),
        address_(address),
        headers_(std::move(headers)),
        target_(std::move(target)),
        answers_(answers),
        loses_answers_(loses_answers) {}

  Answer ask(const Request& request) override {
    ++asked_;
    try {
      auto reply = send(request);
      if (loses_answers_ && asked_ % kAnswersPerLost == 0) reply.reset();
      if (!reply) {
        connection_.reset();
        expect_killed();
        return {};
      }
      ++answers_;
      return read(request, *reply);
    } catch (const std::exception& error) {
      campaign_.find(std::string("an answer cannot be read: ") + error.what());
    }
    return {};
  }

 private:
  /// A kill takes the request that is under way, or the next one when there is none; the connection after it is made
  /// to the server that is started then, and cannot feel the same kill.
  void expect_killed() {
    const int kills = address_.kills();
    if (kills == kills_felt_ && !address_.is_given_up()) campaign_.find("a request has no answer, and no kill took it");
    kills_felt_ = kills;
  }

  std::optional<test::HttpReply> send(const Request& request) {
    if (!connection_) {
      const auto port = address_.port();
      if (!port) return std::nullopt;
      connection_ = std::make_unique<test::HttpClient>(*port, headers_);
    }
    test::HttpClient::Headers condition;
    if (request.if_match) condition["If-Match"] = "\"" + std::to_string(*request.if_match) + "\"";
    const bool first_version = asked_ % 2 == 0;
    const std::string path = first_version ? "/v1/contact/" + target_.id : "/v2/contact/" + target_.uuid;
    switch (request.kind) {
      case Kind::get:
        return get(path);
      case Kind::put:
        return connection_->send("PUT", path + (request.overwrites ? "?overwrite=true" : ""),
                                 body_of(request, first_version), condition);
      case Kind::remove:
        return connection_->send("DELETE", path, {}, condition);
    }
    return std::nullopt;
  }

  std::optional<test::HttpReply> get(const std::string& path) {
    switch (asked_ % 5) {
      case 0:
        return connection_->send("POST", "/v1/contact/get", R"({"phone":")" + target_.phone + R"("})");
      case 1:
        return connection_->send(
            "POST", "/v2/contacts/search",
            R"({"contact_channels":[{"channel_type":"phone","channel_ids":[")" + target_.phone + R"("]}]})");
      default:
        return connection_->send("GET", path);
    }
  }

  std::string body_of(const Request& put, bool with_phone) const {
    return "{" + (with_phone ? R"("phone":")" + target_.phone + R"(",)" : "") + R"("first":")" +
           std::to_string(put.first) + R"(","custom":)" + custom_json(put, target_.fields) + "}";
  }

  Answer read(const Request& request, const test::HttpReply& reply) {
    if (reply.status == 404) return {.result = Result::not_found};
    if (reply.status != 200 && reply.status != 412) {
      campaign_.find("a request was answered " + std::to_string(reply.status) + " " + reply.body);
      return {};
    }
    const JsonReply json(reply);
    if (json.value().is(wire::JsonKind::array) && json.value().empty()) return {.result = Result::not_found};
    Answer answer{.result = reply.status == 200 ? Result::done : Result::refused, .rev = json.integer("rev")};
    // Version 1 answers a write with id, revision and UUID.
    if (reply.status == 200 && request.kind != Kind::remove && json.find("custom"))
      answer.content = content_of(json, target_.fields);
    return answer;
  }

  Campaign& campaign_;
  Address& address_;
  const test::HttpClient::Headers headers_;
  const Target target_;
  std::atomic<std::int64_t>& answers_;
  const bool loses_answers_;
  std::unique_ptr<test::HttpClient> connection_;
  int asked_ = 0;
  int kills_felt_ = 0;
};

/// The program, on a folder that outlives it.
class KilledServer {
 public:
  KilledServer(Address& address, bool takes_folder_back)
      : address_(address), takes_folder_back_(takes_folder_back), key_(test::make_team_and_key(folder_)) {
    start();
  }

  const std::string& key() const { return key_; }

  void kill_and_start(bool last) {
    address_.become_nowhere();
    server_->process().kill();
    if (takes_folder_back_) keep_or_take_back(last);
    start();
  }

  void end(Campaign& campaign) {
    if (server_->stop() != 0) campaign.find("the server did not end well");
    const auto check = test::cardfile(folder_, {"check"});
    if (check.exit_code != 0) campaign.find("the folder is not sound: " + check.output + check.errors);
  }

 private:
  void start() {
    server_ = std::make_unique<test::RunningServer>(folder_);
    const std::uint16_t port = server_->port();
    if (port == 0) throw std::runtime_error("the server did not come up");
    address_.become(port);
  }

  void keep_or_take_back(bool last) {
    const std::filesystem::path data = folder_ / "data";
    const std::filesystem::path copy = folder_ / "copy";
    if (!std::filesystem::exists(copy)) return copy_files(data, copy);
    if (!last) return;
    std::filesystem::remove_all(data);
    copy_files(copy, data);
  }

  /// What else there is, as a socket, the next process makes for itself.
  static void copy_files(const std::filesystem::path& from, const std::filesystem::path& to) {
    std::filesystem::create_directory(to);
    std::filesystem::permissions(to, std::filesystem::perms::owner_all);
    for (const auto& entry : std::filesystem::directory_iterator(from)) {
      if (entry.is_regular_file()) std::filesystem::copy_file(entry.path(), to / entry.path().filename());
    }
  }

  Address& address_;
  const bool takes_folder_back_;
  test::TempFolder folder_;
  const std::string key_;
  std::unique_ptr<test::RunningServer> server_;
};

std::string required(const std::optional<test::HttpReply>& reply, const std::string& member) {
  if (!reply || reply->status != 200) throw std::runtime_error("the contact of a check could not be made");
  return JsonReply(*reply).text(member);
}

std::vector<std::string> make_fields(test::HttpClient& client) {
  std::vector<std::string> fields;
  for (std::size_t i = 0; i < kCustomFields; ++i)
    fields.push_back(required(
        client.send("POST", "/v1/contacts/fields", R"([{"title":"Field )" + std::to_string(i) + R"("}])"), "id"));
  return fields;
}

/// What a unit has: contacts, their histories, and the clients of each.
struct Unit {
  std::atomic<std::int64_t> answers = 0;
  std::int64_t operations = 0;
  std::vector<std::unique_ptr<History>> histories;
  std::vector<std::vector<std::unique_ptr<ContactClient>>> clients;

  Unit(Campaign& campaign, Address& address, const test::HttpClient::Headers& headers, bool loses_answers = false) {
    test::HttpClient client(address.port().value(), headers);
    const auto fields = make_fields(client);
    for (int i = 0; i < kContacts; ++i) {
      const std::string phone = std::to_string(13'125'550'100 + i);
      const auto made = client.send("POST", "/v1/contact", R"({"phone":")" + phone + R"("})");
      const Target target{.id = required(made, "id"), .uuid = required(made, "uuid"), .phone = phone, .fields = fields};
      histories.push_back(random_history(campaign));
      operations += histories.back()->operations();
      auto& connections = clients.emplace_back();
      for (auto count = 2 + campaign.below(3); count > 0; --count)
        connections.push_back(
            std::make_unique<HttpContactClient>(campaign, address, headers, target, answers, loses_answers));
    }
  }
};

void with_kills(Campaign& campaign, const OneContactHttpFaults& faults) {
  Address address;
  KilledServer server(address, faults.an_older_folder_comes_back);
  Unit unit(campaign, address, {{"Authorization", "Bearer " + server.key()}, {"Content-Type", "application/json"}},
            faults.loses_answers);
  const auto kills = faults.an_older_folder_comes_back ? 2 : campaign.below(kKillsMax + 1);
  std::vector<std::int64_t> moments;
  // The last eighth is left to those who see what the last kill did.
  for (std::int64_t i = 0; i < kills; ++i) moments.push_back(campaign.below(unit.operations * 7 / 8));
  std::ranges::sort(moments);
  const auto seed = campaign.random()();
  std::atomic<bool> done = false;
  {
    const std::jthread clients([&] {
      run(unit.histories, unit.clients, seed);
      done = true;
    });
    try {
      for (std::size_t i = 0; i < moments.size(); ++i) {
        const bool came = test::becomes_true([&] { return unit.answers >= moments[i] || done; }, kPatience);
        if (!came) campaign.find("the clients got no further");
        server.kill_and_start(i + 1 == moments.size());
        campaign.count("kills");
      }
    } catch (...) {
      address.give_up();
      throw;
    }
  }
  judge_all(campaign, unit.histories);
  server.end(campaign);
}

void with_plant(Campaign& campaign, const Plant& plant) {
  const auto server = serve_with(plant);
  Address address;
  address.become(server->port());
  Unit unit(campaign, address, server->headers());
  run(unit.histories, unit.clients, campaign.random()());
  judge_all(campaign, unit.histories);
}

}  // namespace

void one_contact_http(Campaign& campaign, const OneContactHttpFaults& faults) {
  while (campaign.begins_unit()) {
    if (faults.plant) {
      with_plant(campaign, *faults.plant);
    } else {
      with_kills(campaign, faults);
    }
  }
}

void one_contact_http(Campaign& campaign) { one_contact_http(campaign, {}); }

}  // namespace cardfile::prove
