#include "store/sqlite/check.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <new>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/change.h"
#include "core/replay.h"
#include "store/sqlite/check_directory.h"
#include "store/sqlite/page_check.h"
#include "store/sqlite/place.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/search_check.h"
#include "store/sqlite/view.h"
#include "wire/change_json.h"

namespace cardfile::store::sqlite {
namespace {

constexpr std::size_t kFindingsMax = 1'000;  // A store that is broken all over need not list all of it.
constexpr std::size_t kDamagedPagesMax = 100;
constexpr std::int64_t kRowsPerProgress = 10'000;

/// A contact, named without personal data.
struct ContactName {
  std::int64_t team = 0;
  std::int64_t id = 0;

  std::string text() const { return "Contact " + std::to_string(id) + " of team " + std::to_string(team); }
  friend auto operator<=>(const ContactName&, const ContactName&) = default;
};

/// Gathers findings and tells the progress.
class Report {
 public:
  Report(CheckReport& report, const Progress& progress, std::int64_t total)
      : report_(report), progress_(progress), total_(total) {}

  void add(std::string finding) {
    if (report_.findings.size() < kFindingsMax) report_.findings.push_back(std::move(finding));
  }

  void advance(std::int64_t rows = 1) {
    const auto told = done_ / kRowsPerProgress;
    done_ = std::min(done_ + rows, total_);
    if (progress_ && done_ / kRowsPerProgress != told) progress_(done_, total_);
  }

  void finish() {
    if (progress_) progress_(total_, total_);
  }

 private:
  CheckReport& report_;
  const Progress& progress_;
  const std::int64_t total_;
  std::int64_t done_ = 0;
};

/// The largest ids that a team's rows and entries mention.
struct LargestIds {
  std::int64_t contact = 0;
  std::int64_t channel = 0;
  std::int64_t tag = 0;
  std::int64_t list = 0;
  std::int64_t webhook = 0;
};
using LargestIdsByTeam = std::map<std::int64_t, LargestIds>;

/// SQLite's own look at pages, trees and the indexes it keeps itself.
void check_pages(Connection& connection, Report& report) {
  Statement statement(connection, "PRAGMA integrity_check");
  Execution row(statement);
  while (row.next())
    if (const auto line = row.text(); line != "ok") report.add("SQLite's integrity check says: " + std::string(line));
}

/// Pages against their checksums: whatever the disk has changed, in whatever column.
void check_checksums(Connection& connection, Report& report) {
  const auto damaged = damaged_pages(connection, kDamagedPagesMax);
  for (const std::int64_t page : damaged)
    report.add("Page " + std::to_string(page) + " of cardfile.db is not what was written there.");
  if (damaged.size() == kDamagedPagesMax) report.add("More pages than these may be damaged.");
}

/// Contacts against the two indexes that the engine keeps.
class ContactCheck {
 public:
  ContactCheck(Connection& connection, Report& report, LargestIdsByTeam& largest)
      : connection_(connection),
        report_(report),
        largest_(largest),
        rows_(connection),
        uuid_(connection, "SELECT id FROM contact_uuid WHERE team = ? AND uuid = ?") {}

  void check() {
    check_rows();
    check_uuid_index();
    // Every address of a row is in the index; if the index has as many, it has no others.
    if (connection_.integer("SELECT count(*) FROM address") != addresses_) check_address_index();
  }

 private:
  void check_rows() {
    Statement statement(connection_,
                        std::string("SELECT team, id, ") + kContactColumns + " FROM contact ORDER BY place");
    Execution row(statement);
    while (row.next()) {
      ContactName name{.team = row.integer(), .id = row.integer()};
      check_row(name, row);
      report_.advance();
    }
  }

  void check_row(const ContactName& name, Execution& row) {
    auto& largest = largest_[name.team];
    largest.contact = std::max(largest.contact, name.id);
    try {
      const auto contact = read_contact(row);
      for (const auto& channel : contact.channels) largest.channel = std::max(largest.channel, channel.id.value());
      check_uuid(name, contact);
      check_addresses(name, contact);
    } catch (const SqliteError&) {
      throw;
    } catch (const std::runtime_error&) {
      report_.add(name.text() + " cannot be decoded.");
    }
  }

