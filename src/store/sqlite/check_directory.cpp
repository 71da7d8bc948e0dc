#include "store/sqlite/check_directory.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/change.h"
#include "core/directory.h"
#include "store/sqlite/rows.h"
#include "wire/change_json.h"

namespace cardfile::store::sqlite {
namespace {

/// A thing of a directory: its team, what it is, and its id.
struct Name {
  std::int64_t team = 0;
  std::string subject;
  std::string id;

  std::string text() const {
    std::string words = subject;
    std::ranges::replace(words, '_', ' ');
    return "The " + words + " " + id + " of team " + std::to_string(team);
  }
  friend auto operator<=>(const Name&, const Name&) = default;
};

/// What is told of it, by the log or by its row.
struct Told {
  std::map<std::string, core::LogValue> values;  // Those that are not empty.
  std::optional<std::int64_t> rev;               // None: it has none.
  core::Timestamp created;
  core::Timestamp updated;  // At the epoch: it has none.
  bool is_gone = false;     // Deleted, or a secret that is revoked.

  void set(const std::string& field, core::LogValue value) {
    if (is_empty(value)) {
      values.erase(field);
    } else {
      values[field] = std::move(value);
    }
  }

 private:
  static bool is_empty(const core::LogValue& value) {
    const auto* text = std::get_if<std::string>(&value);
    const auto* flag = std::get_if<bool>(&value);
    const auto* numbers = std::get_if<std::vector<std::int64_t>>(&value);
    return std::holds_alternative<std::monostate>(value) || (text && text->empty()) || (flag && !*flag) ||
           (numbers && numbers->empty());
  }
};
using Things = std::map<Name, Told>;

/// As the rows have them.
class Stored {
 public:
  explicit Stored(const core::Directory& directory) : team_(directory.team.id.value()) {
    add("team", directory.team.id, directory.team.created).set("name", directory.team.name);
    for (const auto& [id, user] : directory.users) add_user(user);
    for (const auto& [id, field] : directory.fields) add("custom_field", id, field.created).set("title", field.title);
    for (const auto& [id, tag] : directory.tags) add_tag(tag);
    for (const auto& [id, inbox] : directory.inboxes) add_inbox(inbox);
    for (const auto& [id, key] : directory.keys) add_key(key);
    for (const auto& [id, secret] : directory.secrets) add_secret(secret);
    for (const auto& [id, webhook] : directory.webhooks) add_webhook(webhook);
  }

  Things take() { return std::move(things_); }

 private:
  void add_user(const core::User& user) {
    Told& told = add_versioned("user", user);
    told.set("name", user.name);
    told.set("email", user.email);
    told.set("phone", user.phone);
    told.set("role_id", static_cast<std::int64_t>(user.role));
  }

  void add_tag(const core::Tag& tag) {
    Told& told = add_versioned("tag", tag);
    told.set("uuid", tag.uuid.to_string());
    told.set("tag", tag.label);
    told.set("color", tag.color);
  }

  void add_inbox(const core::Inbox& inbox) {
    Told& told = add_versioned("inbox", inbox);
    std::string phones;
    for (const auto& phone : inbox.phones) phones += (phones.empty() ? "" : " ") + phone;
    std::vector<std::int64_t> members;
    for (const auto member : inbox.members) members.push_back(member.value());
    told.set("name", inbox.name);
    told.set("phones", phones);
    told.set("members", members);
  }

  void add_key(const core::ApiKey& key) {
    Told& told = add("api_key", key.id, key.created);
    told.set("name", key.name);
    told.set("kind", std::string(core::to_string(key.kind)));
    told.set("revoked", key.revoked);
  }

  void add_secret(const core::ApiSecret& secret) {
    Told& told = things_[{.team = team_, .subject = "api_secret", .id = secret.id.to_string()}];
    told.created = secret.created;
    told.is_gone = secret.revoked;
    told.set("id", secret.id.to_string());
    told.set("name", secret.name);
  }

  void add_webhook(const core::Webhook& webhook) {
    Told& told = add("webhook", webhook.id, webhook.created);
    told.set("kind", std::string(core::to_string(webhook.kind)));
    told.set("url", webhook.url);
    told.set("events", core::names_of(webhook.events));
  }

  template <class Id>
  Told& add(std::string_view subject, Id id, core::Timestamp created) {
    Told& told = things_[{.team = team_, .subject = std::string(subject), .id = std::to_string(id.value())}];
    told.created = created;
    return told;
  }

