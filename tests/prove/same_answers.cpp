#include "prove/same_answers.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/crypto.h"
#include "prove/random_requests.h"
#include "prove/replay_log.h"
#include "prove/served.h"
#include "store/open.h"
#include "store/world.h"
#include "support/http_client.h"

namespace cardfile::prove {
namespace {

constexpr int kRequestsPerUnit = 1'000;
constexpr std::uint64_t kFirstUuid = 1'000'000;  // Those before are given while the teams are made.
constexpr std::size_t kAll = 1'000'000;
constexpr core::TeamId kTeams[] = {test::kTeam, test::kOtherTeam};

std::string key_of(core::TeamId team) { return "key-of-team-" + std::to_string(team.value()); }
constexpr const char* kN8nKey = "key-of-the-node";

/// Both teams with users, custom fields and tags.
void make_teams(store::Store& store) {
  const auto commit = [&store](core::TeamId team, core::Action action) {
    store::commit_and_wait(store, test::command(std::move(action), team));
  };
  for (const auto team : kTeams) {
    make_team(store, team, key_of(team));
    commit(team, core::CreateUser{.name = "Grace", .email = "grace@example.org", .role = core::Role::admin});
    commit(team, core::CreateUser{.name = "Alan"});
    commit(team, core::CreateInbox{.name = "Sales", .phones = {"13125550000"}, .members = {core::UserId(1)}});
    core::CreateFields fields;
    for (std::int64_t id = 1; id <= 3; ++id)
      fields.drafts.push_back({.id = core::FieldId(id), .title = "Field " + std::to_string(id)});
    commit(team, fields);
    for (std::uint64_t i = 1; i <= 5; ++i)
      commit(team, core::CreateTag{.uuid = test::uuid(i), .label = "Tag " + std::to_string(i), .color = "#112233"});
  }
  commit(test::kTeam,
         core::CreateKey{.name = "n8n", .digest = base::to_hex(base::sha256(kN8nKey)), .kind = core::KeyKind::n8n});
}

/// A server and a connection to it.
class Side {
 public:
  Side(std::unique_ptr<store::Store> store, core::Clock clock) : store_(*store) {
    make_teams(*store);
    served_ = serve_here(
        {.store = std::move(store), .key = {}, .clock = std::move(clock), .next_uuid = uuids_from(kFirstUuid)});
    client_ = std::make_unique<test::HttpClient>(served_->port(), test::HttpClient::Headers{});
  }

  std::optional<test::HttpReply> send(const RandomRequest& request) {
    auto headers = request.headers;
    headers["Content-Type"] = "application/json";
    if (request.sender == Sender::n8n) {
      headers["X-Heymarket-API-Key"] = kN8nKey;
    } else {
      headers["Authorization"] = "Bearer " + key_of(request.sender == Sender::team ? test::kTeam : test::kOtherTeam);
    }
    auto reply = client_->send(request.method, request.target, request.body, headers);
    if (reply) reply->headers.erase("date");
    return reply;
  }

  const store::Store& store() const { return store_; }

 private:
  const store::Store& store_;
  std::unique_ptr<Served> served_;
  std::unique_ptr<test::HttpClient> client_;
};

std::string told(const std::optional<test::HttpReply>& reply) {
  if (!reply) return "no answer";
  std::string text = std::to_string(reply->status);
  for (const auto& [name, value] : reply->headers) text.append(" ").append(name).append("=").append(value);
  return text + " " + reply->body;
}

void compare(Campaign& campaign, const RandomRequest& request, const std::optional<test::HttpReply>& left,
             const std::optional<test::HttpReply>& right) {
  if (left && right && left->status == right->status && left->body == right->body && left->headers == right->headers)
    return;
  campaign.find(request.method + " " + request.target + " " + request.body + " was answered " + told(left) +
                " by SQLite, and " + told(right) + " by the reference");
}

/// All that is stored of a team.
struct Stored {
  core::Directory directory;
  std::vector<core::Contact> contacts;
  std::vector<core::ChangeEntry> log;
  std::vector<std::vector<core::ListTarget>> targets;
};

Stored stored(const store::Store& store, core::TeamId team) {
  Stored stored{.directory = *store.directory(team),
                .contacts = contacts_of(store, team),
                .log = store.changes(team, 0, kAll, store::kNoLimit),
                .targets = {}};
  for (const auto& [id, list] : stored.directory.lists) stored.targets.push_back(store.targets(team, id));
  return stored;
}

/// `when` ends the sentence.
void compare(Campaign& campaign, const store::Store& left, const store::Store& right, const std::string& when) {
  for (const auto team : kTeams) {
    const Stored here = stored(left, team);
    const Stored there = stored(right, team);
    const auto differ = [&](const std::string& what) {
      campaign.find("the " + what + " of team " + std::to_string(team.value()) + " are not the same " + when);
    };
    if (here.directory != there.directory) differ("users, fields, tags and lists");
    if (here.contacts != there.contacts) differ("contacts");
    if (here.log != there.log) differ("change logs");
    if (here.targets != there.targets) differ("members of lists");
    campaign.count("contacts at the end", static_cast<std::int64_t>(here.contacts.size()));
  }
}

void ask_both(Campaign& campaign, test::TestClock& clock, Side& sqlite, Side& memory) {
  RandomRequests requests(campaign.random()());
  for (int i = 0; i < kRequestsPerUnit && campaign.findings().empty(); ++i) {
    clock.move(std::chrono::microseconds(campaign.below(3'000) - 500));
    const RandomRequest request = requests.next();
    const auto left = sqlite.send(request);
    const auto right = memory.send(request);
    compare(campaign, request, left, right);
    if (!right) continue;
    requests.learn(right->body);
    campaign.count("requests");
    campaign.count(right->status < 300 ? "done" : "refused");
  }
}

}  // namespace

void same_answers(Campaign& campaign, const Plant& plant) {
  while (campaign.begins_unit()) {
    const test::TempFolder folder;
    test::TestClock clock;
    Side memory(store::open_memory(clock.source()), clock.source());
    const auto open = [&] { return plant(store::open_sqlite({.folder = folder.path()}, clock.source())); };
    {
      Side sqlite(open(), clock.source());
      ask_both(campaign, clock, sqlite, memory);
      compare(campaign, sqlite.store(), memory.store(), "at the end");
      expect_sound(campaign, sqlite.store());
      expect_sound(campaign, memory.store());
    }
    compare(campaign, *open(), memory.store(), "after SQLite was opened again");
  }
}

void same_answers(Campaign& campaign) { same_answers(campaign, nothing_planted); }

}  // namespace cardfile::prove