  void check_uuid(const ContactName& name, const core::Contact& contact) {
    Execution owner(uuid_, name.team, contact.uuid);
    if (!owner.next() || owner.integer() != name.id) report_.add(name.text() + " is not found by its UUID.");
  }

  void check_addresses(const ContactName& name, const core::Contact& contact) {
    for (const auto& address : addresses_of(contact)) {
      ++addresses_;
      if (rows_.owner_of(core::TeamId(name.team), address) != contact.id)
        report_.add(name.text() + " is not found by one of its addresses.");
    }
  }

  void check_uuid_index() {
    Statement statement(
        connection_,
        "SELECT team, id FROM contact_uuid AS named WHERE NOT EXISTS (SELECT 1 FROM contact WHERE contact.place = " +
            place_of("named.team", "named.id") + " AND contact.uuid = named.uuid)");
    Execution row(statement);
    while (row.next()) {
      const ContactName name{.team = row.integer(), .id = row.integer()};
      report_.add(name.text() + " is in the index of UUIDs under one that it does not have.");
    }
  }

  void check_address_index() {
    Statement statement(connection_, "SELECT team, contact, type, value FROM address");
    Execution row(statement);
    while (row.next()) {
      const ContactName name{.team = row.integer(), .id = row.integer()};
      const core::Address address{.type = std::string(row.text()), .value = std::string(row.text())};
      if (!has(name, address))
        report_.add(name.text() + " is in the index of addresses under one that it does not have.");
    }
  }

  bool has(const ContactName& name, const core::Address& address) {
    try {
      const auto contact = rows_.contact(core::TeamId(name.team), core::ContactId(name.id));
      return contact && addresses_of(*contact).contains(address);
    } catch (const SqliteError&) {
      throw;
    } catch (const std::runtime_error&) {
      return true;  // It was found already that the row cannot be decoded.
    }
  }

  static std::set<core::Address> addresses_of(const core::Contact& contact) {
    std::set<core::Address> addresses;
    for (const auto& channel : contact.channels) addresses.insert(channel.address());
    return addresses;
  }

  Connection& connection_;
  Report& report_;
  LargestIdsByTeam& largest_;
  RowReader rows_;
  Statement uuid_;
  std::int64_t addresses_ = 0;
};

/// The change log of each team as a sequence: seq without a gap from 1 on, time rising strictly, every entry readable.
class LogCheck {
 public:
  LogCheck(Connection& connection, Report& report, LargestIdsByTeam& largest)
      : report_(report),
        largest_(largest),
        statement_(connection,
                   std::string("SELECT team, seq, at, ") + kEntryColumns + " FROM change_log ORDER BY place") {}

  void check() {
    Execution row(statement_);
    while (row.next()) {
      const auto team = row.integer();
      const auto seq = row.integer();
      begin_entry(team, seq, row.time());
      check_entry(row);
      report_.advance();
    }
  }

 private:
  void begin_entry(std::int64_t team, std::int64_t seq, core::Timestamp at) {
    const bool first = team != team_;
    if (seq != (first ? 1 : seq_ + 1))
      report_.add("The change log of team " + std::to_string(team) + " has a gap before entry " + std::to_string(seq) +
                  ".");
    if (!first && at <= at_)
      report_.add("Entry " + std::to_string(seq) + " of the change log of team " + std::to_string(team) +
                  " is not later than the one before it.");
    team_ = team;
    seq_ = seq;
    at_ = at;
  }

  void check_entry(Execution& row) {
    try {
      note_ids(read_entry(row));
    } catch (const SqliteError&) {
      throw;
    } catch (const std::runtime_error&) {
      report_.add("Entry " + std::to_string(seq_) + " of the change log of team " + std::to_string(team_) +
                  " cannot be decoded.");
    }
  }

  void note_ids(const core::ChangeEntry& entry) {
    auto& largest = largest_[team_];
    if (entry.subject == core::Subject::tag) largest.tag = std::max(largest.tag, entry.subject_id);
    if (entry.subject == core::Subject::list) largest.list = std::max(largest.list, entry.subject_id);
    if (entry.subject == core::Subject::webhook) largest.webhook = std::max(largest.webhook, entry.subject_id);
    if (entry.subject != core::Subject::contact) return;
    largest.contact = std::max(largest.contact, entry.subject_id);
    for (const auto& change : entry.changes) {
      const auto* channels = std::get_if<std::vector<core::Channel>>(&change.to);
      if (!channels) continue;
      for (const auto& channel : *channels) largest.channel = std::max(largest.channel, channel.id.value());
    }
  }

