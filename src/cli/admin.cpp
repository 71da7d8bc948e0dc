// team, user, inbox, key and secret: what the operator makes and looks at.

#include <algorithm>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <CLI/App.hpp>

#include "api/credentials.h"
#include "api/sealed_secret.h"
#include "base/crypto.h"
#include "cli/admin_command.h"
#include "cli/command_line.h"
#include "cli/table.h"
#include "core/time.h"
#include "wire/json_out.h"

namespace cardfile::cli {
namespace {

/// The arguments of all these commands; each command reads those that it added.
struct Arguments {
  std::int64_t team = 0;
  std::int64_t key = 0;
  std::string secret;
  std::string name;
  std::string email;
  std::string phone;
  std::string role = "member";
  std::string kind = "api";
  std::vector<std::string> phones;
  std::vector<std::int64_t> members;
  bool json = false;
};

// Teams.

void write_team(wire::JsonWriter& writer, const core::Team& team) {
  writer.begin_object();
  writer.key("id").integer(team.id.value()).key("name").string(team.name);
  writer.key("created").time(team.created).end_object();
}

std::string create_team(const Arguments& arguments, const Administration& administration) {
  store::Store& store = administration.store;
  std::int64_t last = 0;
  for (const core::TeamId team : store.teams()) last = std::max(last, team.value());
  const auto outcome = commit_as_operator(store, core::TeamId(last + 1), core::CreateTeam{arguments.name});
  const auto& team = std::get<core::TeamSaved>(outcome).team;
  if (arguments.json) return json_object(team, write_team);
  return fmt::format(
      "Team {} \"{}\" is made. Give it a key with: {}\n", team.id.value(), team.name,
      administration.command(fmt::format("key create --team {} --name \"my program\"", team.id.value())));
}

std::string list_teams(const Arguments& arguments, const Administration& administration) {
  store::Store& store = administration.store;
  std::map<core::TeamId, core::Team> teams;
  for (const core::TeamId team : store.teams()) teams.emplace(team, directory_of(administration, team)->team);
  if (arguments.json) return json_array(teams, [](auto& writer, const auto& item) { write_team(writer, item.second); });
  Table table({"ID", "NAME", "CREATED"});
  for (const auto& [id, team] : teams) {
    table.add({std::to_string(id.value()), team.name, core::to_rfc3339(team.created)});
  }
  return table.to_text();
}

// Users.

std::string_view role_name(core::Role role) { return role == core::Role::admin ? "admin" : "member"; }

void write_user(wire::JsonWriter& writer, const core::User& user) {
  writer.begin_object();
  writer.key("id").integer(user.id.value()).key("name").string(user.name);
  writer.key("email").string(user.email).key("phone").string(user.phone);
  writer.key("role").string(role_name(user.role));
  writer.key("created").time(user.created).end_object();
}

std::string create_user(const Arguments& arguments, const Administration& administration) {
  store::Store& store = administration.store;
  const core::TeamId team(arguments.team);
  directory_of(administration, team);
  const auto role = arguments.role == "admin" ? core::Role::admin : core::Role::member;
  const auto outcome = commit_as_operator(
      store, team,
      core::CreateUser{
          .id = {}, .name = arguments.name, .email = arguments.email, .phone = arguments.phone, .role = role});
  const auto& user = std::get<core::UserSaved>(outcome).user;
  if (arguments.json) return json_object(user, write_user);
  return fmt::format("User {} \"{}\" of team {} is made. Contacts are assigned with \"assignee_id\": {}\n",
                     user.id.value(), user.name, arguments.team, user.id.value());
}

std::string list_users(const Arguments& arguments, const Administration& administration) {
  const auto directory = directory_of(administration, core::TeamId(arguments.team));
  if (arguments.json)
    return json_array(directory->users, [](auto& writer, const auto& item) { write_user(writer, item.second); });
  Table table({"ID", "NAME", "E-MAIL", "PHONE", "ROLE"});
  for (const auto& [id, user] : directory->users) {
    table.add({std::to_string(id.value()), user.name, user.email, user.phone, std::string(role_name(user.role))});
  }
  return table.to_text();
}

// Inboxes.

template <class Items, class Text>
std::string joined(const Items& items, Text text) {
  std::string line;
  for (const auto& item : items) line += (line.empty() ? "" : " ") + text(item);
  return line;
}

void write_inbox(wire::JsonWriter& writer, const core::Inbox& inbox) {
  writer.begin_object();
  writer.key("id").integer(inbox.id.value()).key("name").string(inbox.name);
  writer.key("phones").begin_array();
  for (const std::string& phone : inbox.phones) writer.string(phone);
  writer.end_array().key("members").begin_array();
  for (const core::UserId member : inbox.members) writer.integer(member.value());
  writer.end_array().key("created").time(inbox.created).end_object();
}

std::string create_inbox(const Arguments& arguments, const Administration& administration) {
  store::Store& store = administration.store;
  const core::TeamId team(arguments.team);
  directory_of(administration, team);
  core::CreateInbox create{.id = {}, .name = arguments.name, .phones = arguments.phones, .members = {}};
  for (const std::int64_t member : arguments.members) create.members.emplace_back(member);
  const auto outcome = commit_as_operator(store, team, std::move(create));
  const auto& inbox = std::get<core::InboxSaved>(outcome).inbox;
  if (arguments.json) return json_object(inbox, write_inbox);
  return fmt::format("Inbox {} \"{}\" of team {} is made.\n", inbox.id.value(), inbox.name, arguments.team);
}

std::string list_inboxes(const Arguments& arguments, const Administration& administration) {
  const auto directory = directory_of(administration, core::TeamId(arguments.team));
  if (arguments.json)
    return json_array(directory->inboxes, [](auto& writer, const auto& item) { write_inbox(writer, item.second); });
  Table table({"ID", "NAME", "PHONES", "MEMBERS"});
  for (const auto& [id, inbox] : directory->inboxes) {
    table.add({std::to_string(id.value()), inbox.name, joined(inbox.phones, [](const auto& phone) { return phone; }),
               joined(inbox.members, [](core::UserId member) { return std::to_string(member.value()); })});
  }
  return table.to_text();
}

// Keys.

void write_key_members(wire::JsonWriter& writer, const core::ApiKey& key) {
  writer.key("id").integer(key.id.value()).key("name").string(key.name);
  writer.key("kind").string(core::to_string(key.kind));
  writer.key("created").time(key.created).key("revoked").boolean(key.revoked);
}

core::KeyKind kind_of(const Arguments& arguments) {
  return arguments.kind == "n8n" ? core::KeyKind::n8n : core::KeyKind::api;
}

/// A line that shows that the key works.
std::string example_call(core::KeyKind kind, const std::string& secret) {
  if (kind == core::KeyKind::n8n) {
    return fmt::format("curl -H \"{}: {}\" http://127.0.0.1:8080/n8n/v1/test_auth", api::kN8nKeyHeader, secret);
  }
  return fmt::format("curl -H \"Authorization: Bearer {}\" http://127.0.0.1:8080/v1/team", secret);
}

Answer create_key(const Arguments& arguments, const Administration& administration) {
  store::Store& store = administration.store;
  const core::TeamId team(arguments.team);
  directory_of(administration, team);
  const std::string secret = new_secret("cf_");
  const std::string digest = base::to_hex(base::sha256(secret));
  const auto outcome = commit_as_operator(
      store, team, core::CreateKey{.name = arguments.name, .digest = digest, .kind = kind_of(arguments)});
  const auto& key = std::get<core::KeySaved>(outcome).key;
  const std::string if_lost =
      fmt::format("Key {} of team {} is made and nobody knows it: revoke it with: {}", key.id.value(), arguments.team,
                  administration.command(fmt::format("key revoke {} --team {}", key.id.value(), arguments.team)));
  if (arguments.json) {
    const std::string json = json_object(key, [&](wire::JsonWriter& writer, const core::ApiKey& made) {
      writer.begin_object();
      write_key_members(writer, made);
      writer.key("key").string(secret).end_object();
    });
    return {json, if_lost};
  }
  const std::string text = fmt::format(
      "Key {} \"{}\" of team {} is made:\n\n  {}\n\nKeep it: it is stored as a digest only and not shown again. Use it "
      "as\n\n  {}\n",
      key.id.value(), key.name, arguments.team, secret, example_call(key.kind, secret));
  return {text, if_lost};
}

std::string list_keys(const Arguments& arguments, const Administration& administration) {
  const auto directory = directory_of(administration, core::TeamId(arguments.team));
  if (arguments.json) {
    return json_array(directory->keys, [](auto& writer, const auto& item) {
      writer.begin_object();
      write_key_members(writer, item.second);
      writer.end_object();
    });
  }
  Table table({"ID", "NAME", "KIND", "CREATED", "STATE"});
  for (const auto& [id, key] : directory->keys) {
    table.add({std::to_string(id.value()), key.name, std::string(core::to_string(key.kind)),
               core::to_rfc3339(key.created), key.revoked ? "revoked" : "valid"});
  }
  return table.to_text();
}

std::string revoke_key(const Arguments& arguments, const Administration& administration) {
  store::Store& store = administration.store;
  const core::TeamId team(arguments.team);
  const auto directory = directory_of(administration, team);
  const core::KeyId id(arguments.key);
  const auto key = directory->keys.find(id);
  if (key == directory->keys.end()) {
    throw std::runtime_error(fmt::format("Team {} has no key {}. See which it has with: {}", arguments.team,
                                         arguments.key,
                                         administration.command(fmt::format("key list --team {}", arguments.team))));
  }
  if (key->second.revoked) {
    return fmt::format("Key {} \"{}\" was revoked already.\n", arguments.key, key->second.name);
  }
  commit_as_operator(store, team, core::RevokeKey{.id = id});
  return fmt::format("Key {} \"{}\" is revoked: it opens nothing any more.\n", arguments.key, key->second.name);
}

// Secrets.

constexpr const char* kHowToSign = R"(Secret "{name}" of team {team} is made:

