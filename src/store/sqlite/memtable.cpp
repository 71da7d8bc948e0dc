#include "store/sqlite/memtable.h"

#include <algorithm>
#include <mutex>

#include "core/contact_page.h"

namespace cardfile::store::sqlite {
namespace {

void sort(NewerContacts& newer) {
  std::ranges::sort(newer.contacts, {}, [](const core::SharedContact& contact) { return contact->id; });
}

}  // namespace

core::SharedContact NewerContacts::find(core::ContactId id) const {
  const auto found =
      std::ranges::lower_bound(contacts, id, {}, [](const core::SharedContact& contact) { return contact->id; });
  return found != contacts.end() && (*found)->id == id ? *found : core::SharedContact();
}

void Memtable::publish(core::TeamId id, const Changes& changes, Clock::time_point now) {
  const std::unique_lock lock(mutex_);
  auto& team = teams_[id];
  team.seq = changes.last_seq;
  entries_ += static_cast<std::uint64_t>(changes.last_seq - changes.first_seq + 1);
  for (const auto& [contact, newest] : changes.contacts) {
    if (newest) {
      put(id, team, changes, newest, now);
    } else {
      erase(team, contact);
    }
  }
  note_flushed(id, team, team.contacts.empty() ? team.seq : team.flushed);
  forget_stale_places();
}

void Memtable::begin(core::TeamId id, std::int64_t seq, std::int64_t flushed) {
  const std::unique_lock lock(mutex_);
  auto& team = teams_[id];
  team.seq = seq;
  team.flushed = flushed;
}

std::vector<Memtable::Item> Memtable::oldest(std::size_t count) const {
  const std::shared_lock lock(mutex_);
  std::vector<Item> items;
  for (auto place = order_.begin(); place != order_.end() && items.size() < count; ++place) {
    if (const Entry* entry = entry_at(*place))
      items.push_back({.team = place->team, .first_seq = place->first_seq, .contact = entry->contact});
  }
  return items;
}

void Memtable::remove(const std::vector<Item>& items) {
  const std::unique_lock lock(mutex_);
  ++removals_;
  std::map<core::TeamId, std::int64_t> flushed;
  for (const auto& item : items) flushed.try_emplace(item.team, flushed_seq(item.team, teams_[item.team], items));
  for (const auto& item : items) erase(teams_[item.team], item.contact->id);
  for (const auto& [team, seq] : flushed) note_flushed(team, teams_[team], seq);
  forget_stale_places();
}

bool Memtable::is_empty() const {
  const std::shared_lock lock(mutex_);
  return contacts_ == 0;
}

bool Memtable::takes(core::TeamId team, core::ContactId id, const Others& others) const {
  const std::shared_lock lock(mutex_);
  if (bytes_ + others.bytes > limits_.bytes) return false;
  if (contacts_ + others.contacts < limits_.contacts) return true;
  const auto found = teams_.find(team);
  return found != teams_.end() && found->second.contacts.contains(id);
}

bool Memtable::is_overdue() const {
  const std::shared_lock lock(mutex_);
  if (!overdue_.empty()) return true;
  return contacts_ > 0 && entries_ - order_.front().entries > limits_.entries;
}

std::optional<Memtable::Clock::time_point> Memtable::behind_since() const {
  const std::shared_lock lock(mutex_);
  return contacts_ == 0 ? std::nullopt : std::optional(order_.front().since);
}

bool Memtable::has_more_than(const std::map<core::ContactId, core::SharedContact>& others, core::TeamId team) const {
  const std::shared_lock lock(mutex_);
  const auto found = teams_.find(team);
  return found != teams_.end() && std::ranges::any_of(found->second.contacts, [&others](const auto& contact) {
           return !others.contains(contact.first);
         });
}

std::int64_t Memtable::flushed_seq(core::TeamId team, const std::vector<Item>& removed) const {
  const std::shared_lock lock(mutex_);
  return flushed_seq(team, teams_.at(team), removed);
}

std::int64_t Memtable::flushed_seq(core::TeamId team, const Team& state, const std::vector<Item>& removed) {
  std::size_t left = state.contacts.size();
  std::int64_t seq = 0;
  for (const auto& item : removed) {
    if (item.team != team) continue;
    --left;
    // Rows fall behind in the order of the log: whoever is left fell behind with this entry or a later one.
    seq = std::max(seq, item.first_seq - 1);
  }
  return left == 0 ? state.seq : seq;
}

core::SharedContact Memtable::find(core::TeamId team, core::ContactId id) const {
  const std::shared_lock lock(mutex_);
  const auto found_team = teams_.find(team);
  if (found_team == teams_.end()) return {};
  const auto& contacts = found_team->second.contacts;
  const auto found = contacts.find(id);
  return found == contacts.end() ? core::SharedContact() : found->second.contact;
}

// Sorted once the lock is given back: the writer waits for it.
NewerContacts Memtable::newer(core::TeamId team) const {
  NewerContacts newer;
  {
    const std::shared_lock lock(mutex_);
    const auto found = teams_.find(team);
    if (found != teams_.end()) newer = copy(found->second);
  }
  sort(newer);
  return newer;
}

std::map<core::TeamId, NewerContacts> Memtable::newer() const {
  std::map<core::TeamId, NewerContacts> newer;
  {
    const std::shared_lock lock(mutex_);
    for (const auto& [id, team] : teams_) newer.emplace(id, copy(team));
  }
  for (auto& [id, contacts] : newer) sort(contacts);
  return newer;
}

void Memtable::put(core::TeamId id, Team& team, const Changes& changes, const core::SharedContact& contact,
                   Clock::time_point now) {
  auto& entry = team.contacts[contact->id];
  if (!entry.contact) {
    ++contacts_;
    entry.place = ++last_place_;
    order_.push_back({.place = entry.place,
                      .team = id,
                      .contact = contact->id,
                      .first_seq = changes.first_seq,
                      .entries = entries_,
                      .since = now});
  }
  bytes_ -= entry.bytes;
  entry.contact = contact;
  entry.bytes = core::size_of(*contact);
  bytes_ += entry.bytes;
}

void Memtable::erase(Team& team, core::ContactId contact) {
  const auto found = team.contacts.find(contact);
  if (found == team.contacts.end()) return;
  --contacts_;
  bytes_ -= found->second.bytes;
  team.contacts.erase(found);
}

/// Each row may be behind for a moment only, and yet some row always: then no row's own entry tells how much of the log
/// would be read again.
void Memtable::note_flushed(core::TeamId id, Team& team, std::int64_t seq) {
  team.flushed = seq;
  if (team.seq - team.flushed > static_cast<std::int64_t>(limits_.entries)) {
    overdue_.insert(id);
  } else {
    overdue_.erase(id);
  }
}

/// So that the first place, if there is one, is that of the contact whose row is behind for the longest time.
void Memtable::forget_stale_places() {
  while (!order_.empty() && !entry_at(order_.front())) order_.pop_front();
}

const Memtable::Entry* Memtable::entry_at(const Place& place) const {
  const auto& contacts = teams_.at(place.team).contacts;
  const auto found = contacts.find(place.contact);
  return found != contacts.end() && found->second.place == place.place ? &found->second : nullptr;
}

NewerContacts Memtable::copy(const Team& team) {
  NewerContacts newer{.seq = team.seq, .contacts = {}};
  newer.contacts.reserve(team.contacts.size());
  for (const auto& [id, entry] : team.contacts) newer.contacts.push_back(entry.contact);
  return newer;
}

}  // namespace cardfile::store::sqlite