  Report& report_;
  LargestIdsByTeam& largest_;
  Statement statement_;
  std::int64_t team_ = 0;
  std::int64_t seq_ = 0;
  core::Timestamp at_;
};

/// What the log says of a contact, after one entry of it and finally after all of them.
struct History {
  ContactName name;
  std::int64_t rev = 0;
  core::Timestamp at;
  bool deleted = true;
  bool readable = true;   // All of its entries could be decoded.
  core::Contact contact;  // Replayed.
};

/// The log and the contacts as they are, both in the order of contacts and side by side.
class HistoryCheck {
 public:
  HistoryCheck(Connection& connection, const View& view, Report& report)
      : view_(view),
        report_(report),
        entries_statement_(connection,
                           "SELECT team, subject_id, rev, at, operation, changes FROM change_log "
                           "WHERE subject = 'contact' ORDER BY team, subject_id, place"),
        contacts_statement_(connection, std::string("SELECT team, id, rev, updated, ") + kContactColumns +
                                            " FROM contact ORDER BY place"),
        entries_(entries_statement_),
        contacts_(contacts_statement_) {}

  void check() {
    next_contact();
    History history;
    while (entries_.next()) {
      const ContactName name{.team = entries_.integer(), .id = entries_.integer()};
      if (name != history.name) {
        compare_with_row(history);
        history = {};
        history.name = name;
      }
      follow(history);
      report_.advance();
    }
    compare_with_row(history);
    for (; has_contact_; next_contact()) report_.add(name_.text() + " is not in the change log.");
  }

 private:
  void next_contact() {
    has_contact_ = contacts_.next();
    if (!has_contact_) return;
    name_ = {.team = contacts_.integer(), .id = contacts_.integer()};
    rev_ = contacts_.integer();
    updated_ = contacts_.time();
    contact_.reset();
    try {
      contact_ = read_contact(contacts_);
    } catch (const SqliteError&) {
      throw;
    } catch (const std::runtime_error&) {
      // ContactCheck has said so.
    }
    if (const auto newest = view_.newer(core::TeamId(name_.team), core::ContactId(name_.id))) {
      rev_ = newest->rev;
      updated_ = newest->updated;
      contact_ = *newest;
    }
    report_.advance();
  }

  /// Takes in the entry at hand. A chosen id may be given again after its contact was deleted, and begins at 1 then.
  void follow(History& history) {
    const auto rev = entries_.integer();
    history.at = entries_.time();
    const auto operation = operation_of(entries_.text());
    const bool creates = operation == core::Operation::create;
    const auto expected = creates ? 1 : history.rev + 1;
    if (rev != expected || creates != history.deleted)
      report_.add(history.name.text() + " has a gap in the change log at revision " + std::to_string(rev) + ".");
    history.rev = rev;
    history.deleted = operation == core::Operation::remove;
    replay(history, operation);
  }

  /// An unknown one, of which LogCheck has said so, may have been an update.
  static core::Operation operation_of(std::string_view text) {
    if (text == core::to_string(core::Operation::create)) return core::Operation::create;
    return text == core::to_string(core::Operation::remove) ? core::Operation::remove : core::Operation::update;
  }

  void replay(History& history, core::Operation operation) {
    try {
      if (operation == core::Operation::create) history.contact = {};
      const core::ChangeEntry entry{.subject_id = history.name.id,
                                    .rev = history.rev,
                                    .at = history.at,
                                    .operation = operation,
                                    .actor = {},
                                    .request_id = {},
                                    .changes = wire::parse_changes(entries_.text())};
      if (!core::apply(history.contact, entry) && history.readable)
        report_.add(history.name.text() + " was something else before revision " + std::to_string(history.rev) +
                    " than the change log says.");
    } catch (const SqliteError&) {
      throw;
    } catch (const std::runtime_error&) {
      history.readable = false;  // LogCheck has said so.
    }
  }

