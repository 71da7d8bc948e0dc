#include "store/sqlite/batch.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <utility>

#include "core/contact_page.h"

namespace cardfile::store::sqlite {

namespace {

/// Whether nothing of the change has to be in the tables at once: the contact stays, and so do its addresses.
bool may_be_behind(const core::ContactChange& change) {
  return change.before && change.after && change.before->channels == change.after->channels;
}

}  // namespace

/// A team as the batch sees it: rows through the batch's connection, the rest in memory.
class Batch::Team final : public core::TeamState {
 public:
  Team(core::TeamId id, RowReader& reader, const Memtable& memtable, Directories::Snapshot directory,
       const core::TeamClock& clock, RowsOfUpdates rows_of_updates)
      : id_(id),
        reader_(reader),
        memtable_(memtable),
        stored_directory_(std::move(directory)),
        stored_clock_(clock),
        rows_of_updates_(rows_of_updates),
        clock_(clock) {}

  const core::Directory* directory() const override {
    return changed_directory_ ? changed_directory_.get() : stored_directory_.get();
  }
  const core::TeamClock& clock() const override { return clock_; }
  core::SharedContact contact(const core::ContactKey& key) const override {
    const auto id = reader_.id_of(id_, key);
    if (!id) return {};
    const auto own = newest_.find(*id);
    if (auto newest = own != newest_.end() ? own->second : memtable_.find(id_, *id)) return newest;
    auto row = reader_.contact(id_, *id);
    return row ? core::SharedContact(std::move(*row)) : core::SharedContact();
  }
  std::optional<core::ContactId> owner_of(const core::Address& address) const override {
    return reader_.owner_of(id_, address);
  }
  bool is_member(core::ListId list, core::ContactId contact) const override {
    return reader_.is_member(id_, list, contact);
  }
  std::vector<core::ContactId> members(core::ListId list) const override { return reader_.members(id_, list); }
  /// Rows tell: those of contacts whose channels were changed are never behind.
  std::vector<core::ContactId> members_with_phone(core::ListId list) const override {
    return reader_.members_with_phone(id_, list);
  }
  std::vector<core::ListId> lists_of(core::ContactId contact) const override { return reader_.lists_of(id_, contact); }

  void save(const core::Decision& decision, RowWriter& writer) {
    for (const auto& change : decision.contacts) save(change, writer);
    for (const auto& change : decision.memberships) writer.save(id_, change);
    for (const auto& position : decision.positions) writer.save(id_, position);
    for (const auto& change : decision.directory) {
      writer.save(id_, change);
      store::apply(changed_directory(), change);
    }
    for (const auto& entry : decision.entries) writer.append(id_, entry);
    clock_ = decision.clock;
  }

  bool gave_ids() const {
    return clock_.contact != stored_clock_.contact || clock_.channel != stored_clock_.channel ||
           clock_.tag != stored_clock_.tag || clock_.list != stored_clock_.list ||
           clock_.webhook != stored_clock_.webhook;
  }

  std::int64_t more_contacts() const { return more_contacts_; }

  /// Whether it appended to the log, and yet all rows are up to date.
  bool flushed() const {
    const auto behind = [](const auto& contact) { return static_cast<bool>(contact.second); };
    return clock_.seq != stored_clock_.seq && std::ranges::none_of(newest_, behind) &&
           !memtable_.has_more_than(newest_, id_);
  }

  void publish(Memtable& memtable, Memtable::Clock::time_point now) {
    if (clock_.seq == stored_clock_.seq) return;
    memtable.publish(id_, {.first_seq = stored_clock_.seq + 1, .last_seq = clock_.seq, .contacts = std::move(newest_)},
                     now);
  }

  const std::shared_ptr<core::Directory>& new_snapshot() const { return changed_directory_; }

 private:
  void save(const core::ContactChange& change, RowWriter& writer) {
    if (rows_of_updates_ == RowsOfUpdates::left_behind && may_be_behind(change) &&
        memtable_.takes(id_, change.after->id, {.contacts = newest_.size(), .bytes = newest_bytes_})) {
      newest_.insert_or_assign(change.after->id, change.after);
      newest_bytes_ += core::size_of(*change.after);
      return;
    }
    writer.save(id_, change);
    more_contacts_ += (change.after ? 1 : 0) - (change.before ? 1 : 0);
    if (change.before) newest_.insert_or_assign(change.before->id, core::SharedContact());
  }

  core::Directory& changed_directory() {
    if (!changed_directory_)
      changed_directory_ = stored_directory_ ? std::make_shared<core::Directory>(*stored_directory_)
                                             : std::make_shared<core::Directory>();
    return *changed_directory_;
  }

  const core::TeamId id_;
  RowReader& reader_;
  const Memtable& memtable_;
  const Directories::Snapshot stored_directory_;
  const core::TeamClock stored_clock_;
  const RowsOfUpdates rows_of_updates_;
  core::TeamClock clock_;
  std::int64_t more_contacts_ = 0;
  std::map<core::ContactId, core::SharedContact> newest_;  // Of contacts that were changed; none: as in its row.
  std::size_t newest_bytes_ = 0;                        // At most: a contact that was changed twice is counted twice.
  std::shared_ptr<core::Directory> changed_directory_;  // Null until a command changes the directory.
};

Batch::Batch(RowReader& reader, RowWriter& writer, const Memtable& memtable, const Directories& directories,
             const TeamClocks& clocks, RowsOfUpdates rows_of_updates)
    : reader_(reader),
      writer_(writer),
      memtable_(memtable),
      directories_(directories),
      clocks_(clocks),
      rows_of_updates_(rows_of_updates) {}

Batch::~Batch() = default;

void Batch::apply(const Submission& submission, const core::Clock& clock) {
  KeptContacts kept(submission);
  for (auto& work : submission.works) apply(work, clock(), kept);
}

void Batch::apply(Work& work, core::Timestamp now, KeptContacts& kept) {
  auto& state = team(work.command.team);
  std::optional<core::Decision> decision;
  try {
    decision = core::decide(std::move(work.command), state, now);
    kept.add(decision->outcome);
  } catch (const SqliteError&) {
    throw;
  } catch (...) {
    work.result = std::current_exception();
    return;
  }
  state.save(*decision, writer_);
  work.result = std::move(decision->outcome);
}

void Batch::finish() {
  for (const auto& [id, team] : teams_) {
    if (team->gave_ids()) writer_.save_last_given(id, team->clock());
    if (team->more_contacts() != 0) writer_.add_to_contact_count(id, team->more_contacts());
    if (team->flushed()) writer_.save_flushed_seq(id, team->clock().seq);
  }
}

void Batch::publish(Memtable& memtable, Directories& directories, TeamClocks& clocks) {
  const auto now = Memtable::Clock::now();
  for (const auto& [id, team] : teams_) {
    team->publish(memtable, now);
    if (team->directory()) clocks[id] = team->clock();
    if (team->new_snapshot()) directories.publish(team->new_snapshot());
  }
}

Batch::Team& Batch::team(core::TeamId id) {
  auto& place = teams_[id];
  if (!place) {
    const auto clock = clocks_.find(id);
    place = std::make_unique<Team>(id, reader_, memtable_, directories_.find(id),
                                   clock == clocks_.end() ? core::TeamClock{} : clock->second, rows_of_updates_);
  }
  return *place;
}

}  // namespace cardfile::store::sqlite
