#pragma once
// Rows: core values ⇄ rows of the tables in migrations/.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/change.h"
#include "core/contact.h"
#include "core/decide.h"
#include "core/directory.h"
#include "store/sqlite/db.h"

namespace cardfile::store::sqlite {

/// The columns of `contact` that read_contact() reads, in its order, for a table or alias named "contact".
extern const char* const kContactColumns;
/// Throws std::runtime_error when a column cannot be decoded.
core::Contact read_contact(Execution& row);

/// The columns of `change_log` after `team`, as read_entry() reads them.
extern const char* const kEntryColumns;
/// Throws std::runtime_error when a column cannot be decoded.
core::ChangeEntry read_entry(Execution& row);

/// What a team's memory begins with when the store is opened.
struct TeamRows {
  core::Directory directory;
  core::TeamClock clock;
};
std::vector<TeamRows> read_teams(Connection& connection);

/// Finds rows through one connection. A contact's row may be behind its newest state (Memtable).
class RowReader {
 public:
  explicit RowReader(Connection& connection);

  std::optional<core::Contact> contact(core::TeamId team, core::ContactId id);
  std::optional<core::ContactId> id_of(core::TeamId team, const core::ContactKey& key);
  std::optional<core::ContactId> owner_of(core::TeamId team, const core::Address& address);
  bool is_member(core::TeamId team, core::ListId list, core::ContactId contact);
  std::vector<core::ContactId> members(core::TeamId team, core::ListId list);
  std::vector<core::ContactId> members_with_phone(core::TeamId team, core::ListId list);
  std::vector<core::ListId> lists_of(core::TeamId team, core::ContactId contact);
  /// As Store::changes().
  std::vector<core::ChangeEntry> changes(core::TeamId team, std::int64_t after_seq, std::size_t limit,
                                         std::size_t bytes_max);
  std::map<core::WebhookId, std::int64_t> webhook_positions(core::TeamId team);
  std::int64_t contact_count(core::TeamId team);
  /// The last entry of the team's log; 0 when there is none.
  std::int64_t last_seq(core::TeamId team);
  /// Of the entry after `seq`, which may be one that cannot be read.
  std::optional<std::int64_t> next_seq(core::TeamId team, std::int64_t seq);
  /// Up to which entry of its log the team's rows are up to date, all of them.
  std::int64_t flushed_seq(core::TeamId team);

 private:
  Statement contact_;
  Statement id_of_uuid_;
  Statement owner_;
  Statement member_;
  Statement members_;
  Statement channels_of_members_;
  Statement lists_;
  Statement changes_;
  Statement webhook_positions_;
  Statement contact_count_;
  Statement last_seq_;
  Statement next_seq_;
  Statement flushed_seq_;
};

/// Saves rows through one connection, within the transaction that is open there.
class RowWriter {
 public:
  explicit RowWriter(Connection& connection);

  void save(core::TeamId team, const core::ContactChange& change);
  /// Brings the row of a contact that is there after its newest state; its addresses are what they were.
  void update(core::TeamId team, const core::Contact& contact);
  void save(core::TeamId team, const core::DirectoryChange& change);
  void save(core::TeamId team, const core::MembershipChange& change);
  void save(core::TeamId team, const core::WebhookPosition& position);
  void save_last_given(core::TeamId team, const core::TeamClock& clock);
  void append(core::TeamId team, const core::ChangeEntry& entry);
  /// The team has `more` contacts more than before, or fewer when it is negative.
  void add_to_contact_count(core::TeamId team, std::int64_t more);
  void save_flushed_seq(core::TeamId team, std::int64_t seq);

 private:
  void insert(core::TeamId team, const core::Contact& contact);
  void remove(core::TeamId team, const core::Contact& contact);
  void save_row(core::TeamId team, const core::Team& row);
  void save_row(core::TeamId team, const core::User& row);
  void save_row(core::TeamId team, const core::CustomField& row);
  void save_row(core::TeamId team, const core::Tag& row);
  void save_row(core::TeamId team, const core::TagRemoval& row);
  void save_row(core::TeamId team, const core::Inbox& row);
  void save_row(core::TeamId team, const core::List& row);
  void save_row(core::TeamId team, const core::ListRemoval& row);
  void save_row(core::TeamId team, const core::ApiKey& row);
  void save_row(core::TeamId team, const core::ApiSecret& row);
  void save_row(core::TeamId team, const core::Webhook& row);
  void save_row(core::TeamId team, const core::WebhookRemoval& row);

  Connection& connection_;
  Statement insert_contact_;
  Statement update_contact_;
  Statement delete_contact_;
  Statement insert_uuid_;
  Statement delete_uuid_;
  Statement insert_address_;
  Statement delete_address_;
  Statement append_entry_;
  Statement save_last_given_;
  Statement save_team_;
  Statement save_user_;
  Statement save_field_;
  Statement save_tag_;
  Statement delete_tag_;
  Statement save_inbox_;
  Statement save_list_;
  Statement delete_list_;
  Statement insert_member_;
  Statement delete_member_;
  Statement save_key_;
  Statement save_secret_;
  Statement save_webhook_;
  Statement delete_webhook_;
  Statement save_webhook_position_;
  Statement delete_webhook_position_;
  Statement add_to_contact_count_;
  Statement save_flushed_seq_;
};

}  // namespace cardfile::store::sqlite