  void compare_with_row(const History& history) {
    for (; has_contact_ && name_ < history.name; next_contact())
      report_.add(name_.text() + " is not in the change log.");
    const bool has_row = has_contact_ && name_ == history.name;
    if (has_row == history.deleted)
      report_.add(history.name.text() + (has_row ? " is deleted in the change log but still has a row."
                                                 : " is not deleted in the change log but has no row."));
    if (!has_row) return;
    if (!history.deleted) compare_with_row_that_lives(history);
    next_contact();
  }

  void compare_with_row_that_lives(const History& history) {
    if (rev_ != history.rev)
      report_.add(name_.text() + " has revision " + std::to_string(rev_) + ", and its last change has " +
                  std::to_string(history.rev) + ".");
    if (updated_ != history.at) report_.add(name_.text() + " was not updated at the time of its last change.");
    if (contact_ && history.readable && !same_but_for_revision(history.contact, *contact_))
      report_.add(name_.text() + " is not what the change log made it.");
  }

  static bool same_but_for_revision(core::Contact replayed, const core::Contact& stored) {
    replayed.rev = stored.rev;
    replayed.updated = stored.updated;
    return replayed == stored;
  }

  const View& view_;
  Report& report_;
  Statement entries_statement_;
  Statement contacts_statement_;
  Execution entries_;
  Execution contacts_;

  // The row at hand.
  bool has_contact_ = false;
  ContactName name_;
  std::int64_t rev_ = 0;
  core::Timestamp updated_;
  std::optional<core::Contact> contact_;  // None when it cannot be decoded.
};

/// A list, named without its title.
struct ListName {
  std::int64_t team = 0;
  std::int64_t id = 0;

  std::string text() const { return "List " + std::to_string(id) + " of team " + std::to_string(team); }
  friend auto operator<=>(const ListName&, const ListName&) = default;
};

/// What the log says of a list, after one entry of it and finally after all of them.
struct ListHistory {
  ListName name;
  std::int64_t rev = 0;
  core::Timestamp created;
  core::Timestamp at;
  bool deleted = true;
  std::map<std::string, std::string> texts;
  std::set<std::int64_t> contacts;

  void follow(const core::FieldChange& change) {
    if (const auto* came = std::get_if<std::vector<std::int64_t>>(&change.to))
      contacts.insert(came->begin(), came->end());
    if (const auto* left = std::get_if<std::vector<std::int64_t>>(&change.from))
      for (const auto contact : *left) contacts.erase(contact);
    if (const auto* value = std::get_if<std::string>(&change.to)) texts[change.field] = *value;
  }
};

/// Lists against who is in them, and both against the change log.
class ListCheck {
 public:
  ListCheck(Connection& connection, Report& report)
      : connection_(connection),
        report_(report),
        list_(connection,
              "SELECT name, local_id, size, rev, updated, created, uuid FROM list WHERE team = ? AND id = ?"),
        members_(connection, "SELECT contact FROM list_member WHERE team = ? AND list = ?") {}

  void check() {
    check_histories();
    check_lists_without_history();
    check_contacts();
  }

 private:
  void check_histories() {
    Statement statement(connection_,
                        "SELECT team, subject_id, rev, at, operation, changes FROM change_log "
                        "WHERE subject = 'list' ORDER BY team, subject_id, place");
    Execution entry(statement);
    ListHistory history;
    while (entry.next()) {
      const ListName name{.team = entry.integer(), .id = entry.integer()};
      if (name != history.name) {
        compare_with_rows(history);
        history = {};
        history.name = name;
      }
      follow(history, entry);
    }
    compare_with_rows(history);
  }

  void follow(ListHistory& history, Execution& entry) {
    const auto rev = entry.integer();
    history.at = entry.time();
    if (history.rev == 0) history.created = history.at;
    history.deleted = entry.text() == core::to_string(core::Operation::remove);
    if (rev != history.rev + 1)
      report_.add(history.name.text() + " has a gap in the change log at revision " + std::to_string(rev) + ".");
    history.rev = rev;
    try {
      for (const auto& change : wire::parse_changes(entry.text())) history.follow(change);
    } catch (const std::runtime_error&) {
      // LogCheck has said so.
    }
  }

