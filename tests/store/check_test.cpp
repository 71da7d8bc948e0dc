#include <atomic>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <sqlite3.h>

#include "store/faulty_vfs.h"
#include "store/sqlite/db.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

using store::sqlite::Connection;
using store::sqlite::Execution;
using store::sqlite::Statement;

/// A way to damage a store, and what check() is to say of it.
struct Damage {
  const char* name;
  const char* sql;
  const char* finding;
};

const Damage kDamages[] = {
    {"AUuidThatNoIndexHas", "DELETE FROM contact_uuid WHERE id = 2", "Contact 2 of team 1 is not found by its UUID"},
    {"AUuidOfAnother", "UPDATE contact SET uuid = randomblob(16) WHERE id = 2",
     "Contact 2 of team 1 is in the index of UUIDs under one that it does not have"},
    {"AUuidOfNobody", "INSERT INTO contact_uuid VALUES (1, randomblob(16), 77)",
     "Contact 77 of team 1 is in the index of UUIDs under one that it does not have"},
    {"AnAddressThatNoIndexHas", "DELETE FROM address WHERE contact = 2",
     "Contact 2 of team 1 is not found by one of its addresses"},
    {"AnAddressOfAnother", "UPDATE address SET contact = 1 WHERE contact = 2",
     "Contact 2 of team 1 is not found by one of its addresses"},
    {"AnAddressThatItsOwnerLacks", "INSERT INTO address VALUES (1, 'phone', '13125550999', 2)",
     "Contact 2 of team 1 is in the index of addresses under one that it does not have"},
    {"ARowThatCannotBeDecoded", "UPDATE contact SET channels = '[{]' WHERE id = 2",
     "Contact 2 of team 1 cannot be decoded"},
    {"AUuidOfTheWrongLength", "UPDATE contact SET uuid = x'00' WHERE id = 2", "Contact 2 of team 1 cannot be decoded"},
    {"AnEntryThatIsMissing", "DELETE FROM change_log WHERE seq = 3",
     "The change log of team 1 has a gap before entry 4"},
    {"AnEntryThatCannotBeDecoded", "UPDATE change_log SET changes = '{' WHERE seq = 3",
     "Entry 3 of the change log of team 1 cannot be decoded"},
    {"AnEntryOfAnUnknownKind", "UPDATE change_log SET operation = 'guess' WHERE seq = 3",
     "Entry 3 of the change log of team 1 cannot be decoded"},
    {"TimeThatStandsStill", "UPDATE change_log SET at = (SELECT at FROM change_log WHERE seq = 2) WHERE seq = 3",
     "Entry 3 of the change log of team 1 is not later than the one before it"},
    {"ARevisionLeftOut", "UPDATE change_log SET rev = 7 WHERE seq = 4",
     "Contact 2 of team 1 has a gap in the change log at revision 7"},
    {"ARowBehindItsLog", "UPDATE contact SET rev = 1 WHERE id = 2",
     "Contact 2 of team 1 has revision 1, and its last change has 2"},
    {"ARowOfAnotherTime", "UPDATE contact SET updated = updated + 1 WHERE id = 2",
     "Contact 2 of team 1 was not updated at the time of its last change"},
    {"AFieldThatTheLogDoesNotHave", "UPDATE contact SET first = 'Eve' WHERE id = 2",
     "Contact 2 of team 1 is not what the change log made it"},
    {"ACustomValueThatTheLogDoesNotHave", "UPDATE contact SET custom = '{\"7\":\"x\"}' WHERE id = 2",
     "Contact 2 of team 1 is not what the change log made it"},
    {"ANoteThatTheLogDoesNotHave", "UPDATE contact SET notes = '[{\"id\":1,\"date\":5,\"text\":\"x\"}]' WHERE id = 2",
     "Contact 2 of team 1 is not what the change log made it"},
    {"ANoteOfAnotherTime", "UPDATE contact SET notes = replace(notes, '\"date\":1', '\"date\":2') WHERE id = 2",
     "Contact 2 of team 1 is not what the change log made it"},
    {"ARowMadeAtAnotherTime", "UPDATE contact SET created = created - 1 WHERE id = 2",
     "Contact 2 of team 1 is not what the change log made it"},
    {"AnOptOutThatTheLogDoesNotHave", "UPDATE contact SET unsubscribed_contact = 1 WHERE id = 2",
     "Contact 2 of team 1 is not what the change log made it"},
    {"AChainThatDoesNotHold",
     "UPDATE change_log SET changes = replace(changes, '[null,\"Hopper\"]', '[\"X\",\"Hopper\"]')",
     "Contact 2 of team 1 was something else before revision 2 than the change log says"},
    {"AnAssigneeOfNoTeam", "UPDATE contact SET assigned = 99 WHERE id = 2",
     "Contact 2 of team 1 is assigned to a user that the team does not have"},
    {"ARowThatTheLogDoesNotKnow",
     "INSERT INTO contact SELECT place - 2 + 90, randomblob(16), rev, creator, created, updated, first, last, "
     "display_name, avatar, assigned, 0, 0, 0, NULL, NULL, NULL, NULL, NULL FROM contact WHERE id = 2",
     "Contact 90 of team 1 is not in the change log"},
    {"ARowThatIsGone", "DELETE FROM contact WHERE id = 2",
     "Contact 2 of team 1 is not deleted in the change log but has no row"},
    {"ARowThatIsDeleted",
     "INSERT INTO contact SELECT place - 2 + 3, randomblob(16), rev, creator, created, updated, first, last, "
     "display_name, avatar, assigned, 0, 0, 0, NULL, NULL, NULL, NULL, NULL FROM contact WHERE id = 2",
     "Contact 3 of team 1 is deleted in the change log but still has a row"},
    {"ACounterOfContactsBehind", "UPDATE last_given SET contact = 1", "Team 1 may give the id of a contact twice"},
    {"ACounterOfChannelsBehind", "UPDATE last_given SET channel = 1", "Team 1 may give the id of a channel twice"},
    {"ACounterThatIsGone", "DELETE FROM last_given", "Team 1 may give the id of a contact twice"},
    {"ANumberOfContactsThatIsWrong", "UPDATE contact_count SET contacts = 7",
     "Team 1 has 2 contacts, and its counter says 7"},
    {"ACounterOfListsBehind", "UPDATE last_given SET list = 1", "Team 1 may give the id of a list twice"},
    {"AListWithAStranger", "INSERT INTO list_member VALUES (1, 1, 77)",
     "List 1 of team 1 has contact 77, which is not there"},
    {"AListWithMoreThanTheLogGaveIt", "INSERT INTO list_member VALUES (1, 1, 2)",
     "List 1 of team 1 does not have the contacts that the change log gave it"},
    {"AListWithOneTooFew", "DELETE FROM list_member WHERE list = 1",
     "List 1 of team 1 does not have as many contacts as it says"},
    {"AListOfAnotherName", "UPDATE list SET name = 'Other' WHERE id = 1",
     "List 1 of team 1 is not what the change log made it"},
    {"AListOfAnotherTime", "UPDATE list SET created = created + 1 WHERE id = 1",
     "List 1 of team 1 is not what the change log made it"},
    {"AListBehindItsLog", "UPDATE list SET rev = 9 WHERE id = 1",
     "List 1 of team 1 is not what the change log made it"},
    {"AListThatIsGone", "DELETE FROM list WHERE id = 1",
     "List 1 of team 1 is not deleted in the change log but has no row"},
    {"AListThatIsDeleted",
     "INSERT INTO list SELECT team, 2, uuid, name, NULL, creator, 0, rev, created, updated FROM list",
     "List 2 of team 1 is deleted in the change log but still has a row"},
    {"AListThatTheLogDoesNotKnow",
     "INSERT INTO list SELECT team, 9, uuid, name, NULL, creator, 0, rev, created, updated FROM list",
     "List 9 of team 1 is not in the change log"},
    {"AKeyWithAGapInItsLog", "UPDATE change_log SET rev = 7 WHERE subject = 'api_key' AND subject_id = 1 AND rev = 2",
     "The api key 1 of team 1 has a gap in the change log at revision 7"},
    {"ASecretWithANumber", "UPDATE change_log SET subject_id = 3 WHERE subject = 'api_secret' AND rev = 1",
     "The api secret 3 of team 1 is not deleted in the change log but has no row"},
    {"ASecretOfNoTeam", "UPDATE api_secret SET team = 7",
     "The table api_secret has rows of team 7, which is not there"},
    {"AWebhookOfNoTeam", "INSERT INTO webhook VALUES (7, 1, 'webhook', 'https://example.org/', '[]', NULL, NULL, 0)",
     "The table webhook has rows of team 7, which is not there"},
    {"APositionOfNoTeam", "INSERT INTO webhook_position VALUES (7, 1, 0)",
     "The table webhook_position has rows of team 7, which is not there"},
    {"ACounterOfNoTeam", "INSERT INTO contact_count VALUES (7, 0)",
     "The table contact_count has rows of team 7, which is not there"},
    {"AKeyWithoutADigest", "UPDATE api_key SET digest = replace(digest, 'a', 'g')",
     "The api key 1 of team 1 has no digest"},
    {"AListWithAGapInItsLog", "UPDATE change_log SET rev = 7 WHERE subject = 'list' AND subject_id = 1 AND rev = 2",
     "List 1 of team 1 has a gap in the change log at revision 7"},
    {"ATeamOfAnotherName", "UPDATE team SET name = 'Other'", "The team 1 of team 1 is not what the change log made it"},
    {"AUserOfAnotherName", "UPDATE user SET name = 'Other'", "The user 1 of team 1 is not what the change log made it"},
    {"AUserThatIsGone", "DELETE FROM user", "The user 1 of team 1 is not deleted in the change log but has no row"},
    {"AUserThatTheLogDoesNotKnow",
     "INSERT INTO user SELECT team, 9, name, email, phone, role, created, updated, rev FROM user",
     "The user 9 of team 1 is not in the change log"},
    {"AFieldOfAnotherTitle", "UPDATE custom_field SET title = 'Other'",
     "The custom field 1 of team 1 is not what the change log made it"},
    {"ATagOfAnotherColor", "UPDATE tag SET color = '#000000'",
     "The tag 1 of team 1 is not what the change log made it"},
    {"AnInboxWithoutItsMembers", "UPDATE inbox SET members = NULL",
     "The inbox 1 of team 1 is not what the change log made it"},
    {"AKeyThatIsNoLongerRevoked", "UPDATE api_key SET revoked = 0",
     "The api key 1 of team 1 is not what the change log made it"},
    {"ASecretThatIsNoLongerRevoked", "UPDATE api_secret SET revoked = 0",
     "of team 1 is not what the change log made it"},
    {"AWebhookOfAnotherUrl", "UPDATE webhook SET url = 'https://example.com/'",
     "The webhook 1 of team 1 is not what the change log made it"},
    {"AWebhookThatIsGone", "DELETE FROM webhook", "The webhook 1 of team 1 is not deleted in the change log"},
    {"AWebhookWithoutAPlace", "DELETE FROM webhook_position", "Webhook 1 of team 1 has no place in the change log"},
    {"AWebhookPastTheEnd", "UPDATE webhook_position SET seq = 1000",
     "Webhook 1 of team 1 has no place in the change log"},
    {"APlaceOfNoWebhook", "INSERT INTO webhook_position VALUES (1, 9, 1)",
     "The place of webhook 9 of team 1 in the change log is kept, but there is no such webhook"},
    {"ACounterOfWebhooksBehind", "UPDATE last_given SET webhook = 0", "Team 1 may give the id of a webhook twice"},
    {"ATreeThatDisagreesWithItsIndex",
     "PRAGMA writable_schema = ON; CREATE INDEX lost ON contact (first); "
     "UPDATE contact SET first = 'X' WHERE id = 1; "
     "UPDATE sqlite_schema SET sql = 'CREATE INDEX lost ON contact (last)' WHERE name = 'lost'",
     "SQLite's integrity check says"},
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

/// Something of everything, and things that are gone.
void fill(World& world) {
  world.has_contact({.phone = "13125550141", .first = "Ada", .last = "Lovelace"});
  const auto grace = world.has_contact({.phone = "13125550142", .first = "Grace"});
  world.update(grace.id, {.last = "Hopper", .note = "Calls back"});
  const auto gone = world.has_contact({.phone = "13125550143"});
  world.commit(core::DeleteContact{.key = gone.id});
  world.commit(core::CreateList{.title = "Sale", .contacts = {.ids = {core::ContactId(1)}}});
  for (const char* title : {"Summer sale", "Spring sale"}) {
    world.clock().move(std::chrono::seconds(1));
    world.commit(core::UpdateList{.id = core::ListId(1), .title = title});
  }
  world.commit(core::CreateList{.title = "Gone"});
  world.commit(core::DeleteList{core::ListId(2)});
  world.commit(core::CreateUser{.name = "Grace Hopper", .email = "grace@example.com"});
  world.commit(core::CreateFields{.drafts = {{.title = "Plan"}}});
  world.commit(core::CreateTag{.uuid = uuid(500), .label = "VIP", .color = "#112233"});
  world.commit(core::CreateInbox{.name = "Support", .phones = {"13125550199"}, .members = {core::UserId(1)}});
  world.commit(core::CreateKey{.name = "CI", .digest = std::string(64, 'a')});
  world.commit(core::RevokeKey{.id = core::KeyId(1)});
  world.commit(core::CreateSecret{.id = uuid(7), .name = "website", .sealed = "sealed"});
  world.commit(core::RevokeSecret{.id = uuid(7)});
  world.commit(core::CreateKey{.name = "website", .digest = std::string(64, 'b')});
  world.commit(core::CreateSecret{.id = uuid(8), .name = "website", .sealed = "sealed"});
  world.commit(core::CreateWebhook{.url = "https://example.org/",
                                   .events = {core::EventType::target_opt_out, core::EventType::contact_deleted},
                                   .sealed_token = "token",
                                   .sealed_secret = "secret",
                                   .sends_sample = true});
}

class Check : public testing::TestWithParam<Damage> {
 protected:
  Check() { fill(world_); }

  World world_{Engine::sqlite};
};

TEST_P(Check, Finds) {
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
  world_.close();
  Connection({.file = world_.options().folder / "cardfile.db"}).execute(GetParam().sql);
  world_.reopen();
  EXPECT_THAT(world_.findings(), testing::Contains(testing::HasSubstr(GetParam().finding)));
}

INSTANTIATE_TEST_SUITE_P(Damages, Check, testing::ValuesIn(kDamages),
                         [](const auto& damage) { return damage.param.name; });

/// Another value for each column of each row.
class CheckOfEveryColumn : public testing::Test {
 protected:
  /// The columns with a value that check() takes for any other.
  std::set<std::string> unseen() {
    std::set<std::string> columns;
    World world(Engine::sqlite);
    fill(world);
    world.close();
    std::filesystem::copy_file(world.options().folder / "cardfile.db", folder_ / "cardfile.db");
    Connection connection({.file = folder_ / "cardfile.db"});
    Statement statement(connection,
                        "SELECT tables.name, columns.name, columns.type, (SELECT group_concat(name) FROM "
                        "pragma_table_info(tables.name) WHERE pk > 0) FROM sqlite_schema AS tables, "
                        "pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'");
    Execution row(statement);
    while (row.next()) {
      const std::string table(row.text());
      const std::string column(row.text());
      const std::string other = another(column, row.text());
      const std::string key(row.text());
      const auto rows = connection.integer(("SELECT count(*) FROM " + table).c_str());
      for (std::int64_t i = 0; i < rows; ++i) {
        const std::string one = "(SELECT " + key + " FROM " + table + " LIMIT 1 OFFSET " + std::to_string(i) + ")";
        if (!sees("UPDATE " + table + " SET " + column + " = " + other + " WHERE (" + key + ") = " + one))
          columns.insert(table + "." + column);
      }
    }
    return columns;
  }

 private:
  static std::string another(const std::string& column, std::string_view type) {
    if (type == "INTEGER")
      return "CASE WHEN " + column + " IN (0, 1) THEN 1 - " + column + " ELSE " + column + " + 1 END";
    if (column == "digest") return "substr(digest, 2) || 'c'";
    if (type == "BLOB") return "randomblob(16)";
    return "coalesce(" + column + ", '') || 'x'";
  }

  bool sees(const std::string& sql) {
    const TempFolder copy(folder_in_memory());
    std::filesystem::copy_file(folder_ / "cardfile.db", copy / "cardfile.db");
    try {
      Connection({.file = copy / "cardfile.db"}).execute(sql);
    } catch (const store::sqlite::SqliteError&) {
      return true;  // No such value may stand there.
    }
    return !store::check_sqlite({.folder = copy.path(), .indexing = store::Indexing::none}, {}).findings.empty();
  }

  const TempFolder folder_{folder_in_memory()};
};

// What stands in one place only: checksums of pages tell what the disk changed in it, and nothing what a program did.
TEST_F(CheckOfEveryColumn, SeesAnotherValueWhereverSomethingElseTellsIt) {
  EXPECT_EQ(unseen(), (std::set<std::string>{"api_key.digest", "api_secret.sealed", "change_log.actor", "change_log.at",
                                             "change_log.request_id", "last_given.channel", "last_given.contact",
                                             "last_given.list", "list.creator", "webhook.secret", "webhook.token",
                                             "webhook_position.seq"}));
}

TEST(CheckOfASoundStore, CountsWhatItReadAndTellsItsProgress) {
  World world(Engine::sqlite);
  for (int i = 0; i < 20; ++i) world.has_contact({.phone = std::to_string(13'125'550'100 + i)});
  std::vector<std::pair<std::int64_t, std::int64_t>> progress;
  const auto report =
      world.store().check([&](std::int64_t done, std::int64_t total) { progress.emplace_back(done, total); });
  EXPECT_EQ(report.contacts, 20);
  EXPECT_EQ(report.changes, 21);
  EXPECT_EQ(report.findings, std::vector<std::string>{});
  ASSERT_FALSE(progress.empty());
  EXPECT_EQ(progress.back().first, progress.back().second);
}

TEST(CheckOfASoundStore, ThatHasNoRoomForTemporaryFilesFindsNothingAndSaysSo) {
  FaultyVfs disk("disk-of-a-check");
  World world(Engine::sqlite, {.vfs = disk.name()});
  std::vector<core::Command> creations;
  for (int i = 0; i < 200; ++i) {
    creations.push_back(
        command(world.creation({.phone = std::to_string(13'125'550'000 + i), .note = std::string(100'000, 'x')})));
  }
  world.commit_all(std::move(creations));
  world.close();
  disk.writes_give(SQLITE_FULL);
  try {
    store::check_sqlite(world.options(), {});
    ADD_FAILURE() << "it was finished";
  } catch (const store::OpenError& error) {
    EXPECT_THAT(error.what(),
                testing::AllOf(testing::HasSubstr("could not be finished"), testing::HasSubstr("TMPDIR")));
  }
  disk.writes_give(SQLITE_OK);
  EXPECT_THAT(store::check_sqlite(world.options(), {}).findings, testing::IsEmpty());
}

TEST(CheckOfASoundStore, CanRunWhileWritersWrite) {
  World world(Engine::sqlite);
  const auto ada = world.has_contact({.phone = "13125550142"});
  std::atomic<bool> stop = false;
  std::jthread writer([&] {
    while (!stop) world.update(ada.id, {.first = "Ada"});
  });
  for (int i = 0; i < 5; ++i) EXPECT_EQ(world.findings(), std::vector<std::string>{});
  stop = true;
}

}  // namespace
}  // namespace cardfile::test
