#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/decide.h"
#include "core/query.h"
#include "store/directories.h"
#include "store/open.h"

namespace cardfile::store {
namespace {

std::optional<core::Contact> copy_of(const core::SharedContact& contact) {
  return contact ? std::optional(*contact) : std::nullopt;
}

/// Everything of one team.
class MemoryTeam final : public core::TeamState {
 public:
  const core::Directory* directory() const override { return directory_.get(); }
  const core::TeamClock& clock() const override { return clock_; }

  core::SharedContact contact(const core::ContactKey& key) const override {
    const auto id = id_of(key);
    const auto found = id ? contacts_.find(*id) : contacts_.end();
    return found == contacts_.end() ? core::SharedContact() : found->second;
  }

  std::optional<core::ContactId> owner_of(const core::Address& address) const override {
    const auto found = owners_.find(address);
    return found == owners_.end() ? std::nullopt : std::optional(found->second);
  }

  bool is_member(core::ListId list, core::ContactId contact) const override {
    const auto found = members_.find(list);
    return found != members_.end() && found->second.contains(contact);
  }

  std::vector<core::ContactId> members(core::ListId list) const override {
    const auto found = members_.find(list);
    if (found == members_.end()) return {};
    return {found->second.begin(), found->second.end()};
  }

  std::vector<core::ContactId> members_with_phone(core::ListId list) const override {
    auto contacts = members(list);
    std::erase_if(contacts, [this](core::ContactId id) { return contacts_.at(id)->phone().empty(); });
    return contacts;
  }

  std::vector<core::ListId> lists_of(core::ContactId contact) const override {
    const auto found = lists_.find(contact);
    if (found == lists_.end()) return {};
    return {found->second.begin(), found->second.end()};
  }

  void save(const core::Decision& decision) {
    for (const auto& change : decision.contacts) save(change);
    for (const auto& change : decision.memberships) save(change);
    if (!decision.directory.empty()) save(decision.directory);
    for (const auto& position : decision.positions) positions_.insert_or_assign(position.webhook, position.seq);
    log_.insert(log_.end(), decision.entries.begin(), decision.entries.end());
    clock_ = decision.clock;
  }

  std::vector<core::Contact> contacts(const core::ContactQuery& query) const {
    std::vector<const core::Contact*> found;
    for (const auto& [id, contact] : contacts_)
      if (core::matches(query, *contact)) found.push_back(&*contact);
    std::sort(found.begin(), found.end(), [&](const core::Contact* left, const core::Contact* right) {
      return core::comes_before(query, *left, *right);
    });
    core::ContactPage page(query.bytes_max, query.needed);
    const auto is_full = [&] { return page.count() >= query.limit || page.has_ended(); };
    for (auto at = query.offset; at < found.size() && !is_full(); ++at) page.add(*found[at]);
    return page.take();
  }

  std::int64_t count(const core::ContactQuery& query) const {
    return std::count_if(contacts_.begin(), contacts_.end(),
                         [&](const auto& entry) { return core::matches(query, *entry.second); });
  }

  std::vector<core::Contact> contacts_at(std::span<const core::Address> addresses) const {
    std::set<core::ContactId> owners;
    for (const auto& address : addresses)
      if (const auto owner = owner_of(address)) owners.insert(*owner);
    core::ContactPage found;
    for (const auto id : owners) found.add(*contacts_.at(id));
    return found.take();
  }

  std::vector<core::ListTarget> targets(core::ListId list) const {
    std::vector<core::ListTarget> targets;
    for (const auto id : members(list)) {
      const auto& contact = *contacts_.at(id);
      if (!contact.phone().empty()) targets.push_back({std::string(contact.phone()), contact.first, contact.last});
    }
    return targets;
  }

  const std::map<core::WebhookId, std::int64_t>& positions() const { return positions_; }

  const Directories::Snapshot& snapshot() const { return directory_; }

  std::vector<core::ChangeEntry> changes(std::int64_t after_seq, std::size_t limit, std::size_t bytes_max) const {
    const auto first =
        std::upper_bound(log_.begin(), log_.end(), after_seq,
                         [](std::int64_t seq, const core::ChangeEntry& entry) { return seq < entry.seq; });
    std::vector<core::ChangeEntry> entries;
    std::size_t bytes = 0;
    for (auto entry = first; entry != log_.end() && entries.size() < limit && bytes < bytes_max; ++entry) {
      bytes += core::size_of(*entry);
      entries.push_back(*entry);
    }
    return entries;
  }

