#include "core/decide.h"

#include <algorithm>
#include <string>
#include <string_view>

#include "core/address.h"
#include "core/error.h"
#include "core/text.h"

namespace cardfile::core {

namespace {

constexpr std::size_t kTagsPerTeamMax = 10'000;
constexpr std::size_t kFieldsPerTeamMax = 1'000;
constexpr std::string_view kDefaultTagColor = "#8A8D91";

/// Lets one accepted command move the team's counters and write its log entries.
class Recorder {
 public:
  Recorder(const Command& command, const TeamClock& clock, Timestamp now)
      : team_(command.team),
        actor_(command.actor.to_string()),
        request_id_(command.request_id),
        now_(now),
        clock_(clock) {}

  TeamId team() const { return team_; }

  /// The time of the change that is logged next: strictly after the team's last.
  Timestamp time() const { return std::max(now_, clock_.updated + std::chrono::microseconds(1)); }

  ContactId new_contact() { return clock_.contact = ContactId(clock_.contact.value() + 1); }
  void use_contact(ContactId id) { clock_.contact = std::max(clock_.contact, id); }
  ChannelId new_channel() { return clock_.channel = ChannelId(clock_.channel.value() + 1); }

  void log(Subject subject, std::int64_t subject_id, std::int64_t rev, Operation operation,
           std::vector<FieldChange> changes) {
    const Timestamp at = time();
    clock_.updated = at;
    entries_.push_back({.seq = ++clock_.seq,
                        .subject = subject,
                        .subject_id = subject_id,
                        .rev = rev,
                        .at = at,
                        .operation = operation,
                        .actor = actor_,
                        .request_id = request_id_,
                        .changes = std::move(changes)});
  }

  Decision decision(Outcome outcome) {
    Decision decision;
    decision.outcome = std::move(outcome);
    decision.entries = std::move(entries_);
    decision.clock = clock_;
    return decision;
  }