  id      {id}
  secret  {key}

Keep both: the secret is stored encrypted and not shown again. A token is a JWT that lives five minutes: header
{{"alg":"HS256","typ":"JWT"}}, payload {{"iss":"{id}","iat":<Unix time in seconds>}}, signed with HMAC-SHA256
under the key "<id>||<secret>". In a shell:

  id={id}
  secret={key}
  encode() {{ openssl base64 -A | tr '+/' '-_' | tr -d '='; }}
  parts=$(printf '{{"alg":"HS256","typ":"JWT"}}' | encode).$(printf '{{"iss":"%s","iat":%d}}' $id $(date +%s) | encode)
  token=$parts.$(printf %s "$parts" | openssl dgst -sha256 -hmac "$id||$secret" -binary | encode)
  curl -H "Authorization: Bearer $token" http://127.0.0.1:8080/v1/team
)";

void write_secret_members(wire::JsonWriter& writer, const core::ApiSecret& secret) {
  writer.key("id").uuid(secret.id).key("name").string(secret.name);
  writer.key("created").time(secret.created).key("revoked").boolean(secret.revoked);
}

Answer create_secret(const Arguments& arguments, const Administration& administration) {
  store::Store& store = administration.store;
  const core::TeamId team(arguments.team);
  directory_of(administration, team);
  const core::Uuid id = next_uuid();
  const std::string key = new_secret("cfs_");
  const auto outcome = commit_as_operator(
      store, team,
      core::CreateSecret{
          .id = id, .name = arguments.name, .sealed = api::seal_secret(administration.vault(), team, id, key)});
  const auto& secret = std::get<core::SecretSaved>(outcome).secret;
  const std::string if_lost = fmt::format(
      "Secret {} of team {} is made and nobody knows it: revoke it with: {}", id.to_string(), arguments.team,
      administration.command(fmt::format("secret revoke {} --team {}", id.to_string(), arguments.team)));
  if (arguments.json) {
    const std::string json = json_object(secret, [&](wire::JsonWriter& writer, const core::ApiSecret& made) {
      writer.begin_object();
      write_secret_members(writer, made);
      writer.key("secret").string(key).end_object();
    });
    return {json, if_lost};
  }
  using namespace fmt::literals;
  const std::string text = fmt::format(fmt::runtime(kHowToSign), "name"_a = secret.name, "team"_a = arguments.team,
                                       "id"_a = id.to_string(), "key"_a = key);
  return {text, if_lost};
}

std::string list_secrets(const Arguments& arguments, const Administration& administration) {
  const auto directory = directory_of(administration, core::TeamId(arguments.team));
  if (arguments.json) {
    return json_array(directory->secrets, [](auto& writer, const auto& item) {
      writer.begin_object();
      write_secret_members(writer, item.second);
      writer.end_object();
    });
  }
  Table table({"ID", "NAME", "CREATED", "STATE"});
  for (const auto& [id, secret] : directory->secrets) {
    table.add({id.to_string(), secret.name, core::to_rfc3339(secret.created), secret.revoked ? "revoked" : "valid"});
  }
  return table.to_text();
}

/// Works without the key file too: this is how to go on when it is lost.
std::string revoke_secret(const Arguments& arguments, const Administration& administration) {
  store::Store& store = administration.store;
  const core::TeamId team(arguments.team);
  const auto directory = directory_of(administration, team);
  const auto id = core::Uuid::parse(arguments.secret);
  const auto secret = id ? directory->secrets.find(*id) : directory->secrets.end();
  if (secret == directory->secrets.end()) {
    throw std::runtime_error(fmt::format("Team {} has no secret {}. See which it has with: {}", arguments.team,
                                         arguments.secret,
                                         administration.command(fmt::format("secret list --team {}", arguments.team))));
  }
  if (secret->second.revoked) {
    return fmt::format("Secret {} \"{}\" was revoked already.\n", id->to_string(), secret->second.name);
  }
  commit_as_operator(store, team, core::RevokeSecret{.id = *id});
  return fmt::format("Secret {} \"{}\" is revoked: tokens that are signed with it open nothing any more.\n",
                     id->to_string(), secret->second.name);
}

void add_team(CLI::App& app, Invocation& invocation) {
  CLI::App& group = add_group(app, "team", "Make and list teams; each has contacts and keys of its own");
  group.footer("Example: cardfile team create \"Sales\"");
  auto [create, creation] =
      add_command(group, invocation, "create", "Make a team", "team create \"Sales\" --data ./data", create_team);
  create->preparse_callback([&invocation](std::size_t) { invocation.makes_folder = true; });
  create->add_option("name", creation->name, "What the team is called")
      ->required()
      ->check(is_name())
      ->type_name("NAME");
  add_json_flag(*create, creation->json);
  auto [list, listing] = add_command(group, invocation, "list", "List the teams", "team list --json", list_teams);
  add_json_flag(*list, listing->json);
}

void add_user(CLI::App& app, Invocation& invocation) {
  CLI::App& group = add_group(app, "user", "Make and list a team's users, whom contacts are assigned to");
  group.footer("Example: cardfile user list --team 1");
  auto [create, creation] =
      add_command(group, invocation, "create", "Make a user of a team",
                  "user create --team 1 --name \"Mina Sato\" --email mina@example.org --role admin", create_user);
  add_team_option(*create, creation->team);
  create->add_option("--name", creation->name, "Name")->required()->check(is_name())->type_name("NAME");
  create->add_option("--email", creation->email, "E-mail address")->check(is_text())->type_name("ADDRESS");
  create->add_option("--phone", creation->phone, "Phone number, E.164 digits")->check(is_text())->type_name("DIGITS");
  create->add_option("--role", creation->role, "admin or member (default member)")
      ->check(CLI::IsMember({"admin", "member"}))
      ->type_name("ROLE");
  add_json_flag(*create, creation->json);
  auto [list, listing] =
      add_command(group, invocation, "list", "List a team's users", "user list --team 1", list_users);
  add_team_option(*list, listing->team);
  add_json_flag(*list, listing->json);
}

void add_inbox(CLI::App& app, Invocation& invocation) {
  CLI::App& group = add_group(app, "inbox", "Make and list a team's inboxes");
  group.footer("Example: cardfile inbox list --team 1");
  auto [create, creation] =
      add_command(group, invocation, "create", "Make an inbox of a team",
                  "inbox create --team 1 --name \"Support\" --phone 13125550142 --member 1 --member 2", create_inbox);
  add_team_option(*create, creation->team);
  create->add_option("--name", creation->name, "Name")->required()->check(is_name())->type_name("NAME");
  create->add_option("--phone", creation->phones, "Phone number, E.164 digits; may be given more than once")
      ->check(is_text())
      ->allow_extra_args(false)
      ->type_name("DIGITS");
  create->add_option("--member", creation->members, "Id of a user of the team; may be given more than once")
      ->check(is_id())
      ->allow_extra_args(false)
      ->type_name("ID");
  add_json_flag(*create, creation->json);
  auto [list, listing] =
      add_command(group, invocation, "list", "List a team's inboxes", "inbox list --team 1", list_inboxes);
  add_team_option(*list, listing->team);
  add_json_flag(*list, listing->json);
}

void add_key(CLI::App& app, Invocation& invocation) {
  CLI::App& group = add_group(app, "key", "Make, list and revoke a team's API keys");
  group.footer("Example: cardfile key create --team 1 --name \"CRM sync\"");
  auto [create, creation] = add_command(group, invocation, "create", "Make an API key and show it, this once",
                                        "key create --team 1 --name \"CRM sync\"", create_key);
  add_team_option(*create, creation->team);
  create->add_option("--name", creation->name, "What the key is for")->required()->check(is_name())->type_name("NAME");
  create->add_option("--kind", creation->kind, "api, or n8n for the n8n node (default api)")
      ->check(CLI::IsMember({"api", "n8n"}))
      ->type_name("KIND");
  add_json_flag(*create, creation->json);
  auto [list, listing] =
      add_command(group, invocation, "list", "List a team's keys, without the secrets", "key list --team 1", list_keys);
  add_team_option(*list, listing->team);
  add_json_flag(*list, listing->json);
  auto [revoke, revocation] =
      add_command(group, invocation, "revoke", "Make a key invalid for good", "key revoke 2 --team 1", revoke_key);
  add_team_option(*revoke, revocation->team);
  revoke->add_option("id", revocation->key, "Id of the key (see: cardfile key list)")
      ->required()
      ->check(is_id())
      ->type_name("ID");
}

void add_secret(CLI::App& app, Invocation& invocation) {
  CLI::App& group = add_group(app, "secret", "Make, list and revoke a team's API secrets, which sign tokens");
  group.footer("Example: cardfile secret create --team 1 --name \"CRM sync\"");
  auto [create, creation] =
      add_command(group, invocation, "create", "Make an API secret and show it, this once; a team has at most two",
                  "secret create --team 1 --name \"CRM sync\"", create_secret);
  add_team_option(*create, creation->team);
  create->add_option("--name", creation->name, "What the secret is for")
      ->required()
      ->check(is_name())
      ->type_name("NAME");
  add_json_flag(*create, creation->json);
  auto [list, listing] = add_command(group, invocation, "list", "List a team's API secrets, without what they are",
                                     "secret list --team 1", list_secrets);
  add_team_option(*list, listing->team);
  add_json_flag(*list, listing->json);
  auto [revoke, revocation] = add_command(group, invocation, "revoke", "Make an API secret invalid for good",
                                          "secret revoke 6f1d0a52-9d0e-4a63-8c57-0f9f2c6f3a11 --team 1", revoke_secret);
  add_team_option(*revoke, revocation->team);
  revoke->add_option("id", revocation->secret, "Id of the secret (see: cardfile secret list)")
      ->required()
      ->type_name("ID");
}

}  // namespace

void add_administration(CLI::App& app, Invocation& invocation) {
  add_team(app, invocation);
  add_user(app, invocation);
  add_inbox(app, invocation);
  add_key(app, invocation);
  add_secret(app, invocation);
  add_webhook(app, invocation);
}

}  // namespace cardfile::cli
