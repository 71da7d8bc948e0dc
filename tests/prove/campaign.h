#pragma once
// Campaign: how long a check goes on, the chance that it is given, and what it has to tell.

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <random>
#include <string>
#include <vector>

namespace cardfile::prove {

/// A number that a check has to show, such as how often it did something.
struct Figure {
  std::string name;
  std::int64_t value = 0;

  friend bool operator==(const Figure&, const Figure&) = default;
};

/// What a check has come to.
struct Progress {
  std::int64_t units = 0;
  std::vector<Figure> figures;        // In the order in which they were first counted.
  std::vector<std::string> findings;  // A sentence each: promises that were not kept.

  friend bool operator==(const Progress&, const Progress&) = default;
};

struct CampaignOptions {
  std::string check;  // Its name, which has a part in its chance.
  std::uint64_t seed = 1;
  /// How many units it does here at most; those of an earlier run do not count.
  std::int64_t units_max = std::numeric_limits<std::int64_t>::max();
  /// No unit begins after this, except for those that a check cannot do without. One that takes long by its nature has
  /// an eye on it as well.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  Progress earlier = {};  // Of an earlier run with the same seed, whose units are not done again.
  std::function<void(const Progress&)> on_unit = {};  // Called after each unit.
};

/// What a check works with. It does units, as small as they make sense, until it may begin no other:
///
///     while (campaign.begins_unit()) { … campaign.random() … campaign.count("kills") … campaign.find("…") … }
///
/// A unit's chance comes from the seed, the check's name and the unit's number alone, so a finding is seen again with
/// the same seed. Where threads share one, counting and finding are safe and the rest is the check's own thread's.
class Campaign {
 public:
  explicit Campaign(CampaignOptions options);
  Campaign(const Campaign&) = delete;
  Campaign& operator=(const Campaign&) = delete;

  /// False when all units are done, there is a finding, or time is up and so many have been begun here as the check
  /// needs to have looked at anything.
  bool begins_unit(std::int64_t needed = 1);
  /// The number of the unit that has begun; the first is 0.
  std::int64_t unit() const { return unit_; }
  std::mt19937_64& random() { return random_; }
  /// A number from 0 on, below `limit`.
  std::int64_t below(std::int64_t limit);
  std::chrono::steady_clock::time_point deadline() const { return options_.deadline; }

  /// Adds to a figure.
  void count(const std::string& name, std::int64_t more = 1);
  /// Makes a figure at least `value`.
  void raise(const std::string& name, std::int64_t value);
  /// A promise was not kept. The unit's number is put before the sentence, once one has begun.
  void find(const std::string& sentence);

  Progress progress() const;
  std::vector<std::string> findings() const { return progress().findings; }
  /// 0 when nothing counted it.
  std::int64_t figure(const std::string& name) const;

 private:
  std::int64_t& value_of(const std::string& name);

  const CampaignOptions options_;
  std::int64_t unit_ = -1;
  std::mt19937_64 random_;

  mutable std::mutex mutex_;
  Progress progress_;  // Guarded by mutex_.
};

}  // namespace cardfile::prove