  void compare_with_rows(const ListHistory& history) {
    if (history.name.id == 0) return;  // There is none yet.
    known_.insert(history.name);
    const auto told = history.name.text();
    const auto members = members_of(history.name);
    if (members != history.contacts) report_.add(told + " does not have the contacts that the change log gave it.");
    Execution row(list_, history.name.team, history.name.id);
    const bool has_row = row.next();
    if (has_row == history.deleted)
      report_.add(told + (has_row ? " is deleted in the change log but still has a row."
                                  : " is not deleted in the change log but has no row."));
    if (!has_row || history.deleted) return;
    const std::string name(row.text());
    const std::string local_id(row.text());
    if (row.integer() != static_cast<std::int64_t>(members.size()))
      report_.add(told + " does not have as many contacts as it says.");
    const bool same_texts = text_of(history, "name") == name && text_of(history, "local_id") == local_id;
    if (!same_texts || row.integer() != history.rev || row.time() != history.at || row.time() != history.created ||
        row.uuid() != core::Uuid::parse(text_of(history, "uuid")).value_or(core::Uuid()))
      report_.add(told + " is not what the change log made it.");
  }

  static std::string text_of(const ListHistory& history, const std::string& field) {
    const auto found = history.texts.find(field);
    return found == history.texts.end() ? std::string() : found->second;
  }

  std::set<std::int64_t> members_of(const ListName& name) {
    std::set<std::int64_t> members;
    Execution row(members_, name.team, name.id);
    while (row.next()) members.insert(row.integer());
    return members;
  }

  void check_lists_without_history() {
    Statement statement(connection_, "SELECT team, id FROM list UNION SELECT team, list FROM list_member");
    Execution row(statement);
    while (row.next()) {
      const ListName name{.team = row.integer(), .id = row.integer()};
      if (!known_.contains(name)) report_.add(name.text() + " is not in the change log.");
    }
  }

  void check_contacts() {
    Statement statement(connection_,
                        "SELECT team, list, contact FROM list_member AS member WHERE NOT EXISTS (SELECT 1 FROM contact "
                        "WHERE contact.place = " +
                            place_of("member.team", "member.contact") + ")");
    Execution row(statement);
    while (row.next()) {
      const ListName name{.team = row.integer(), .id = row.integer()};
      report_.add(name.text() + " has contact " + std::to_string(row.integer()) + ", which is not there.");
    }
  }