 private:
  TeamId team_;
  std::string actor_;
  Uuid request_id_;
  Timestamp now_;
  TeamClock clock_;
  std::vector<ChangeEntry> entries_;
};

/// The smallest id past every one in `things`.
template <class IdType, class Thing>
IdType next_id(const std::map<IdType, Thing>& things) {
  return things.empty() ? IdType(1) : IdType(things.rbegin()->first.value() + 1);
}

/// The chosen id, or the next one. Throws conflict when the chosen one is taken.
template <class IdType, class Thing>
IdType granted_id(std::optional<IdType> chosen, const std::map<IdType, Thing>& things) {
  if (!chosen) return next_id(things);
  if (things.contains(*chosen)) throw Error(ErrorCode::conflict, {{"id", "is taken already"}});
  return *chosen;
}

void throw_if_any(ErrorCode code, std::vector<FieldError> errors) {
  if (!errors.empty()) throw Error(code, std::move(errors));
}

Contact found_or_throw(const TeamState& state, const ContactKey& key) {
  auto contact = state.contact(key);
  if (!contact) throw Error(ErrorCode::not_found, "no contact has this id");
  return std::move(*contact);
}

void throw_unless_accepted(const std::optional<IfMatch>& if_match, std::int64_t rev) {
  if (if_match && !if_match->accepts(rev)) throw Error::precondition_failed(rev);
}

/// The patch's own problems and those that only the team's directory can tell.
void throw_if_bad(ContactPatch& patch, const Directory& directory) {
  std::vector<FieldError> errors = std::move(patch.problems);
  if (patch.assignee && *patch.assignee && !directory.users.contains(*patch.assignee)) {
    errors.push_back(
        {"assignee_id", "must be a user of the team: " + std::to_string(patch.assignee->value()) + " is not one"});
  }
  for (const TagId tag : patch.tags.value_or(std::vector<TagId>{})) {
    if (directory.tags.contains(tag)) continue;
    errors.push_back({"tags", "must be tags of the team: " + std::to_string(tag.value()) + " is not one"});
  }
  throw_if_any(ErrorCode::bad_data, std::move(errors));
}

/// Names the patch's field that brought `address` along.
std::string_view field_of(const Address& address, const ContactPatch& patch) {
  if (address.type == kPhone && patch.phone == address.value) return "phone";
  if (address.type == kEmail && patch.email && lower_ascii(*patch.email) == address.value) return "email";
  return "contact_channels";
}

void throw_if_owned_by_another(const ContactChange& change, const ContactPatch& patch, const TeamState& state) {
  std::vector<FieldError> errors;
  for (const Address& address : address_changes(change).taken) {
    const auto owner = state.owner_of(address);
    if (!owner || *owner == change.after->id) continue;
    errors.push_back(
        {std::string(field_of(address, patch)), "belongs to contact " + std::to_string(owner->value()) + " already"});
  }
  throw_if_any(ErrorCode::conflict, std::move(errors));
}

/// Makes `value` the contact's first channel of `type`; "" takes the first one away, and the next moves up.
void set_primary(Contact& contact, std::string_view type, const std::string& value, Recorder& recorder) {
  auto& channels = contact.channels;
  const auto first = std::find_if(channels.begin(), channels.end(), [&](const Channel& c) { return c.type == type; });
  if (value.empty()) {
    if (first != channels.end()) channels.erase(first);
    return;
  }
  if (first == channels.end()) {
    const Timestamp at = recorder.time();
    channels.push_back({recorder.new_channel(), std::string(type), value, {}, {}, at, at});
    return;
  }
  if (first->value == value) return;
  const Address address = address_of(type, value);
  const auto same = std::find_if(first, channels.end(), [&](const Channel& c) { return c.address() == address; });
  // An address that the contact has further down moves up; the one it had first stays as a further one.
  if (same != channels.end()) std::rotate(first, same, same + 1);
  first->value = value;
  first->updated = recorder.time();
}

/// Gives the contact the channel unless it has it; a handle or info that is named replaces what is stored.
void ensure_channel(Contact& contact, const ChannelDraft& draft, Recorder& recorder) {
  const Address address = address_of(draft.type, draft.value);
  auto& channels = contact.channels;
  const Timestamp at = recorder.time();
  const auto same =
      std::find_if(channels.begin(), channels.end(), [&](const Channel& c) { return c.address() == address; });
  if (same == channels.end()) {
    channels.push_back({recorder.new_channel(), draft.type, draft.value, draft.handle, draft.info, at, at});
    return;
  }
  const Channel stored = *same;
  if (!draft.handle.empty()) same->handle = draft.handle;
  if (!draft.info.empty()) same->info = draft.info;
  if (*same != stored) same->updated = at;
}

void apply_names(Contact& contact, const ContactPatch& patch) {
  const bool was_derived = contact.display_name == derived_display_name(contact.first, contact.last);
  if (patch.first) contact.first = *patch.first;
  if (patch.last) contact.last = *patch.last;
  if (patch.display_name) {
    contact.display_name = *patch.display_name;
  } else if (was_derived) {
    contact.display_name = derived_display_name(contact.first, contact.last);
  }
}

/// Keys that are not one of the team's fields are dropped (contract, 2.3).
void apply_custom(CustomValues& custom, const CustomPatch& patch, CustomMode mode, const Directory& directory) {
  if (mode == CustomMode::overwrite) custom.clear();
  for (const auto& [field, value] : patch) {
    if (!directory.fields.contains(field)) continue;
    if (value) {
      custom.insert_or_assign(field, *value);
    } else {
      custom.erase(field);
    }
  }
}

void apply_channels(Contact& contact, const ContactPatch& patch, Recorder& recorder) {
  if (patch.phone) set_primary(contact, kPhone, *patch.phone, recorder);
  if (patch.email) set_primary(contact, kEmail, *patch.email, recorder);
  for (const ChannelDraft& draft : patch.channels.value_or(std::vector<ChannelDraft>{})) {
    ensure_channel(contact, draft, recorder);
  }
  if (contact.channels.size() > kChannelsMax) {
    throw Error(ErrorCode::bad_data,
                {{"contact_channels", "a contact has at most " + std::to_string(kChannelsMax) + " channels"}});
  }
}

void apply(Contact& contact, const ContactPatch& patch, CustomMode mode, const Directory& directory,
           Recorder& recorder) {
  apply_names(contact, patch);
  if (patch.avatar) contact.avatar = *patch.avatar;
  if (patch.assignee) contact.assigned = *patch.assignee;
  if (patch.custom) apply_custom(contact.custom, *patch.custom, mode, directory);
  if (patch.tags) contact.tags = *patch.tags;
  // Only the team's own flag: what the contact asked for is not undone from here (contract, 2.5).
  if (patch.opted_out) contact.consent.unsubscribed_admin = *patch.opted_out;
  if (patch.email_suppressions) contact.email_suppressions = *patch.email_suppressions;
  apply_channels(contact, patch, recorder);
}

Decision saved(ContactChange change, Recorder& recorder) {
  Contact& after = *change.after;
  after.rev = change.before ? change.before->rev + 1 : 1;
  after.updated = recorder.time();
  if (!change.before) after.created = after.updated;
  recorder.log(Subject::contact, after.id.value(), after.rev, change.before ? Operation::update : Operation::create,
               differences(change.before, change.after));
  Decision decision = recorder.decision(ContactSaved{after});
  decision.contact = std::move(change);
  return decision;
}

Decision update(Contact before, const ContactPatch& patch, CustomMode mode, const TeamState& state,
                Recorder& recorder) {
  ContactChange change{.before = std::move(before), .after = {}};
  change.after = change.before;
  apply(*change.after, patch, mode, *state.directory(), recorder);
  throw_if_owned_by_another(change, patch, state);
  return saved(std::move(change), recorder);
}

Decision decide_action(UpdateContact& action, const TeamState& state, Recorder& recorder) {
  Contact before = found_or_throw(state, action.key);
  throw_unless_accepted(action.if_match, before.rev);
  throw_if_bad(action.patch, *state.directory());
  return update(std::move(before), action.patch, action.custom_mode, state, recorder);
}

/// The contact that a create speaks of: the owner of its phone, or, without a phone, of any other address of it
/// (contract, 3.1 and 5.1).
std::optional<ContactId> addressee(const ContactPatch& patch, const TeamState& state) {
  if (patch.phone) return state.owner_of(address_of(kPhone, *patch.phone));
  std::vector<Address> addresses;
  if (patch.email && !patch.email->empty()) addresses.push_back(address_of(kEmail, *patch.email));
  for (const ChannelDraft& draft : patch.channels.value_or(std::vector<ChannelDraft>{})) {
    addresses.push_back(address_of(draft.type, draft.value));
  }
  for (const Address& address : addresses) {
    if (const auto owner = state.owner_of(address)) return owner;
  }
  return std::nullopt;
}

ContactId granted_contact_id(const CreateContact& action, const TeamState& state, Recorder& recorder) {
  if (!action.id) return recorder.new_contact();
  if (state.contact(*action.id)) throw Error(ErrorCode::conflict, {{"id", "is taken already"}});
  recorder.use_contact(*action.id);
  return *action.id;
}

/// Whom an API-made contact counts as made by (contract, 15, question 17): the team's first administrator.
UserId owner_of_team(const Directory& directory) {
  for (const auto& [id, user] : directory.users) {
    if (user.role == Role::admin) return id;
  }
  return {};
}

Decision decide_action(CreateContact& action, const TeamState& state, Recorder& recorder) {
  const Directory& directory = *state.directory();
  throw_if_bad(action.patch, directory);
  if (action.on_duplicate == OnDuplicate::upsert) {
    if (const auto owner = addressee(action.patch, state)) {
      return update(found_or_throw(state, *owner), action.patch, action.custom_mode, state, recorder);
    }
  }
  Contact contact;
  contact.uuid = action.uuid;
  contact.creator = owner_of_team(directory);
  // Nobody creates a contact to be shown without a name, so here an empty display name asks for the derived one.
  if (action.patch.display_name && action.patch.display_name->empty()) action.patch.display_name.reset();
  apply(contact, action.patch, action.custom_mode, directory, recorder);
  contact.id = granted_contact_id(action, state, recorder);
  ContactChange change{.before = std::nullopt, .after = std::move(contact)};
  throw_if_owned_by_another(change, action.patch, state);
  return saved(std::move(change), recorder);
}

Decision decide_action(DeleteContact& action, const TeamState& state, Recorder& recorder) {
  ContactChange change{.before = found_or_throw(state, action.key), .after = std::nullopt};
  const Contact& before = *change.before;
  throw_unless_accepted(action.if_match, before.rev);
  recorder.log(Subject::contact, before.id.value(), before.rev + 1, Operation::remove,
               differences(change.before, change.after));
  Decision decision = recorder.decision(ContactDeleted{});
  decision.contact = std::move(change);
  return decision;
}

/// Reads the texts of a thing of the directory, and refuses all that are at fault at once.
class Texts {
 public:
  /// `problems` are those that the command brought along; a field among them is not named again.
  explicit Texts(std::vector<FieldError> problems = {}) : problems_(std::move(problems)) {}

