#pragma once
// World: a whole Cardfile in memory, for tests that speak HTTP without sockets.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/api.h"
#include "base/log.h"
#include "base/vault.h"
#include "base/worker.h"
#include "core/change.h"
#include "core/command.h"
#include "core/contact.h"
#include "core/ids.h"
#include "core/time.h"
#include "http/message.h"
#include "store/store.h"
#include "support/temp_folder.h"
#include "wire/dialect.h"

namespace cardfile::test {

class ApiDocument;

struct Reply {
  int status = 0;
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;

  /// Empty when there is none.
  std::string header(std::string_view name) const;

  /// A member of the body's object: a string's text, a number's digits, "true"; "(none)" when there is none.
  std::string operator[](std::string_view member) const;

  /// The members of that name of an array's items, with blanks between: "1 2 3".
  std::string each(std::string_view member) const;

  /// The fields that the body's `errors` name, in order: "phone email".
  std::string fields_at_fault() const;
};

using Headers = std::vector<std::pair<std::string, std::string>>;

/// A team and its key.
struct TestTeam {
  core::TeamId id;
  std::string key;
};

enum class Engine { memory, sqlite };

/// So many long queries may wait for the one that is being answered.
inline constexpr std::size_t kLongQueriesMax = 3;

struct WorldOptions {
  std::int64_t rate_limit = 0;  // Requests a minute; 0: no limit.
  wire::Dialect dialect = {};
  Engine engine = Engine::memory;
  std::string vfs = {};  // Of SQLite; empty: the default one.
};

/// Two teams, each with two users (1 an administrator, 2 a member), custom fields 12 and 13 and tags 1 to 6. The clock
/// stands at 2026-03-02T09:15:00Z until a test moves it. Requests go out with the first team's key. Safe to use from
/// many threads.
///
/// Every answer is held to docs/openapi.json: what the document does not have fails the test.
class World {
 public:
  explicit World(WorldOptions options = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  const TestTeam& team() const { return teams_.front(); }
  const TestTeam& other_team() const { return teams_.back(); }

  Reply send(std::string_view method, std::string_view target, std::string_view body = {}, const Headers& headers = {});
  Reply send_as(const TestTeam& team, std::string_view method, std::string_view target, std::string_view body = {});
  /// Without the Authorization header.
  Reply send_bare(std::string_view method, std::string_view target, std::string_view body, const Headers& headers);

  Reply get(std::string_view target, const Headers& headers = {}) { return send("GET", target, {}, headers); }
  Reply put(std::string_view target, std::string_view body, const Headers& headers = {}) {
    return send("PUT", target, body, headers);
  }
  Reply post(std::string_view target, std::string_view body) { return send("POST", target, body); }
  Reply del(std::string_view target, const Headers& headers = {}) { return send("DELETE", target, {}, headers); }

  /// Makes a contact out of a v2 body and gives it back as it is stored.
  core::Contact has_contact(std::string_view v2_body);

  /// A contact with so many custom values of 4 KiB each, of fields that are made for them.
  core::Contact has_large_contact(std::string phone, std::size_t values);

  /// As it is stored now.
  std::optional<core::Contact> stored(core::ContactId id) const;

  /// The first team's change log.
  std::vector<core::ChangeEntry> log() const;

  /// Gives the team a key of the n8n node.
  void has_n8n_key(const TestTeam& team, std::string_view key);

  /// Gives the team an API secret.
  void has_secret(const TestTeam& team, const core::Uuid& id, std::string_view key);

  core::Timestamp now() const { return core::Timestamp(std::chrono::microseconds(now_us_)); }
  void advance_clock(std::chrono::microseconds by);

  store::Store& store() { return *store_; }
  /// Answers long queries, one at a time.
  base::Worker& worker() { return worker_; }
  api::Api& api() { return *api_; }

 private:
  std::unique_ptr<store::Store> open_store(const WorldOptions& options, core::Clock clock);
  TestTeam make_team(std::int64_t id, std::string key);
  core::Uuid next_uuid();
  core::Outcome run(core::TeamId team, core::Action action);

  std::unique_ptr<TempFolder> folder_;  // Null for an engine in memory.
  std::atomic<std::int64_t> now_us_;
  std::atomic<std::uint32_t> uuids_ = 0;
  const ApiDocument& document_;
  base::Log log_;
  base::Vault vault_;
  std::unique_ptr<store::Store> store_;
  base::Worker worker_{{.threads = 1, .queue_max = kLongQueriesMax}};
  std::unique_ptr<api::Api> api_;
  std::vector<TestTeam> teams_;
};

/// Fails the test when the exchange is not as the document has it.
void expect_documented(const ApiDocument& document, std::string_view method, std::string_view target,
                       std::string_view request_body, const Reply& reply);

/// "/v1/contact/7" and "/v2/contact/<uuid>".
std::string v1_path(const core::Contact& contact);
std::string v2_path(const core::Contact& contact);

}  // namespace cardfile::test
