#pragma once
// History: clients that use one contact at the same time, and what they saw.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <random>
#include <vector>

#include "prove/campaign.h"
#include "prove/linear.h"

namespace cardfile::prove {

/// Asks for things of one contact, one at a time. For one thread.
class ContactClient {
 public:
  ContactClient() = default;
  ContactClient(const ContactClient&) = delete;
  ContactClient& operator=(const ContactClient&) = delete;
  virtual ~ContactClient() = default;

  /// Throws nothing: what went wrong is an unknown answer, and a finding if it must not go wrong.
  virtual Answer ask(const Request& request) = 0;
};

inline constexpr int kOperationsMax = 200;

/// The history of one contact.
class History {
 public:
  /// Has so many operations. In every other history the contact may be deleted towards the end.
  History(int operations, bool may_delete) : operations_(operations), may_delete_(may_delete) {}

  /// Lets the client ask at random until the history has all its operations. Every client has a thread and a number.
  void ask(ContactClient& client, int number, std::uint64_t seed);

  int operations() const { return operations_; }

  /// When all clients are done.
  const std::vector<Operation>& recorded() const { return recorded_; }

 private:
  Request next(std::mt19937_64& random, int operation, std::int64_t known_rev) const;

  const int operations_;
  const bool may_delete_;
  std::atomic<int> begun_ = 0;
  std::atomic<std::int64_t> moment_ = 0;
  std::mutex mutex_;
  std::vector<Operation> recorded_;  // Guarded by mutex_ until all clients are done.
};

/// Lets all clients of all histories ask at the same time, each on its own thread; `clients[i]` are those of
/// `histories[i]`.
void run(std::vector<std::unique_ptr<History>>& histories,
         std::vector<std::vector<std::unique_ptr<ContactClient>>>& clients, std::uint64_t seed);

void judge_all(Campaign& campaign, const std::vector<std::unique_ptr<History>>& histories);

/// A history of up to 200 operations, as chance has it.
std::unique_ptr<History> random_history(Campaign& campaign);

}  // namespace cardfile::prove
