#pragma once
// BulkWriter: a client that writes a thousand contacts a call, and leaves as much to read again after a kill as there
// can be.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "prove/kill_writer.h"
#include "support/http_client.h"

namespace cardfile::prove {

struct BulkSize {
  std::int64_t contacts = 0;
  std::int64_t contacts_per_call = 1'000;
  /// So many calls are about other contacts; then it begins again, so that a contact is written many times before its
  /// row is.
  std::int64_t calls_per_round = 10;
};

class BulkWriter {
 public:
  BulkWriter(const BulkSize& size, KillWriterFaults faults);

  /// Makes all its contacts. Throws std::runtime_error when one is not made.
  void create(test::HttpClient& client);

  /// Writes until the connection breaks, which it may once `is_killed`, or an answer is wrong.
  void write_until_cut_off(test::HttpClient& client, KillTally& tally, const std::atomic<bool>& is_killed);

  /// Looks at every contact that it has written since they were made, and learns what became of the call that was cut
  /// off.
  void verify(test::HttpClient& client, KillTally& tally);

  /// Every broken promise, a sentence each.
  const std::vector<std::string>& complaints() const { return complaints_; }
  std::int64_t contacts() const { return contacts_; }

 private:
  /// What one call writes: contacts that have one revision, and a name that tells it.
  struct Group {
    std::int64_t first_phone = 0;
    std::int64_t contacts = 0;
    std::int64_t rev = 0;
  };

  static std::optional<test::HttpReply> write_half(test::HttpClient& client, const Group& group,
                                                   const std::atomic<bool>& is_killed);
  static std::int64_t contacts_at(test::HttpClient& client, const Group& group, std::int64_t rev);
  void complain(const Group& group, const std::string& what);

  const std::int64_t contacts_;
  const std::size_t groups_per_round_;
  const KillWriterFaults faults_;
  std::vector<Group> groups_;
  std::size_t next_ = 0;
  std::optional<std::size_t> unknown_;  // The group whose call was cut off.
  std::vector<std::string> complaints_;
};

}  // namespace cardfile::prove