  Connection& connection_;
  Report& report_;
  Statement list_;
  Statement members_;
  std::set<ListName> known_;  // That the log tells of.
};

/// What rows refer to is there.
void check_references(Connection& connection, Report& report) {
  Statement statement(connection,
                      "SELECT team, id FROM contact WHERE assigned <> 0 AND NOT EXISTS "
                      "(SELECT 1 FROM user WHERE user.team = contact.team AND user.id = contact.assigned)");
  Execution row(statement);
  while (row.next()) {
    const ContactName name{.team = row.integer(), .id = row.integer()};
    report.add(name.text() + " is assigned to a user that the team does not have.");
  }
}

void check_counters(Connection& connection, Report& report, const LargestIdsByTeam& largest) {
  Statement statement(connection, "SELECT contact, channel, tag, list, webhook FROM last_given WHERE team = ?");
  for (const auto& [team, ids] : largest) {
    Execution row(statement, team);
    const bool found = row.next();
    const auto told = "Team " + std::to_string(team);
    if ((found ? row.integer() : 0) < ids.contact) report.add(told + " may give the id of a contact twice.");
    if ((found ? row.integer() : 0) < ids.channel) report.add(told + " may give the id of a channel twice.");
    if ((found ? row.integer() : 0) < ids.tag) report.add(told + " may give the id of a tag twice.");
    if ((found ? row.integer() : 0) < ids.list) report.add(told + " may give the id of a list twice.");
    if ((found ? row.integer() : 0) < ids.webhook) report.add(told + " may give the id of a webhook twice.");
  }
}

void check_contact_counts(Connection& connection, Report& report) {
  Statement statement(connection,
                      "SELECT team, (SELECT contacts FROM contact_count WHERE contact_count.team = team.team), "
                      "(SELECT count(*) FROM contact WHERE contact.team = team.team) FROM team");
  Execution row(statement);
  while (row.next()) {
    const auto team = row.integer();
    const auto counted = row.integer();
    const auto stored = row.integer();
    if (counted != stored)
      report.add("Team " + std::to_string(team) + " has " + std::to_string(stored) +
                 " contacts, and its counter says " + std::to_string(counted) + ".");
  }
}

/// In SQL: the last entry of the change log of the team in that column; 0 when there is none.
std::string last_seq_of(const std::string& team) {
  const auto number_max = std::to_string(core::kContactIdMax);
  return "(SELECT coalesce(max(place), 0) & " + number_max + " FROM change_log WHERE place BETWEEN " +
         place_of(team, "0") + " AND " + place_of(team, number_max) + ")";
}

void check_flushed(Connection& connection, Report& report) {
  Statement statement(connection, "SELECT team FROM flushed WHERE seq > " + last_seq_of("flushed.team"));
  Execution row(statement);
  while (row.next())
    report.add("The rows of team " + std::to_string(row.integer()) + " are said to be ahead of its change log.");
}

/// Each webhook has a place in the change log of its team, and nobody else has.
void check_webhook_positions(Connection& connection, Report& report) {
  Statement misplaced(
      connection,
      "SELECT webhook.team, webhook.id FROM webhook LEFT JOIN webhook_position AS place ON place.team = "
      "webhook.team AND place.webhook = webhook.id WHERE place.seq IS NULL OR place.seq < 0 OR place.seq > " +
          last_seq_of("webhook.team"));
  Execution webhook(misplaced);
  while (webhook.next()) {
    const auto team = std::to_string(webhook.integer());
    report.add("Webhook " + std::to_string(webhook.integer()) + " of team " + team +
               " has no place in the change log.");
  }
  Statement left_over(
      connection,
      "SELECT team, webhook FROM webhook_position AS place WHERE NOT EXISTS (SELECT 1 FROM webhook WHERE "
      "webhook.team = place.team AND webhook.id = place.webhook)");
  Execution place(left_over);
  while (place.next()) {
    const auto team = std::to_string(place.integer());
    report.add("The place of webhook " + std::to_string(place.integer()) + " of team " + team +
               " in the change log is kept, but there is no such webhook.");
  }
}

}  // namespace

bool keeps_from_checking(const std::exception& error) {
  const auto* of_sqlite = dynamic_cast<const SqliteError*>(&error);
  return dynamic_cast<const std::bad_alloc*>(&error) ||
         (of_sqlite && may_succeed_later(*of_sqlite) && !means_damage(*of_sqlite));
}

CheckReport check(Connection& connection, const Memtable& memtable, const SearchFile& search_file,
                  const Progress& progress) {
  // Sorting the log goes through files: it may be larger than memory.
  connection.execute("PRAGMA temp_store = FILE");
  CheckReport result;
  std::vector<std::string> unreadable;
  const auto look = [&unreadable](const auto& part) {
    try {
      part();
    } catch (const std::exception& error) {
      if (keeps_from_checking(error)) throw;
      unreadable.push_back(std::string("Not all can be looked at: ") + error.what() + ".");
    }
  };
  std::optional<RowReader> reader;
  std::optional<View> view;
  look([&] { view.emplace(connection, reader.emplace(connection), memtable); });
  look([&] { result.contacts = connection.integer("SELECT count(*) FROM contact"); });
  look([&] { result.changes = connection.integer("SELECT count(*) FROM change_log"); });
  // Contacts are read three times, by SQLite's own check too, and so is the log.
  const auto rows = result.contacts + result.changes;
  Report report(result, progress, 3 * rows);
  LargestIdsByTeam largest;

  look([&] { check_checksums(connection, report); });
  look([&] { check_pages(connection, report); });
  report.advance(rows);
  look([&] { ContactCheck(connection, report, largest).check(); });
  look([&] { LogCheck(connection, report, largest).check(); });
  look([&] {
    if (view) HistoryCheck(connection, *view, report).check();
  });
  look([&] { ListCheck(connection, report).check(); });
  look([&] { check_directories(connection, [&report](std::string finding) { report.add(std::move(finding)); }); });
  look([&] { check_references(connection, report); });
  look([&] { check_counters(connection, report, largest); });
  look([&] { check_contact_counts(connection, report); });
  look([&] { check_flushed(connection, report); });
  look([&] { check_webhook_positions(connection, report); });
  for (auto& part : unreadable) report.add(std::move(part));
  view.reset();
  result.index_findings = check_search_index(connection, memtable, search_file);
  report.finish();
  return result;
}

}  // namespace cardfile::store::sqlite