  /// A name: one line of 1 to 255 characters.
  std::string name(std::string_view field, std::string_view text) {
    const std::string_view name = trimmed(text);
    if (name.empty() || length_of(name) > kTextMax || has_control_character(name)) {
      report(field, "must be 1 to 255 characters in one line");
    }
    return std::string(name);
  }

  /// A phone or e-mail; "" is none.
  std::string address(std::string_view field, std::string_view text,
                      std::optional<std::string> (*normalise)(std::string_view), std::string_view rule) {
    if (text.empty()) return {};
    auto value = normalise(text);
    if (!value) report(field, rule);
    return std::move(value).value_or(std::string());
  }

  void throw_if_bad() { throw_if_any(ErrorCode::bad_data, std::move(problems_)); }

 private:
  void report(std::string_view field, std::string_view message) {
    const auto names_it = [&](const FieldError& problem) { return problem.field == field; };
    if (std::any_of(problems_.begin(), problems_.end(), names_it)) return;
    problems_.push_back({std::string(field), std::string(message)});
  }

  std::vector<FieldError> problems_;
};

Decision decide_action(CreateTeam& action, const TeamState& state, Recorder& recorder) {
  Texts texts;
  const Team team{.id = recorder.team(), .name = texts.name("name", action.name), .created = recorder.time()};
  texts.throw_if_bad();
  if (state.directory()) throw Error(ErrorCode::conflict, {{"id", "is taken already"}});
  recorder.log(Subject::team, team.id.value(), 1, Operation::create, {{"name", {}, team.name}});
  Decision decision = recorder.decision(TeamSaved{team});
  decision.directory.emplace_back(team);
  return decision;
}

Decision decide_action(CreateUser& action, const TeamState& state, Recorder& recorder) {
  const Timestamp at = recorder.time();
  Texts texts;
  User user{.id = {},
            .name = texts.name("name", action.name),
            .email = texts.address("email", action.email, normalise_email, kEmailRule),
            .phone = texts.address("phone", action.phone, normalise_phone, kPhoneRule),
            .role = action.role,
            .created = at,
            .updated = at};
  texts.throw_if_bad();
  user.id = granted_id(action.id, state.directory()->users);
  recorder.log(Subject::user, user.id.value(), 1, Operation::create,
               {{"name", {}, user.name},
                {"email", {}, user.email},
                {"phone", {}, user.phone},
                {"role_id", {}, static_cast<std::int64_t>(user.role)}});
  Decision decision = recorder.decision(UserSaved{user});
  decision.directory.emplace_back(user);
  return decision;
}

/// Titles and labels compare without regard to case and surrounding blanks.
bool same_title(std::string_view left, std::string_view right) { return lower_ascii(left) == lower_ascii(right); }

const CustomField* field_titled(const std::map<FieldId, CustomField>& fields, std::string_view title) {
  for (const auto& [id, field] : fields) {
    if (same_title(field.title, title)) return &field;
  }
  return nullptr;
}

Decision decide_action(CreateFields& action, const TeamState& state, Recorder& recorder) {
  Texts texts(std::move(action.problems));
  for (std::size_t i = 0; i < action.drafts.size(); ++i) {
    action.drafts[i].title = texts.name("[" + std::to_string(i) + "].title", action.drafts[i].title);
  }
  texts.throw_if_bad();
  std::map<FieldId, CustomField> fields = state.directory()->fields;
  FieldsSaved result;
  std::vector<DirectoryChange> changes;
  for (const CreateFields::Draft& draft : action.drafts) {
    if (const CustomField* existing = field_titled(fields, draft.title)) {
      result.items.push_back({.field = *existing, .duplicate = true});
      continue;
    }
    if (fields.size() == kFieldsPerTeamMax) {
      throw Error(ErrorCode::bad_data, "a team has at most " + std::to_string(kFieldsPerTeamMax) + " custom fields");
    }
    const CustomField field{.id = granted_id(draft.id, fields), .title = draft.title, .created = recorder.time()};
    recorder.log(Subject::custom_field, field.id.value(), 1, Operation::create, {{"title", {}, field.title}});
    fields.emplace(field.id, field);
    changes.emplace_back(field);
    result.items.push_back({.field = field, .duplicate = false});
  }
  Decision decision = recorder.decision(std::move(result));
  decision.directory = std::move(changes);
  return decision;
}

Decision decide_action(CreateTag& action, const TeamState& state, Recorder& recorder) {
  Texts texts(std::move(action.problems));
  const std::string label = texts.name("tag", action.label);
  texts.throw_if_bad();
  const auto& tags = state.directory()->tags;
  for (const auto& [id, tag] : tags) {
    if (same_title(tag.label, label)) return recorder.decision(TagSaved{tag});
  }
  if (tags.size() == kTagsPerTeamMax) {
    throw Error(ErrorCode::bad_data, "a team has at most " + std::to_string(kTagsPerTeamMax) + " tags");
  }
  const Timestamp at = recorder.time();
  const Tag tag{.id = granted_id(action.id, tags),
                .uuid = action.uuid,
                .label = label,
                .color = action.color.empty() ? std::string(kDefaultTagColor) : action.color,
                .rev = 1,
                .created = at,
                .updated = at};
  recorder.log(Subject::tag, tag.id.value(), tag.rev, Operation::create,
               {{"uuid", {}, tag.uuid.to_string()}, {"tag", {}, tag.label}, {"color", {}, tag.color}});
  Decision decision = recorder.decision(TagSaved{tag});
  decision.directory.emplace_back(tag);
  return decision;
}

Decision decide_action(CreateKey& action, const TeamState& state, Recorder& recorder) {
  Texts texts;
  const ApiKey key{.id = next_id(state.directory()->keys),
                   .name = texts.name("name", action.name),
                   .digest = action.digest,
                   .created = recorder.time(),
                   .revoked = false};
  texts.throw_if_bad();
  recorder.log(Subject::api_key, key.id.value(), 1, Operation::create, {{"name", {}, key.name}});
  Decision decision = recorder.decision(KeySaved{key});
  decision.directory.emplace_back(key);
  return decision;
}

Decision decide_action(RevokeKey& action, const TeamState& state, Recorder& recorder) {
  const auto& keys = state.directory()->keys;
  const auto found = keys.find(action.id);
  if (found == keys.end()) throw Error(ErrorCode::not_found, "no key has this id");
  ApiKey key = found->second;
  if (key.revoked) return recorder.decision(KeySaved{key});
  key.revoked = true;
  recorder.log(Subject::api_key, key.id.value(), 2, Operation::update, {{"revoked", false, true}});
  Decision decision = recorder.decision(KeySaved{key});
  decision.directory.emplace_back(key);
  return decision;
}

}  // namespace

bool IfMatch::accepts(std::int64_t rev) const { return any || std::find(revs.begin(), revs.end(), rev) != revs.end(); }

std::string Actor::to_string() const { return key ? "key:" + std::to_string(key.value()) : "operator"; }

Decision decide(Command command, const TeamState& state, Timestamp now) {
  const bool founds_team = std::holds_alternative<CreateTeam>(command.action);
  if (!founds_team && !state.directory()) throw Error(ErrorCode::not_found, "no team has this id");
  Recorder recorder(command, state.clock(), now);
  return std::visit([&](auto& action) { return decide_action(action, state, recorder); }, command.action);
}

}  // namespace cardfile::core