  void check(CheckReport& report) const {
    const auto name = "team " + std::to_string(directory_->team.id.value());
    report.contacts += static_cast<std::int64_t>(contacts_.size());
    report.changes += static_cast<std::int64_t>(log_.size());
    if (expected_uuids() != ids_)
      report.findings.push_back("The index of UUIDs of " + name + " differs from its contacts.");
    if (expected_owners() != owners_)
      report.findings.push_back("The index of addresses of " + name + " differs from its contacts.");
    if (!lists_agree()) report.findings.push_back("The lists of " + name + " differ from their contacts.");
    if (expected_revs() != revs())
      report.findings.push_back("The change log of " + name + " differs from its contacts.");
  }

 private:
  std::optional<core::ContactId> id_of(const core::ContactKey& key) const {
    if (const auto* id = std::get_if<core::ContactId>(&key)) return *id;
    const auto found = ids_.find(std::get<core::Uuid>(key));
    return found == ids_.end() ? std::nullopt : std::optional(found->second);
  }

  void save(const core::ContactChange& change) {
    const auto [released, taken] = core::address_changes(change);
    for (const auto& address : released) owners_.erase(address);
    if (change.before) {
      ids_.erase(change.before->uuid);
      contacts_.erase(change.before->id);
    }
    if (!change.after) return;
    for (const auto& address : taken) owners_.emplace(address, change.after->id);
    ids_.emplace(change.after->uuid, change.after->id);
    contacts_.emplace(change.after->id, change.after);
  }

  void save(const core::MembershipChange& change) {
    for (const auto contact : change.removed) {
      members_[change.list].erase(contact);
      lists_[contact].erase(change.list);
    }
    for (const auto contact : change.added) {
      members_[change.list].insert(contact);
      lists_[contact].insert(change.list);
    }
  }

  void save(const std::vector<core::DirectoryChange>& changes) {
    auto next = directory_ ? std::make_shared<core::Directory>(*directory_) : std::make_shared<core::Directory>();
    for (const auto& change : changes) {
      apply(*next, change);
      if (const auto* removal = std::get_if<core::WebhookRemoval>(&change)) positions_.erase(removal->id);
    }
    directory_ = std::move(next);
  }

  std::map<core::Uuid, core::ContactId> expected_uuids() const {
    std::map<core::Uuid, core::ContactId> uuids;
    for (const auto& [id, contact] : contacts_) uuids.emplace(contact->uuid, id);
    return uuids;
  }

  std::map<core::Address, core::ContactId> expected_owners() const {
    std::map<core::Address, core::ContactId> owners;
    for (const auto& [id, contact] : contacts_)
      for (const auto& channel : contact->channels) owners.emplace(channel.address(), id);
    return owners;
  }

  /// Lists have as many members as they say, members are contacts, and both ways of looking see the same.
  bool lists_agree() const {
    std::map<core::ListId, std::int64_t> sizes;
    for (const auto& [id, list] : directory_->lists) sizes.emplace(id, -list.size);
    for (const auto& [list, members] : members_) {
      for (const auto contact : members) {
        if (!contacts_.contains(contact) || !lists_.contains(contact) || !lists_.at(contact).contains(list))
          return false;
      }
      sizes[list] += static_cast<std::int64_t>(members.size());
    }
    for (const auto& [contact, lists] : lists_)
      for (const auto list : lists)
        if (!is_member(list, contact)) return false;
    return std::ranges::all_of(sizes, [](const auto& entry) { return entry.second == 0; });
  }

  /// The last revision of each contact that the log leaves alive.
  std::map<std::int64_t, std::int64_t> expected_revs() const {
    std::map<std::int64_t, std::int64_t> revs;
    for (const auto& entry : log_) {
      if (entry.subject != core::Subject::contact) continue;
      revs[entry.subject_id] = entry.rev;
      if (entry.operation == core::Operation::remove) revs.erase(entry.subject_id);
    }
    return revs;
  }

  std::map<std::int64_t, std::int64_t> revs() const {
    std::map<std::int64_t, std::int64_t> revs;
    for (const auto& [id, contact] : contacts_) revs.emplace(id.value(), contact->rev);
    return revs;
  }