  template <class Thing>
  Told& add_versioned(std::string_view subject, const Thing& thing) {
    Told& told = add(subject, thing.id, thing.created);
    told.rev = thing.rev;
    told.updated = thing.updated;
    return told;
  }

  const std::int64_t team_;
  Things things_;
};

/// An API secret has no number but 0; what it is called is among the changes.
std::string id_of(std::string_view subject, std::int64_t number, const std::vector<core::FieldChange>& changes) {
  if (subject != core::to_string(core::Subject::api_secret) || number != 0) return std::to_string(number);
  const auto named = std::ranges::find(changes, "id", &core::FieldChange::field);
  if (named == changes.end()) return "";
  const auto* before = std::get_if<std::string>(&named->from);
  const auto* after = std::get_if<std::string>(&named->to);
  return after ? *after : before ? *before : "";
}

void follow(Things& things, std::int64_t team, std::string subject, Execution& entry, const AddFinding& add) {
  const auto number = entry.integer();
  const auto rev = entry.integer();
  const auto at = entry.time();
  const bool is_removal = entry.text() == core::to_string(core::Operation::remove);
  const auto changes = wire::parse_changes(entry.text());
  auto id = id_of(subject, number, changes);
  const auto [place, is_new] = things.try_emplace({.team = team, .subject = std::move(subject), .id = std::move(id)});
  Told& told = place->second;
  if (is_new) told.created = at;
  if (rev != told.rev.value_or(0) + 1)
    add(place->first.text() + " has a gap in the change log at revision " + std::to_string(rev) + ".");
  told.rev = rev;
  told.updated = at;
  told.is_gone = is_removal;
  if (is_removal) return;
  for (const auto& change : changes) {
    if (change.field == "send_sample") continue;  // Asks for something to be done once; no row has it.
    told.set(change.field, change.to);
  }
}

Things told_by_log(Connection& connection, const AddFinding& add) {
  Statement statement(
      connection,
      "SELECT team, subject, subject_id, rev, at, operation, changes FROM change_log WHERE subject IN "
      "('team', 'user', 'custom_field', 'tag', 'inbox', 'api_key', 'api_secret', 'webhook') ORDER BY team, seq");
  Execution entry(statement);
  Things things;
  while (entry.next()) {
    const auto team = entry.integer();
    std::string subject(entry.text());
    try {
      follow(things, team, std::move(subject), entry, add);
    } catch (const SqliteError&) {
      throw;
    } catch (const std::runtime_error&) {
      // Whoever reads the log itself has said so.
    }
  }
  return things;
}

bool is_same(const Told& stored, const Told& told) {
  return stored.values == told.values && stored.created == told.created && stored.is_gone == told.is_gone &&
         (!stored.rev || stored.rev == told.rev) &&
         (stored.updated == core::Timestamp() || stored.updated == told.updated);
}

void check_teams(Connection& connection, const AddFinding& add) {
  for (const std::string table : {"user", "custom_field", "tag", "inbox", "list", "api_key", "api_secret", "webhook",
                                  "webhook_position", "last_given", "contact_count", "flushed"}) {
    Statement statement(connection,
                        "SELECT DISTINCT team FROM " + table + " WHERE team NOT IN (SELECT team FROM team)");
    Execution row(statement);
    while (row.next())
      add("The table " + table + " has rows of team " + std::to_string(row.integer()) + ", which is not there.");
  }
}

void check_digests(Connection& connection, const AddFinding& add) {
  Statement statement(connection,
                      "SELECT team, id FROM api_key WHERE length(digest) <> 64 OR digest GLOB '*[^0-9a-f]*'");
  Execution row(statement);
  while (row.next()) {
    const auto team = std::to_string(row.integer());
    add("The api key " + std::to_string(row.integer()) + " of team " + team + " has no digest.");
  }
}

}  // namespace

void check_directories(Connection& connection, const AddFinding& add) {
  check_teams(connection, add);
  check_digests(connection, add);
  Things stored;
  for (const auto& rows : read_teams(connection)) stored.merge(Stored(rows.directory).take());
  for (const auto& [name, told] : told_by_log(connection, add)) {
    const auto row = stored.extract(name);
    if (row.empty()) {
      if (!told.is_gone) add(name.text() + " is not deleted in the change log but has no row.");
    } else if (!is_same(row.mapped(), told)) {
      add(name.text() + " is not what the change log made it.");
    }
  }
  for (const auto& [name, told] : stored) add(name.text() + " is not in the change log.");
}

}  // namespace cardfile::store::sqlite
