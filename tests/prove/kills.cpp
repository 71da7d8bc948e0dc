#include "prove/kills.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "store/sqlite/db.h"
#include "store/sqlite/place.h"
#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::prove {
namespace {

using nlohmann::json;
using std::chrono::steady_clock;
using test::HttpClient;

constexpr std::int64_t kUnitsPerEarlyKill = 5;
constexpr std::int64_t kUnitsPerFolder = 100;           // So that the log does not grow without end.
constexpr auto kStandstill = std::chrono::seconds(60);  // Of all writers.
constexpr auto kPatienceWithCheck = std::chrono::minutes(15);
constexpr int kFields = 3;
constexpr int kTags = 4;
constexpr std::int64_t kMillion = 1'000'000;
constexpr const char* kToReadAgain = "changes to read again at most";
constexpr auto kReadyMax = std::chrono::seconds(2);  // With a million contacts.

/// A team, its data folder, and those who write to it.
class Service {
 public:
  Service(Campaign& campaign, const KillSize& size, const KillFaults& faults)
      : campaign_(campaign),
        size_(size),
        faults_(faults),
        key_(test::make_team_and_key(folder_)),
        bulk_(size.bulk, faults.writers) {}

  /// What the writers need to be there.
  void prepare() {
    test::RunningServer server(folder_);
    HttpClient client(server.port(), headers());
    const TeamIds ids{.fields = make_fields(client), .tags = make_tags(client)};
    bulk_.create(client);
    changes_before_ += bulk_.contacts();
    for (int i = 0; i < size_.writers; ++i)
      writers_.push_back(std::make_unique<KillWriter>(i, campaign_.random()(), ids, faults_.writers));
    if (server.stop() != 0) campaign_.find("the server did not stop as it should");
  }

  void write_and_kill(bool with_bulk) {
    test::RunningServer server(folder_);
    const std::uint16_t port = answers(server);
    const std::int64_t kill_at = tally_.acknowledged + 1 + campaign_.below(size_.changes_before_kill_max) +
                                 (with_bulk ? size_.changes_of_bulk : 0);
    std::latch connected(size_.writers);
    std::atomic<bool> is_killed = false;
    std::vector<std::jthread> threads;
    for (const auto& writer : writers_) {
      threads.emplace_back([&, port] {
        HttpClient client(port, headers());
        const auto reply = client.send("GET", "/healthz");
        if (!reply || reply->status != 200) campaign_.find("a writer was not let in");
        connected.count_down();
        writer->write_until_cut_off(client, tally_, is_killed);
      });
    }
    if (with_bulk) {
      threads.emplace_back([&, port] {
        HttpClient client(port, headers());
        bulk_.write_until_cut_off(client, tally_, is_killed);
      });
    }
    connected.wait();
    const auto may_be_killed = [&] { return tally_.acknowledged >= kill_at; };
    std::int64_t before = 0;
    do {
      before = tally_.acknowledged;
    } while (!test::becomes_true(may_be_killed, kStandstill) && tally_.acknowledged != before);
    if (!may_be_killed()) campaign_.find("writers came to a standstill");
    is_killed = true;
    is_killed.notify_all();
    kill(server);
    if (with_bulk) note_changes_to_read_again();
  }

  /// It may be repairing what the last kill left behind.
  void kill_while_it_comes_up() {
    test::RunningServer server(folder_);
    server.process().wait(std::chrono::milliseconds(campaign_.below(30)));
    kill(server);
  }

  void verify() {
    const auto begin = steady_clock::now();
    test::RunningServer server(folder_);
    const std::uint16_t port = answers(server);
    HttpClient client(port, headers());
    const auto ready = client.send("GET", "/readyz");
    const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begin);
    campaign_.raise("ms until it answers again at most", taken.count());
    if (!ready || ready->status != 200) campaign_.find("it is not ready");
    if (taken > size_.ready_max)
      campaign_.find("it took " + std::to_string(taken.count()) + " ms until it answered again");
    for (const auto& writer : writers_) {
      writer->verify(client, tally_);
      for (const auto& complaint : writer->complaints()) campaign_.find(complaint);
    }
    bulk_.verify(client, tally_);
    for (const auto& complaint : bulk_.complaints()) campaign_.find(complaint);
    if (campaign_.below(2) == 0) {
      kill(server);
    } else if (server.stop() != 0) {
      campaign_.find("the server did not stop as it should");
    }
  }