  Directories::Snapshot directory_;
  core::TeamClock clock_;
  std::map<core::ContactId, core::SharedContact> contacts_;
  std::map<core::Uuid, core::ContactId> ids_;
  std::map<core::Address, core::ContactId> owners_;
  std::map<core::ListId, std::set<core::ContactId>> members_;
  std::map<core::ContactId, std::set<core::ListId>> lists_;
  std::map<core::WebhookId, std::int64_t> positions_;
  std::vector<core::ChangeEntry> log_;
};

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(core::Clock clock) : clock_(std::move(clock)) {}

  void submit(Submission& submission) override {
    {
      const std::lock_guard lock(mutex_);
      KeptContacts kept(submission);
      for (auto& work : submission.works) commit(work, kept);
    }
    const std::coroutine_handle<> waiter = submission.waiter;
    submission.executor->resume({&waiter, 1});
  }

  std::vector<core::TeamId> teams() const override { return directories_.teams(); }

  Directories::Snapshot directory(core::TeamId team) const override { return directories_.find(team); }

  std::optional<core::Contact> contact(core::TeamId team, const core::ContactKey& key) const override {
    const std::lock_guard lock(mutex_);
    const auto found = teams_.find(team);
    return found == teams_.end() ? std::nullopt : copy_of(found->second.contact(key));
  }

  std::optional<core::Contact> contact_at(core::TeamId team, const core::Address& address) const override {
    const std::lock_guard lock(mutex_);
    const auto found = teams_.find(team);
    if (found == teams_.end()) return std::nullopt;
    const auto owner = found->second.owner_of(address);
    return owner ? copy_of(found->second.contact(*owner)) : std::nullopt;
  }

  std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query) const override {
    const std::lock_guard lock(mutex_);
    const auto found = teams_.find(team);
    return found == teams_.end() ? std::vector<core::Contact>{} : found->second.contacts(query);
  }

  std::int64_t count(core::TeamId team, const core::ContactQuery& query) const override {
    const std::lock_guard lock(mutex_);
    const auto found = teams_.find(team);
    return found == teams_.end() ? 0 : found->second.count(query);
  }

  std::vector<core::Contact> contacts_at(core::TeamId team, std::span<const core::Address> addresses) const override {
    const std::lock_guard lock(mutex_);
    const auto found = teams_.find(team);
    return found == teams_.end() ? std::vector<core::Contact>{} : found->second.contacts_at(addresses);
  }

  std::vector<core::ListTarget> targets(core::TeamId team, core::ListId list) const override {
    const std::lock_guard lock(mutex_);
    const auto found = teams_.find(team);
    return found == teams_.end() ? std::vector<core::ListTarget>{} : found->second.targets(list);
  }

  std::optional<KeyOwner> key_owner(std::span<const std::uint8_t, 32> digest) const override {
    return directories_.key_owner(digest);
  }

  std::optional<SealedSecret> secret(const core::Uuid& id) const override { return directories_.secret(id); }

  std::map<core::WebhookId, std::int64_t> webhook_positions(core::TeamId team) const override {
    const std::lock_guard lock(mutex_);
    const auto found = teams_.find(team);
    return found == teams_.end() ? std::map<core::WebhookId, std::int64_t>{} : found->second.positions();
  }

  std::vector<core::ChangeEntry> changes(core::TeamId team, std::int64_t after_seq, std::size_t limit,
                                         std::size_t bytes_max) const override {
    const std::lock_guard lock(mutex_);
    const auto found = teams_.find(team);
    if (found == teams_.end()) return {};
    return found->second.changes(after_seq, limit, bytes_max);
  }

  std::string write_failure() const override { return {}; }

  CheckReport check(const Progress&) const override {
    const std::lock_guard lock(mutex_);
    CheckReport report;
    for (const auto& [id, team] : teams_)
      if (team.directory()) team.check(report);
    return report;
  }

 private:
  void commit(Work& work, KeptContacts& kept) {
    try {
      const auto id = work.command.team;
      auto& team = teams_[id];
      auto decision = core::decide(std::move(work.command), team, clock_());
      kept.add(decision.outcome);
      team.save(decision);
      if (!decision.directory.empty()) directories_.publish(team.snapshot());
      work.result = std::move(decision.outcome);
    } catch (...) {
      work.result = std::current_exception();
    }
  }

  core::Clock clock_;
  Directories directories_;

  mutable std::mutex mutex_;
  std::map<core::TeamId, MemoryTeam> teams_;  // Guarded by mutex_.
};

}  // namespace

std::unique_ptr<Store> open_memory(core::Clock clock) { return std::make_unique<MemoryStore>(std::move(clock)); }

}  // namespace cardfile::store
