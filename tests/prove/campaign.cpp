#include "prove/campaign.h"

#include <algorithm>
#include <string_view>
#include <utility>

namespace cardfile::prove {
namespace {

/// The same on every machine, which std::hash does not promise (FNV-1a).
std::uint64_t number_of(std::string_view name) {
  std::uint64_t number = 14'695'981'039'346'656'037U;
  for (const char letter : name) number = (number ^ static_cast<unsigned char>(letter)) * 1'099'511'628'211U;
  return number;
}

std::mt19937_64 chance_of(std::uint64_t seed, const std::string& check, std::int64_t unit) {
  std::vector<std::uint32_t> words;
  for (const std::uint64_t part : {seed, number_of(check), static_cast<std::uint64_t>(unit)}) {
    words.push_back(static_cast<std::uint32_t>(part));
    words.push_back(static_cast<std::uint32_t>(part >> 32));
  }
  std::seed_seq sequence(words.begin(), words.end());
  return std::mt19937_64(sequence);
}

}  // namespace

Campaign::Campaign(CampaignOptions options)
    : options_(std::move(options)), unit_(options_.earlier.units - 1), progress_(options_.earlier) {}

bool Campaign::begins_unit(std::int64_t needed) {
  const std::int64_t begun = unit_ + 1 - options_.earlier.units;
  if (begun > 0) {
    {
      const std::lock_guard lock(mutex_);
      progress_.units = unit_ + 1;
    }
    if (options_.on_unit) options_.on_unit(progress());
  }
  if (begun >= options_.units_max || !findings().empty()) return false;
  if (begun >= needed && std::chrono::steady_clock::now() >= options_.deadline) return false;
  ++unit_;
  random_ = chance_of(options_.seed, options_.check, unit_);
  return true;
}

std::int64_t Campaign::below(std::int64_t limit) {
  return std::uniform_int_distribution<std::int64_t>(0, limit - 1)(random_);
}

void Campaign::count(const std::string& name, std::int64_t more) {
  const std::lock_guard lock(mutex_);
  value_of(name) += more;
}

void Campaign::raise(const std::string& name, std::int64_t value) {
  const std::lock_guard lock(mutex_);
  auto& highest = value_of(name);
  highest = std::max(highest, value);
}

void Campaign::find(const std::string& sentence) {
  const std::lock_guard lock(mutex_);
  const bool has_begun = unit_ >= options_.earlier.units;
  progress_.findings.push_back((has_begun ? "unit " + std::to_string(unit_) + ": " : "") + sentence);
}

Progress Campaign::progress() const {
  const std::lock_guard lock(mutex_);
  return progress_;
}

std::int64_t Campaign::figure(const std::string& name) const {
  const auto now = progress();
  const auto found = std::ranges::find(now.figures, name, &Figure::name);
  return found == now.figures.end() ? 0 : found->value;
}

std::int64_t& Campaign::value_of(const std::string& name) {
  const auto found = std::ranges::find(progress_.figures, name, &Figure::name);
  if (found != progress_.figures.end()) return found->value;
  progress_.figures.push_back({name, 0});
  return progress_.figures.back().value;
}

}  // namespace cardfile::prove
