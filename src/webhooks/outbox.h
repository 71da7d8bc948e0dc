#pragma once
// Outbox: follows the change log and tells webhooks and triggers what they asked for (contract, 10 and 11).

#include <chrono>
#include <cstddef>
#include <memory>
#include <vector>

#include "base/log.h"
#include "base/vault.h"
#include "core/time.h"
#include "http/client.h"
#include "store/store.h"
#include "webhooks/doorbell.h"
#include "wire/dialect.h"

namespace cardfile::webhooks {

/// What the outbox works with, lent for as long as it lives.
struct Parts {
  store::Store& store;
  Doorbell& doorbell;  // The store's commits ring it.
  base::Log& log;
  const base::Vault& vault;
  core::Clock clock;
  wire::Dialect dialect = {};
};

struct Options {
  std::chrono::milliseconds timeout{10'000};  // For an answer.
  /// Before the second try and the following; then the event is given up. A trigger has one try.
  std::vector<std::chrono::milliseconds> pauses = {std::chrono::seconds(1), std::chrono::seconds(5),
                                                   std::chrono::seconds(25), std::chrono::seconds(125)};
  /// Commits of so long are looked at together, so that a busy server does not wake the outbox for each.
  std::chrono::milliseconds gathering{20};
  /// When the store cannot be read or written.
  std::chrono::milliseconds pause_after_failure{5'000};
  /// How many deletions each webhook keeps in mind of those that it is behind; for later ones it goes along the log.
  std::size_t deletions_max = 65'536;
  /// Where triggers may send to, whose URLs come in over the network.
  http::Reach triggers_reach = http::Reach::public_only;
};

/// Each webhook is told in the order of the log and one event at a time, and waits for no other. A webhook of the
/// operator's is told at least once: how far it is is saved after each event. A trigger is told at most once: that is
/// saved before. Events, positions and webhooks are the store's; nothing is lost with the process.
class Outbox {
 public:
  /// Begins at once, on a thread of its own.
  Outbox(Parts parts, Options options);
  /// Ends what is under way, without an answer if need be. The store has to take writes until then.
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cardfile::webhooks
