#include "core/decide_directory.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/address.h"
#include "core/error.h"
#include "core/text.h"

namespace cardfile::core {

namespace {

constexpr std::size_t kTagsPerTeamMax = 10'000;
constexpr std::size_t kFieldsPerTeamMax = 1'000;
constexpr std::ptrdiff_t kSecretsPerTeamMax = 2;
constexpr std::string_view kDefaultTagColor = "#8A8D91";

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

/// Titles and labels compare without regard to case and surrounding blanks.
bool same_title(std::string_view left, std::string_view right) { return lower_ascii(left) == lower_ascii(right); }

const CustomField* field_titled(const std::map<FieldId, CustomField>& fields, std::string_view title) {
  for (const auto& [id, field] : fields) {
    if (same_title(field.title, title)) return &field;
  }
  return nullptr;
}

}  // namespace

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

Decision decide_action(CreateSecret& action, const TeamState& state, Recorder& recorder) {
  Texts texts;
  const ApiSecret secret{.id = action.id,
                         .name = texts.name("name", action.name),
                         .sealed = action.sealed,
                         .created = recorder.time(),
                         .revoked = false};
  texts.throw_if_bad();
  const auto& secrets = state.directory()->secrets;
  if (secrets.contains(secret.id)) throw Error(ErrorCode::conflict, {{"id", "is taken already"}});
  const auto valid =
      std::count_if(secrets.begin(), secrets.end(), [](const auto& item) { return !item.second.revoked; });
  if (valid >= kSecretsPerTeamMax) {
    throw Error(ErrorCode::bad_data,
                "a team has at most " + std::to_string(kSecretsPerTeamMax) + " API secrets: revoke one of them first");
  }
  recorder.log(Subject::api_secret, 0, 1, Operation::create,
               {{"id", {}, secret.id.to_string()}, {"name", {}, secret.name}});
  Decision decision = recorder.decision(SecretSaved{secret});
  decision.directory.emplace_back(secret);
  return decision;
}

/// The row stays, so that the id is not given again; the log tells of a deletion, because the secret itself is gone.
Decision decide_action(RevokeSecret& action, const TeamState& state, Recorder& recorder) {
  const auto& secrets = state.directory()->secrets;
  const auto found = secrets.find(action.id);
  if (found == secrets.end()) throw Error(ErrorCode::not_found, "no secret has this id");
  ApiSecret secret = found->second;
  if (secret.revoked) return recorder.decision(SecretSaved{secret});
  secret.revoked = true;
  secret.sealed.clear();
  recorder.log(Subject::api_secret, 0, 2, Operation::remove,
               {{"id", secret.id.to_string(), {}}, {"name", secret.name, {}}});
  Decision decision = recorder.decision(SecretSaved{secret});
  decision.directory.emplace_back(secret);
  return decision;
}

}  // namespace cardfile::core
