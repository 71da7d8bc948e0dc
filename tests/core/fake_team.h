#pragma once
// FakeTeam: a team in memory that does what core decides, so that a test of a rule needs no engine.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/address.h"
#include "core/change.h"
#include "core/command.h"
#include "core/contact.h"
#include "core/decide.h"
#include "core/directory.h"
#include "core/error.h"
#include "core/ids.h"
#include "core/patch.h"
#include "core/print.h"
#include "core/time.h"

namespace cardfile::core {

inline constexpr TeamId kTeam{12};
inline constexpr UserId kOwner{77};      // The team's administrator.
inline constexpr UserId kColleague{78};  // A member.
inline constexpr UserId kStranger{99};   // No user of the team.
inline constexpr FieldId kPlan{701};
inline constexpr FieldId kCity{702};
inline constexpr FieldId kBirthday{703};
inline constexpr FieldId kNoField{799};
inline constexpr TagId kNoTag{99};  // The team's tags are 1 to 9.

/// "2026-03-02T09:15:00Z", for times in tests.
Timestamp at(std::string_view rfc3339);

/// A UUID that is told from others by its last byte.
Uuid uuid(std::uint8_t last);

/// What a test wants to see of custom values and of channels, short to write.
CustomValues custom(const std::map<std::int64_t, std::string>& values);
std::vector<TagId> tags(const std::vector<std::int64_t>& ids);
std::vector<std::string> channel_values(const Contact& contact);

/// Team 12 with two users, three custom fields and nine tags.
Directory usual_directory();

/// Patches come as the wire would hand them over: does() and refuses() bring them into their normal form first.
class FakeTeam final : public TeamState {
 public:
  /// No contacts yet; without a directory not even the team.
  explicit FakeTeam(std::optional<Directory> directory = usual_directory()) : directory_(std::move(directory)) {}

  /// Decides and saves; a refusal is thrown. Every save is checked for what must hold after any write.
  Contact does(CreateContact action);
  Contact does(UpdateContact action);
  void does(const DeleteContact& action);
  Contact does(const SetStatus& action);
  Contact does(AddChannel action);
  Contact does(UpdateChannel action);
  Contact does(const RemoveChannel& action);
  Team does(const CreateTeam& action);
  User does(const CreateUser& action);
  std::vector<User> does(const UpdateUsers& action);
  Inbox does(const CreateInbox& action);
  FieldsSaved does(const CreateFields& action);
  Tag does(const CreateTag& action);
  Tag does(const UpdateTag& action);
  void does(const DeleteTag& action);
  List does(CreateList action);
  List does(const UpdateList& action);
  void does(const DeleteList& action);
  ApiKey does(const CreateKey& action);
  ApiKey does(const RevokeKey& action);
  ApiSecret does(const CreateSecret& action);
  ApiSecret does(const RevokeSecret& action);
  Webhook does(const CreateWebhook& action);
  void does(const DeleteWebhook& action);
  void does(const AdvanceWebhook& action);

  /// Decides and gives the refusal back. The test fails when there is none.
  Error refuses(Action action);

  /// Decides without effect, and gives what would have come of it.
  Outcome rehearses(Action action);

  /// A contact to begin with.
  Contact has_contact(ContactPatch patch);
  /// The contact wrote STOP.
  void hears_stop_from(ContactId id) { contacts_.at(id).consent.unsubscribed_contact = true; }

  /// The contact has values that no write of today may give it.
  void has_of_old(ContactId id, CustomValues custom) { contacts_.at(id).custom = std::move(custom); }

  const Contact& stored(ContactId id) const { return contacts_.at(id); }
  std::size_t contacts() const { return contacts_.size(); }
  /// Up to which entry the webhook has been told.
  std::int64_t position(WebhookId id) const { return positions_.at(id); }
  const std::vector<ChangeEntry>& log() const { return log_; }
  const ChangeEntry& last_entry() const { return log_.back(); }

  const Directory* directory() const override { return directory_ ? &*directory_ : nullptr; }
  const TeamClock& clock() const override { return clock_; }
  SharedContact contact(const ContactKey& key) const override;
  std::optional<ContactId> owner_of(const Address& address) const override;
  bool is_member(ListId list, ContactId contact) const override;
  std::vector<ContactId> members(ListId list) const override;
  std::vector<ContactId> members_with_phone(ListId list) const override;
  std::vector<ListId> lists_of(ContactId contact) const override;

  /// What decide() is told.
  Timestamp now = at("2026-03-02T09:15:00Z");
  Actor actor{KeyId(7)};
  Uuid request_id = uuid(200);

 private:
  Outcome commit(Action action);
  void save(const ContactChange& change);
  void save(const DirectoryChange& change);
  void check_entries(const Decision& decision) const;
  void check_owners() const;
  void check_lists() const;

  std::optional<Directory> directory_;
  TeamClock clock_;
  std::map<ContactId, Contact> contacts_;
  std::map<Address, ContactId> owners_;
  std::set<std::pair<ListId, ContactId>> members_;
  std::map<WebhookId, std::int64_t> positions_;
  std::vector<ChangeEntry> log_;
  std::uint8_t contacts_made_ = 0;
  std::uint8_t lists_made_ = 100;
};

}  // namespace cardfile::core
