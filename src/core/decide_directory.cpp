#include "core/decide_directory.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/address.h"
#include "core/directory_write.h"
#include "core/error.h"

namespace cardfile::core {

namespace {

constexpr std::size_t kFieldsPerTeamMax = 1'000;
constexpr std::ptrdiff_t kSecretsPerTeamMax = 2;

/// By titles in lower case; of several with one title, the first. A call may name a thousand titles in a team of a
/// thousand fields, so none is searched for among all.
std::map<std::string, FieldId> ids_by_title(const std::map<FieldId, CustomField>& fields) {
  std::map<std::string, FieldId> ids;
  for (const auto& [id, field] : fields) ids.emplace(lower_ascii(field.title), id);
  return ids;
}

std::string title_of_draft(std::size_t index) { return "[" + std::to_string(index) + "].title"; }

}  // namespace

Decision decide_action(CreateTeam& action, const TeamState& state, Recorder& recorder) {
  Texts texts;
  const Team team{.id = recorder.team(), .name = texts.name("name", action.name), .created = recorder.time()};
  texts.throw_if_bad();
  if (team.id.value() < 1 || team.id.value() > kTeamIdMax) {
    throw Error(ErrorCode::bad_data, {{"id", "must be between 1 and " + std::to_string(kTeamIdMax)}});
  }
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
    action.drafts[i].title = texts.name(title_of_draft(i), action.drafts[i].title);
  }
  texts.throw_if_bad();
  std::map<FieldId, CustomField> fields = state.directory()->fields;
  std::map<std::string, FieldId> ids = ids_by_title(fields);
  FieldsSaved result;
  std::vector<DirectoryChange> changes;
  for (std::size_t i = 0; i < action.drafts.size(); ++i) {
    const CreateFields::Draft& draft = action.drafts[i];
    const std::string title = lower_ascii(draft.title);
    if (const auto existing = ids.find(title); existing != ids.end()) {
      result.items.push_back({.field = fields.at(existing->second), .duplicate = true});
      continue;
    }
    if (fields.size() == kFieldsPerTeamMax) {
      throw Error(ErrorCode::bad_data,
                  {{title_of_draft(i), "a team has at most " + std::to_string(kFieldsPerTeamMax) + " custom fields"}});
    }
    const CustomField field{.id = granted_id(draft.id, fields), .title = draft.title, .created = recorder.time()};
    recorder.log(Subject::custom_field, field.id.value(), 1, Operation::create, {{"title", {}, field.title}});
    fields.emplace(field.id, field);
    ids.emplace(title, field.id);
    changes.emplace_back(field);
    result.items.push_back({.field = field, .duplicate = false});
  }
  Decision decision = recorder.decision(std::move(result));
  decision.directory = std::move(changes);
  return decision;
}

Decision decide_action(CreateKey& action, const TeamState& state, Recorder& recorder) {
  Texts texts;
  const ApiKey key{.id = next_id(state.directory()->keys),
                   .name = texts.name("name", action.name),
                   .digest = action.digest,
                   .created = recorder.time(),
                   .revoked = false,
                   .kind = action.kind};
  texts.throw_if_bad();
  recorder.log(Subject::api_key, key.id.value(), 1, Operation::create,
               {{"name", {}, key.name}, {"kind", {}, std::string(to_string(key.kind))}});
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
