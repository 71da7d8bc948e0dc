#pragma once
// KillWriter: a client that remembers what it was promised, and can tell whether the promise was kept.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "support/http_client.h"

namespace cardfile::prove {

/// What all writers add up. A change is what has an entry of its own in the change log.
struct KillTally {
  std::atomic<std::int64_t> acknowledged = 0;  // Changes.
  std::atomic<std::int64_t> cut_off = 0;       // Requests: sent, and the server died before it answered.
  std::atomic<std::int64_t> landed = 0;        // Changes of those, found done.
};

struct KillWriterFaults {
  bool takes_silence_for_yes = false;   // A request that was cut off counts as acknowledged.
  bool tears_bulk_calls = false;        // A bulk call is sent as two.
  bool loses_most_connections = false;  // All but four writers lose theirs after their first request.
};

/// A contact as it is expected.
struct ExpectedContact {
  std::int64_t id = 0;  // 0: not known yet.
  std::string uuid;
  std::int64_t rev = 1;
  std::string first;
  std::string last;
  std::map<std::string, std::string> custom;
  std::vector<std::int64_t> tags;
  std::vector<std::string> facebook;  // Its channels of that type.
  bool opted_out = false;
  bool blocked = false;
};

/// What the team has that writers refer to.
struct TeamIds {
  std::vector<std::int64_t> fields;
  std::vector<std::int64_t> tags;
};

/// Writes contacts of its own, one request at a time, of every kind: both versions, merge and overwrite, tags,
/// channels, status, bulk, deletion. It knows the last acknowledged state of each, and at most one request whose
/// outcome it was not told, which may be about several of them.
class KillWriter {
 public:
  KillWriter(int number, std::uint64_t seed, TeamIds ids, KillWriterFaults faults);

  /// Writes until the connection breaks or an answer is wrong. It may break once `is_killed`; before that it is a
  /// broken promise.
  void write_until_cut_off(test::HttpClient& client, KillTally& tally, const std::atomic<bool>& is_killed);

  /// Compares every contact with what the server has now, and learns what became of the request that was cut off.
  void verify(test::HttpClient& client, KillTally& tally);

  /// Every broken promise, a sentence each.
  const std::vector<std::string>& complaints() const { return complaints_; }
  std::int64_t contacts() const;

 private:
  using State = std::optional<ExpectedContact>;  // None: there is no such contact.

  struct Owned {
    std::string phone;
    State known;
    std::string last_uuid;  // Of the contact that was deleted last.
  };
  /// What a request makes of some contacts, by their places in `owned_`.
  using Changes = std::vector<std::pair<std::size_t, State>>;
  struct Step {
    std::string method;
    std::string target;
    std::string body;
    Changes after;
  };

  Step next_step();
  Step create(std::size_t place);
  Step update(std::size_t place);
  Step change_channels(std::size_t place);
  Step set_status(std::size_t place);
  Step save_all();
  Step delete_all();
  std::string next_value();
  bool do_step(Step step, test::HttpClient& client, KillTally& tally, const std::atomic<bool>& is_killed);
  static std::optional<test::HttpReply> send_torn(const Step& step, test::HttpClient& client);
  bool accept(const Step& step, const test::HttpReply& reply);
  void learn(const Changes& after);

  bool is_there(test::HttpClient& client, std::size_t place, const State& state);
  bool are_there(test::HttpClient& client, const Changes& states);
  void verify_deleted(test::HttpClient& client, std::size_t place);
  void complain(std::size_t place, const std::string& what);

  const int number_;
  const TeamIds ids_;
  const KillWriterFaults faults_;
  std::mt19937_64 random_;
  std::int64_t values_ = 0;
  std::vector<Owned> owned_;
  std::optional<Changes> unknown_;  // What the request that was cut off makes, if it was done.
  std::vector<std::string> complaints_;
};

}  // namespace cardfile::prove