  /// Every change has one entry of its own in the log, none twice.
  void check() {
    const test::Finished check = test::run(test::cardfile_with(folder_, {"check"}), kPatienceWithCheck);
    std::int64_t contacts = bulk_.contacts();
    for (const auto& writer : writers_) contacts += writer->contacts();
    const std::int64_t changes = changes_before_ + tally_.acknowledged + tally_.landed;
    const std::string expected =
        std::to_string(contacts) + " contacts and " + std::to_string(changes) + " changes checked: all is well.\n";
    if (check.exit_code != 0 || check.errors != expected)
      campaign_.find("check says: " + check.output + check.errors + "and not: " + expected);
  }

  const KillTally& tally() const { return tally_; }

 private:
  HttpClient::Headers headers() const {
    return {{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}};
  }

  static std::uint16_t answers(test::RunningServer& server) {
    const std::uint16_t port = server.port();
    if (port == 0) throw std::runtime_error("the server does not come up");
    return port;
  }

  void kill(test::RunningServer& server) {
    server.process().kill();
    campaign_.count("kills");
    if (faults_.loses_the_log)
      for (const char* file : {"cardfile.db-wal", "cardfile.db-shm"})
        std::filesystem::remove(folder_.path() / "data" / file);
  }

  /// Entries whose rows may be behind, as the next server finds them. Who looks leaves the folder as it is.
  void note_changes_to_read_again() {
    store::sqlite::Connection database({.file = folder_ / "data/cardfile.db"});
    database.leave_log_on_close();
    const std::int64_t entries = database.integer("SELECT (SELECT max(place) FROM change_log) - " +
                                                  std::to_string(store::sqlite::first_place_of(core::TeamId(1))) +
                                                  " - (SELECT seq FROM flushed WHERE team = 1)");
    campaign_.raise(kToReadAgain, entries);
  }

  json call(HttpClient& client, const std::string& method, const std::string& target, const json& body) {
    const auto reply = client.send(method, target, body.dump());
    if (!reply || reply->status != 200)
      throw std::runtime_error(target + " was answered " + (reply ? reply->body : "not at all"));
    return json::parse(reply->body);
  }

  std::vector<std::int64_t> make_fields(HttpClient& client) {
    json titles = json::array();
    for (int i = 0; i < kFields; ++i) titles.push_back({{"title", "Field " + std::to_string(i)}});
    std::vector<std::int64_t> ids;
    for (const auto& field : call(client, "POST", "/v1/contacts/fields", titles)) ids.push_back(field.at("id"));
    changes_before_ += kFields;
    return ids;
  }

  std::vector<std::int64_t> make_tags(HttpClient& client) {
    std::vector<std::int64_t> ids;
    for (int i = 0; i < kTags; ++i)
      ids.push_back(call(client, "POST", "/v1/tag", {{"tag", "Tag " + std::to_string(i)}}).at("id"));
    changes_before_ += kTags;
    return ids;
  }

  Campaign& campaign_;
  const KillSize& size_;
  const KillFaults& faults_;
  const test::TempFolder folder_;
  const std::string key_;
  std::vector<std::unique_ptr<KillWriter>> writers_;
  BulkWriter bulk_;
  KillTally tally_;
  std::int64_t changes_before_ = 2;  // The team and its key.
};

}  // namespace

void kills(Campaign& campaign, const KillSize& size, const KillFaults& faults) {
  std::unique_ptr<Service> service;
  std::int64_t done = 0;
  while (campaign.begins_unit()) {
    if (!service) {
      service = std::make_unique<Service>(campaign, size, faults);
      service->prepare();
    }
    const std::int64_t before = service->tally().acknowledged;
    const bool with_bulk = size.bulk.contacts > 0 && done % size.units_per_bulk == 0;
    service->write_and_kill(with_bulk);
    ++done;
    if (done % kUnitsPerEarlyKill == 0) service->kill_while_it_comes_up();
    service->verify();
    if (done % size.units_per_check == 0) service->check();
    campaign.count("changes acknowledged", service->tally().acknowledged - before);
    if (size.bulk.contacts == 0 && done % kUnitsPerFolder == 0) service.reset();
  }
  if (service && campaign.figure(kToReadAgain) < size.changes_to_read_again_min)
    campaign.find("no kill left " + std::to_string(size.changes_to_read_again_min) +
                  " changes to read again: this shows nothing");
  if (service && done % size.units_per_check != 0 && campaign.findings().empty()) service->check();
}

void kills(Campaign& campaign) { kills(campaign, {}, {}); }

void kills_among_a_million(Campaign& campaign) {
  kills(campaign,
        {.units_per_check = 20,
         .bulk = {.contacts = kMillion},
         .changes_to_read_again_min = 10'000,
         .ready_max = kReadyMax},
        {});
}

}  // namespace cardfile::prove
