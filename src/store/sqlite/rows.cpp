#include "store/sqlite/rows.h"

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "store/sqlite/place.h"
#include "wire/change_json.h"
#include "wire/columns.h"

namespace cardfile::store::sqlite {

const char* const kContactColumns =
    "contact.id, contact.uuid, contact.rev, contact.creator, contact.created, contact.updated, contact.first, "
    "contact.last, contact.display_name, contact.avatar, contact.assigned, contact.blocked, "
    "contact.unsubscribed_admin, contact.unsubscribed_contact, contact.custom, contact.tags, "
    "contact.email_suppressions, contact.channels, contact.notes";

std::string place_of(std::string_view team, std::string_view number) {
  return "(" + std::string(team) + " << " + std::to_string(kNumberBits) + " | " + std::string(number) + ")";
}

const char* const kEntryColumns = "seq, subject, subject_id, rev, at, operation, actor, request_id, changes";

namespace {

/// The one of `values` that is called `word`.
template <class Enum, std::size_t N>
Enum named(const Enum (&values)[N], std::string_view word) {
  for (const Enum value : values)
    if (core::to_string(value) == word) return value;
  throw std::runtime_error("A column holds a word that this format does not know.");
}

core::Subject subject_of(std::string_view word) {
  using enum core::Subject;
  return named<core::Subject>({contact, team, user, custom_field, tag, inbox, list, api_key, api_secret, webhook},
                              word);
}

core::Operation operation_of(std::string_view word) {
  using enum core::Operation;
  return named<core::Operation>({create, update, remove}, word);
}

core::KeyKind key_kind_of(std::string_view word) {
  using enum core::KeyKind;
  return named<core::KeyKind>({api, n8n}, word);
}

core::WebhookKind webhook_kind_of(std::string_view word) {
  using enum core::WebhookKind;
  return named<core::WebhookKind>({webhook, n8n_trigger}, word);
}

std::vector<core::EventType> events_of(core::WebhookKind kind, std::string_view column) {
  std::vector<core::EventType> events;
  for (const auto& word : wire::parse_texts_column(column)) {
    const auto event = core::parse_event(kind, word);
    if (!event) throw std::runtime_error("A column holds a word that this format does not know.");
    events.push_back(*event);
  }
  return events;
}

std::string events_column(const std::vector<core::EventType>& events) {
  std::vector<std::string> words;
  words.reserve(events.size());
  for (const auto event : events) words.emplace_back(core::to_string(event));
  return wire::texts_column(words);
}

core::User read_user(Execution& row) {
  core::User user;
  row.read(user.id);
  user.name = row.text();
  user.email = row.text();
  user.phone = row.text();
  user.role = static_cast<core::Role>(row.integer());
  user.created = row.time();
  user.updated = row.time();
  user.rev = row.integer();
  return user;
}

core::CustomField read_field(Execution& row) {
  core::CustomField field;
  row.read(field.id);
  field.title = row.text();
  field.created = row.time();
  return field;
}

core::Tag read_tag(Execution& row) {
  core::Tag tag;
  row.read(tag.id);
  tag.uuid = row.uuid();
  tag.label = row.text();
  tag.color = row.text();
  tag.rev = row.integer();
  tag.created = row.time();
  tag.updated = row.time();
  return tag;
}

core::Inbox read_inbox(Execution& row) {
  core::Inbox inbox;
  row.read(inbox.id);
  inbox.name = row.text();
  inbox.phones = wire::parse_texts_column(row.text());
  inbox.members = wire::parse_users_column(row.text());
  inbox.rev = row.integer();
  inbox.created = row.time();
  inbox.updated = row.time();
  return inbox;
}

core::List read_list(Execution& row) {
  core::List list;
  row.read(list.id);
  list.uuid = row.uuid();
  list.name = row.text();
  list.local_id = row.text();
  row.read(list.creator);
  list.size = row.integer();
  list.rev = row.integer();
  list.created = row.time();
  list.updated = row.time();
  return list;
}

core::ApiKey read_key(Execution& row) {
  core::ApiKey key;
  row.read(key.id);
  key.name = row.text();
  key.digest = row.text();
  key.created = row.time();
  key.revoked = row.boolean();
  key.kind = key_kind_of(row.text());
  return key;
}

core::ApiSecret read_secret(Execution& row) {
  core::ApiSecret secret;
  secret.id = row.uuid();
  secret.name = row.text();
  secret.sealed = row.text();
  secret.created = row.time();
  secret.revoked = row.boolean();
  return secret;
}

core::Webhook read_webhook(Execution& row) {
  core::Webhook webhook;
  row.read(webhook.id);
  webhook.kind = webhook_kind_of(row.text());
  webhook.url = row.text();
  webhook.events = events_of(webhook.kind, row.text());
  webhook.sealed_token = row.text();
  webhook.sealed_secret = row.text();
  webhook.created = row.time();
  return webhook;
}

core::Team read_team(Execution& row) {
  core::Team team;
  row.read(team.id);
  team.name = row.text();
  team.created = row.time();
  return team;
}

/// Reads the statements' rows of one team into a map by id.
template <class Id, class Row>
void read_into(std::map<Id, Row>& rows, Statement& statement, core::TeamId team, Row (*read)(Execution&)) {
  Execution execution(statement, team);
  while (execution.next()) {
    auto row = read(execution);
    const auto id = row.id;
    rows.emplace(id, std::move(row));
  }
}

/// The directory tables, and where the counters stand.
class TeamReader {
 public:
  explicit TeamReader(Connection& connection)
      : users_(connection, "SELECT id, name, email, phone, role, created, updated, rev FROM user WHERE team = ?"),
        fields_(connection, "SELECT id, title, created FROM custom_field WHERE team = ?"),
        tags_(connection, "SELECT id, uuid, label, color, rev, created, updated FROM tag WHERE team = ?"),
        inboxes_(connection, "SELECT id, name, phones, members, rev, created, updated FROM inbox WHERE team = ?"),
        lists_(connection,
               "SELECT id, uuid, name, local_id, creator, size, rev, created, updated FROM list WHERE team = ?"),
        keys_(connection, "SELECT id, name, digest, created, revoked, kind FROM api_key WHERE team = ?"),
        secrets_(connection, "SELECT id, name, sealed, created, revoked FROM api_secret WHERE team = ?"),
        webhooks_(connection, "SELECT id, kind, url, events, token, secret, created FROM webhook WHERE team = ?"),
        last_given_(connection, "SELECT contact, channel, tag, list, webhook FROM last_given WHERE team = ?"),
        last_entry_(connection,
                    "SELECT seq, at FROM change_log WHERE place BETWEEN ? AND ? ORDER BY place DESC LIMIT 1") {}

  TeamRows read(core::Team team) {
    TeamRows rows;
    read_into(rows.directory.users, users_, team.id, read_user);
    read_into(rows.directory.fields, fields_, team.id, read_field);
    read_into(rows.directory.tags, tags_, team.id, read_tag);
    read_into(rows.directory.inboxes, inboxes_, team.id, read_inbox);
    read_into(rows.directory.lists, lists_, team.id, read_list);
    read_into(rows.directory.keys, keys_, team.id, read_key);
    read_into(rows.directory.secrets, secrets_, team.id, read_secret);
    read_into(rows.directory.webhooks, webhooks_, team.id, read_webhook);
    if (Execution row(last_given_, team.id); row.next()) {
      row.read(rows.clock.contact);
      row.read(rows.clock.channel);
      row.read(rows.clock.tag);
      row.read(rows.clock.list);
      row.read(rows.clock.webhook);
    }
    if (Execution row(last_entry_, first_place_of(team.id), last_place_of(team.id)); row.next()) {
      rows.clock.seq = row.integer();
      rows.clock.updated = row.time();
    }
    rows.directory.team = std::move(team);
    return rows;
  }

 private:
  Statement users_;
  Statement fields_;
  Statement tags_;
  Statement inboxes_;
  Statement lists_;
  Statement keys_;
  Statement secrets_;
  Statement webhooks_;
  Statement last_given_;
  Statement last_entry_;
};

}  // namespace

core::Contact read_contact(Execution& row) {
  core::Contact contact;
  row.read(contact.id);
  contact.uuid = row.uuid();
  contact.rev = row.integer();
  row.read(contact.creator);
  contact.created = row.time();
  contact.updated = row.time();
  contact.first = row.text();
  contact.last = row.text();
  contact.display_name = row.text();
  contact.avatar = row.text();
  row.read(contact.assigned);
  contact.consent.blocked = row.boolean();
  contact.consent.unsubscribed_admin = row.boolean();
  contact.consent.unsubscribed_contact = row.boolean();
  contact.custom = wire::parse_custom_column(row.text());
  contact.tags = wire::parse_tags_column(row.text());
  contact.email_suppressions = wire::parse_email_suppressions_column(row.text());
  contact.channels = wire::parse_channels_column(row.text());
  contact.notes = wire::parse_notes_column(row.text());
  return contact;
}

core::ChangeEntry read_entry(Execution& row) {
  core::ChangeEntry entry;
  entry.seq = row.integer();
  entry.subject = subject_of(row.text());
  entry.subject_id = row.integer();
  entry.rev = row.integer();
  entry.at = row.time();
  entry.operation = operation_of(row.text());
  entry.actor = row.text();
  entry.request_id = row.uuid();
  entry.changes = wire::parse_changes(row.text());
  return entry;
}

std::vector<TeamRows> read_teams(Connection& connection) {
  Statement statement(connection, "SELECT team, name, created FROM team ORDER BY team");
  TeamReader reader(connection);
  std::vector<TeamRows> teams;
  Execution row(statement);
  while (row.next()) teams.push_back(reader.read(read_team(row)));
  return teams;
}

RowReader::RowReader(Connection& connection)
    : contact_(connection, std::string("SELECT ") + kContactColumns + " FROM contact WHERE place = ?"),
      id_of_uuid_(connection, "SELECT id FROM contact_uuid WHERE team = ? AND uuid = ?"),
      owner_(connection, "SELECT contact FROM address WHERE team = ? AND type = ? AND value = ?"),
      member_(connection, "SELECT 1 FROM list_member WHERE team = ? AND list = ? AND contact = ?"),
      members_(connection, "SELECT contact FROM list_member WHERE team = ? AND list = ? ORDER BY contact"),
      channels_of_members_(connection,
                           "SELECT contact.id, contact.channels FROM list_member AS member JOIN contact ON "
                           "contact.place = " +
                               place_of("member.team", "member.contact") +
                               " WHERE member.team = ? AND member.list = ? ORDER BY member.contact"),
      lists_(connection, "SELECT list FROM list_member WHERE team = ? AND contact = ? ORDER BY list"),
      changes_(connection, std::string("SELECT ") + kEntryColumns +
                               " FROM change_log WHERE place > ? AND place <= ? ORDER BY place LIMIT ?"),
      webhook_positions_(connection, "SELECT webhook, seq FROM webhook_position WHERE team = ?"),
      contact_count_(connection, "SELECT contacts FROM contact_count WHERE team = ?"),
      last_seq_(connection, "SELECT seq FROM change_log WHERE place BETWEEN ? AND ? ORDER BY place DESC LIMIT 1"),
      next_seq_(connection, "SELECT seq FROM change_log WHERE place > ? AND place <= ? ORDER BY place LIMIT 1"),
      flushed_seq_(connection, "SELECT seq FROM flushed WHERE team = ?") {}

std::optional<core::Contact> RowReader::contact(core::TeamId team, core::ContactId id) {
  Execution row(contact_, place_of(team, id));
  if (!row.next()) return std::nullopt;
  return read_contact(row);
}

std::optional<core::ContactId> RowReader::id_of(core::TeamId team, const core::ContactKey& key) {
  if (const auto* id = std::get_if<core::ContactId>(&key)) return *id;
  Execution row(id_of_uuid_, team, std::get<core::Uuid>(key));
  if (!row.next()) return std::nullopt;
  return row.id<core::ContactId>();
}

std::optional<core::ContactId> RowReader::owner_of(core::TeamId team, const core::Address& address) {
  Execution row(owner_, team, address.type, address.value);
  if (!row.next()) return std::nullopt;
  return row.id<core::ContactId>();
}

bool RowReader::is_member(core::TeamId team, core::ListId list, core::ContactId contact) {
  return Execution(member_, team, list, contact).next();
}

std::vector<core::ContactId> RowReader::members(core::TeamId team, core::ListId list) {
  std::vector<core::ContactId> contacts;
  Execution row(members_, team, list);
  while (row.next()) contacts.push_back(row.id<core::ContactId>());
  return contacts;
}

std::vector<core::ContactId> RowReader::members_with_phone(core::TeamId team, core::ListId list) {
  std::vector<core::ContactId> contacts;
  Execution row(channels_of_members_, team, list);
  while (row.next()) {
    core::Contact contact;
    row.read(contact.id);
    contact.channels = wire::parse_channels_column(row.text());
    if (!contact.phone().empty()) contacts.push_back(contact.id);
  }
  return contacts;
}

std::vector<core::ListId> RowReader::lists_of(core::TeamId team, core::ContactId contact) {
  std::vector<core::ListId> lists;
  Execution row(lists_, team, contact);
  while (row.next()) lists.push_back(row.id<core::ListId>());
  return lists;
}

std::vector<core::ChangeEntry> RowReader::changes(core::TeamId team, std::int64_t after_seq, std::size_t limit,
                                                  std::size_t bytes_max) {
  std::vector<core::ChangeEntry> entries;
  std::size_t bytes = 0;
  Execution row(changes_, place_of(team, after_seq), last_place_of(team), static_cast<std::int64_t>(limit));
  while (bytes < bytes_max && row.next()) {
    entries.push_back(read_entry(row));
    bytes += core::size_of(entries.back());
  }
  return entries;
}

std::map<core::WebhookId, std::int64_t> RowReader::webhook_positions(core::TeamId team) {
  std::map<core::WebhookId, std::int64_t> positions;
  Execution row(webhook_positions_, team);
  while (row.next()) {
    const auto webhook = row.id<core::WebhookId>();
    positions.emplace(webhook, row.integer());
  }
  return positions;
}

std::int64_t RowReader::contact_count(core::TeamId team) {
  Execution row(contact_count_, team);
  return row.next() ? row.integer() : 0;
}

std::optional<std::int64_t> RowReader::next_seq(core::TeamId team, std::int64_t seq) {
  Execution row(next_seq_, place_of(team, seq), last_place_of(team));
  return row.next() ? std::optional(row.integer()) : std::nullopt;
}

std::int64_t RowReader::last_seq(core::TeamId team) {
  Execution row(last_seq_, first_place_of(team), last_place_of(team));
  return row.next() ? row.integer() : 0;
}

std::int64_t RowReader::flushed_seq(core::TeamId team) {
  Execution row(flushed_seq_, team);
  return row.next() ? row.integer() : 0;
}

RowWriter::RowWriter(Connection& connection)
    : connection_(connection),
      insert_contact_(
          connection,
          "INSERT INTO contact (place, uuid, rev, creator, created, updated, first, last, display_name, "
          "avatar, assigned, blocked, unsubscribed_admin, unsubscribed_contact, custom, tags, "
          "email_suppressions, channels, notes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      update_contact_(
          connection,
          "UPDATE contact SET rev = ?, updated = ?, first = ?, last = ?, display_name = ?, avatar = ?, "
          "assigned = ?, blocked = ?, unsubscribed_admin = ?, unsubscribed_contact = ?, custom = ?, tags = ?, "
          "email_suppressions = ?, channels = ?, notes = ? WHERE place = ?"),
      delete_contact_(connection, "DELETE FROM contact WHERE place = ?"),
      insert_uuid_(connection, "INSERT INTO contact_uuid (team, uuid, id) VALUES (?, ?, ?)"),
      delete_uuid_(connection, "DELETE FROM contact_uuid WHERE team = ? AND uuid = ?"),
      insert_address_(connection, "INSERT INTO address (team, type, value, contact) VALUES (?, ?, ?, ?)"),
      delete_address_(connection, "DELETE FROM address WHERE team = ? AND type = ? AND value = ?"),
      append_entry_(
          connection,
          "INSERT INTO change_log (place, subject, subject_id, rev, at, operation, actor, request_id, changes) "
          "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      save_last_given_(
          connection,
          "INSERT OR REPLACE INTO last_given (team, contact, channel, tag, list, webhook) VALUES (?, ?, ?, ?, ?, ?)"),
      save_team_(connection, "INSERT OR REPLACE INTO team (team, name, created) VALUES (?, ?, ?)"),
      save_user_(connection,
                 "INSERT OR REPLACE INTO user (team, id, name, email, phone, role, created, updated, rev) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      save_field_(connection, "INSERT OR REPLACE INTO custom_field (team, id, title, created) VALUES (?, ?, ?, ?)"),
      save_tag_(connection,
                "INSERT OR REPLACE INTO tag (team, id, uuid, label, color, rev, created, updated) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      delete_tag_(connection, "DELETE FROM tag WHERE team = ? AND id = ?"),
      save_inbox_(connection,
                  "INSERT OR REPLACE INTO inbox (team, id, name, phones, members, rev, created, updated) "
                  "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      save_list_(connection,
                 "INSERT OR REPLACE INTO list (team, id, uuid, name, local_id, creator, size, rev, created, updated) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
      delete_list_(connection, "DELETE FROM list WHERE team = ? AND id = ?"),
      insert_member_(connection, "INSERT INTO list_member (team, list, contact) VALUES (?, ?, ?)"),
      delete_member_(connection, "DELETE FROM list_member WHERE team = ? AND list = ? AND contact = ?"),
      save_key_(connection,
                "INSERT OR REPLACE INTO api_key (team, id, name, digest, created, revoked, kind) VALUES (?, ?, ?, ?, "
                "?, ?, ?)"),
      save_secret_(connection,
                   "INSERT OR REPLACE INTO api_secret (team, id, name, sealed, created, revoked) "
                   "VALUES (?, ?, ?, ?, ?, ?)"),
      save_webhook_(connection,
                    "INSERT OR REPLACE INTO webhook (team, id, kind, url, events, token, secret, created) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
      delete_webhook_(connection, "DELETE FROM webhook WHERE team = ? AND id = ?"),
      save_webhook_position_(connection,
                             "INSERT OR REPLACE INTO webhook_position (team, webhook, seq) VALUES (?, ?, ?)"),
      delete_webhook_position_(connection, "DELETE FROM webhook_position WHERE team = ? AND webhook = ?"),
      add_to_contact_count_(connection,
                            "INSERT INTO contact_count (team, contacts) VALUES (?, ?) "
                            "ON CONFLICT (team) DO UPDATE SET contacts = contacts + excluded.contacts"),
      save_flushed_seq_(connection, "INSERT OR REPLACE INTO flushed (team, seq) VALUES (?, ?)") {}

void RowWriter::save(core::TeamId team, const core::ContactChange& change) {
  const auto [released, taken] = core::address_changes(change);
  for (const auto& address : released) run(delete_address_, team, address.type, address.value);
  if (change.before && change.after) update(team, *change.after);
  if (change.before && !change.after) remove(team, *change.before);
  if (!change.before && change.after) insert(team, *change.after);
  for (const auto& address : taken) run(insert_address_, team, address.type, address.value, change.after->id);
}

void RowWriter::update(core::TeamId team, const core::Contact& contact) {
  const auto custom = wire::custom_column(contact.custom);
  const auto tags = wire::tags_column(contact.tags);
  const auto suppressions = wire::email_suppressions_column(contact.email_suppressions);
  const auto channels = wire::channels_column(contact.channels);
  const auto notes = wire::notes_column(contact.notes);
  run(update_contact_, contact.rev, contact.updated, TextOrNull{contact.first}, TextOrNull{contact.last},
      TextOrNull{contact.display_name}, TextOrNull{contact.avatar}, contact.assigned, contact.consent.blocked,
      contact.consent.unsubscribed_admin, contact.consent.unsubscribed_contact, TextOrNull{custom}, TextOrNull{tags},
      TextOrNull{suppressions}, TextOrNull{channels}, TextOrNull{notes}, place_of(team, contact.id));
  // Only contacts that are there are updated: that the row is gone means that the tables contradict themselves.
  if (connection_.rows_changed() != 1) throw std::logic_error("An update of a contact found no row.");
}

void RowWriter::save(core::TeamId team, const core::DirectoryChange& change) {
  std::visit([&](const auto& row) { save_row(team, row); }, change);
}

void RowWriter::save(core::TeamId team, const core::MembershipChange& change) {
  for (const auto contact : change.removed) run(delete_member_, team, change.list, contact);
  for (const auto contact : change.added) run(insert_member_, team, change.list, contact);
}

void RowWriter::save(core::TeamId team, const core::WebhookPosition& position) {
  run(save_webhook_position_, team, position.webhook, position.seq);
}

void RowWriter::save_last_given(core::TeamId team, const core::TeamClock& clock) {
  run(save_last_given_, team, clock.contact, clock.channel, clock.tag, clock.list, clock.webhook);
}

void RowWriter::append(core::TeamId team, const core::ChangeEntry& entry) {
  const auto changes = wire::changes_to_json(entry.changes);
  run(append_entry_, place_of(team, entry.seq), core::to_string(entry.subject), entry.subject_id, entry.rev, entry.at,
      core::to_string(entry.operation), entry.actor, entry.request_id, changes);
}

void RowWriter::add_to_contact_count(core::TeamId team, std::int64_t more) { run(add_to_contact_count_, team, more); }

void RowWriter::save_flushed_seq(core::TeamId team, std::int64_t seq) { run(save_flushed_seq_, team, seq); }

void RowWriter::insert(core::TeamId team, const core::Contact& contact) {
  const auto custom = wire::custom_column(contact.custom);
  const auto tags = wire::tags_column(contact.tags);
  const auto suppressions = wire::email_suppressions_column(contact.email_suppressions);
  const auto channels = wire::channels_column(contact.channels);
  const auto notes = wire::notes_column(contact.notes);
  run(insert_contact_, place_of(team, contact.id), contact.uuid, contact.rev, contact.creator, contact.created,
      contact.updated, TextOrNull{contact.first}, TextOrNull{contact.last}, TextOrNull{contact.display_name},
      TextOrNull{contact.avatar}, contact.assigned, contact.consent.blocked, contact.consent.unsubscribed_admin,
      contact.consent.unsubscribed_contact, TextOrNull{custom}, TextOrNull{tags}, TextOrNull{suppressions},
      TextOrNull{channels}, TextOrNull{notes});
  run(insert_uuid_, team, contact.uuid, contact.id);
}

void RowWriter::remove(core::TeamId team, const core::Contact& contact) {
  run(delete_contact_, place_of(team, contact.id));
  run(delete_uuid_, team, contact.uuid);
}

void RowWriter::save_row(core::TeamId, const core::Team& row) { run(save_team_, row.id, row.name, row.created); }

void RowWriter::save_row(core::TeamId team, const core::User& row) {
  run(save_user_, team, row.id, TextOrNull{row.name}, TextOrNull{row.email}, TextOrNull{row.phone},
      static_cast<std::int64_t>(row.role), row.created, row.updated, row.rev);
}

void RowWriter::save_row(core::TeamId team, const core::CustomField& row) {
  run(save_field_, team, row.id, row.title, row.created);
}

void RowWriter::save_row(core::TeamId team, const core::Tag& row) {
  run(save_tag_, team, row.id, row.uuid, row.label, row.color, row.rev, row.created, row.updated);
}

void RowWriter::save_row(core::TeamId team, const core::TagRemoval& row) { run(delete_tag_, team, row.id); }

void RowWriter::save_row(core::TeamId team, const core::Inbox& row) {
  const auto phones = wire::texts_column(row.phones);
  const auto members = wire::users_column(row.members);
  run(save_inbox_, team, row.id, row.name, TextOrNull{phones}, TextOrNull{members}, row.rev, row.created, row.updated);
}

void RowWriter::save_row(core::TeamId team, const core::List& row) {
  run(save_list_, team, row.id, row.uuid, row.name, TextOrNull{row.local_id}, row.creator, row.size, row.rev,
      row.created, row.updated);
}

void RowWriter::save_row(core::TeamId team, const core::ListRemoval& row) { run(delete_list_, team, row.id); }

void RowWriter::save_row(core::TeamId team, const core::ApiKey& row) {
  run(save_key_, team, row.id, row.name, row.digest, row.created, row.revoked, core::to_string(row.kind));
}

void RowWriter::save_row(core::TeamId team, const core::ApiSecret& row) {
  run(save_secret_, team, row.id, row.name, TextOrNull{row.sealed}, row.created, row.revoked);
}

void RowWriter::save_row(core::TeamId team, const core::Webhook& row) {
  const auto events = events_column(row.events);
  run(save_webhook_, team, row.id, core::to_string(row.kind), row.url, events, TextOrNull{row.sealed_token},
      TextOrNull{row.sealed_secret}, row.created);
}

void RowWriter::save_row(core::TeamId team, const core::WebhookRemoval& row) {
  run(delete_webhook_, team, row.id);
  run(delete_webhook_position_, team, row.id);
}

}  // namespace cardfile::store::sqlite
