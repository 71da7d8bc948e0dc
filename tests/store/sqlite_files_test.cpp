#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <latch>
#include <optional>
#include <thread>

#include <gmock/gmock.h>

#include "base/crypto.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/db.h"
#include "store/sqlite/folder.h"
#include "store/world.h"
#include "support/syncs.h"

namespace cardfile::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::vector<std::string> files_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) names.push_back(entry.path().filename());
  return names;
}

/// None when it is not there.
std::optional<mode_t> mode_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return status.st_mode & 0777;
}

std::string open_error(const store::SqliteOptions& options) {
  try {
    store::open_sqlite(options, TestClock().source());
    return "";
  } catch (const store::OpenError& error) {
    return error.what();
  }
}

class DataFolder : public testing::Test {
 protected:
  std::filesystem::path folder() { return world_.options().folder; }

  World world_{Engine::sqlite};
};

TEST_F(DataFolder, GivesTheSameStateWhenItIsOpenedAgain) {
  const auto field = world_.has_field("Plan");
  const auto ada =
      world_.has_contact({.phone = "13125550142", .custom = core::CustomPatch{{field, "pro"}}, .note = "Called back"});
  const auto gone = world_.has_contact({.phone = "13125550143"});
  world_.commit(core::DeleteContact{.key = gone.id});
  world_.commit(
      core::CreateKey{.name = "CI", .digest = base::to_hex(base::sha256("secret")), .kind = core::KeyKind::n8n});
  world_.commit(core::CreateSecret{.id = uuid(7), .name = "old", .sealed = "sealed"});
  world_.commit(core::RevokeSecret{.id = uuid(7)});
  world_.commit(core::CreateSecret{.id = uuid(8), .name = "new", .sealed = "sealed"});
  world_.commit(core::CreateWebhook{.kind = core::WebhookKind::n8n_trigger,
                                    .url = "https://example.org/",
                                    .events = {core::EventType::incoming_message_unsubscribe}});
  world_.commit(core::CreateWebhook{.url = "https://example.org/", .events = {core::EventType::target_opt_in}});
  world_.commit(core::DeleteWebhook{.id = core::WebhookId(2)});
  const auto positions = world_.store().webhook_positions(kTeam);
  const auto directory = *world_.store().directory(kTeam);
  const auto log = world_.log();

  world_.reopen();
  EXPECT_EQ(world_.contact(ada.uuid), ada);
  EXPECT_EQ(*world_.store().directory(kTeam), directory);
  EXPECT_EQ(world_.store().webhook_positions(kTeam), positions);
  EXPECT_EQ(world_.log(), log);
  EXPECT_EQ(world_.store().key_owner(base::sha256("secret"))->team, kTeam);
  EXPECT_FALSE(world_.store().secret(uuid(7)));
  EXPECT_EQ(world_.store().secret(uuid(8))->sealed, "sealed");
  EXPECT_EQ(world_.has_contact({.phone = "13125550144"}).id, core::ContactId(3));
  EXPECT_EQ(world_.log().back().seq, log.back().seq + 1);
  EXPECT_GT(world_.log().back().at, log.back().at);
  world_.commit(core::CreateWebhook{.url = "https://example.org/", .events = {core::EventType::target_opt_in}});
  EXPECT_TRUE(world_.store().directory(kTeam)->webhooks.contains(core::WebhookId(3))) << "2 was given already";
  EXPECT_EQ(world_.findings(), std::vector<std::string>{});
}

TEST_F(DataFolder, IsTheDatabaseAndItsSearchIndexAfterACleanClose) {
  world_.has_contact({.phone = "13125550142"});
  EXPECT_TRUE(world_.contact_at_phone("13125550142"));
  world_.close();
  EXPECT_THAT(files_in(folder()), testing::IsSubsetOf({"cardfile.db", "search.db"}));
}

TEST_F(DataFolder, CanBeReadByItsOwnerOnly) {
  world_.has_contact({.phone = "13125550142"});
  EXPECT_EQ(mode_of(folder()), 0700);
  EXPECT_GE(files_in(folder()).size(), 4);
  // A journal of the search index comes and goes.
  for (const auto& name : files_in(folder())) EXPECT_EQ(mode_of(folder() / name).value_or(0600), 0600) << name;
}

TEST_F(DataFolder, IsHeldByOneProcessAtATime) {
  EXPECT_THAT(open_error(world_.options()),
              AllOf(HasSubstr("is in use by another cardfile process (pid " + std::to_string(::getpid()) + ")"),
                    HasSubstr("--data")));
  world_.close();
  EXPECT_EQ(open_error(world_.options()), "");
}

TEST_F(DataFolder, OfANewerFormatIsRefusedWithBothVersions) {
  world_.close();
  store::sqlite::Connection({.file = folder() / "cardfile.db"}).execute("PRAGMA user_version = 4711");
  EXPECT_THAT(open_error(world_.options()), AllOf(HasSubstr("format 4711"), HasSubstr("formats up to 5")));
}

TEST_F(DataFolder, OfAnOlderFormatIsCheckedByTheOneThatWroteItAndStaysAsItIs) {
  world_.close();
  const auto execute = [this](const std::string& sql) {
    store::sqlite::Connection({.file = folder() / "cardfile.db"}).execute(sql);
  };
  execute("PRAGMA user_version = 3");
  try {
    store::check_sqlite(world_.options(), {});
    ADD_FAILURE() << "it was checked";
  } catch (const store::OpenError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("format 3"), HasSubstr("format 5"), HasSubstr("cardfile migrate")));
  }
  EXPECT_EQ(store::format_of(folder()), 3);
}

TEST_F(DataFolder, OfTheFormatBeforePlacesIsBroughtAfter) {
  const auto ada = world_.has_contact({.phone = "13125550142", .first = "Ada"});
  const auto augusta = world_.update(ada.id, {.first = "Augusta"});
  const auto entries = world_.store().changes(kTeam, 0, 100, store::kNoLimit);
  world_.close();
  store::sqlite::Connection({.file = folder() / "cardfile.db"})
      .execute(
          "CREATE TABLE old_contact AS SELECT * FROM contact; DROP TABLE contact;"
          "ALTER TABLE old_contact RENAME TO contact; CREATE INDEX contact_updated ON contact (team, updated);"
          "CREATE TABLE old_log AS SELECT * FROM change_log; DROP TABLE change_log;"
          "ALTER TABLE old_log RENAME TO change_log; PRAGMA user_version = 3");
  world_.reopen();
  EXPECT_EQ(world_.contact(ada.id), augusta);
  EXPECT_EQ(world_.store().changes(kTeam, 0, 100, store::kNoLimit), entries);
  EXPECT_THAT(world_.findings(), testing::IsEmpty());
}

TEST_F(DataFolder, ThatHoldsSomethingElseIsRefused) {
  world_.close();
  std::ofstream(folder() / "cardfile.db") << std::string(10'000, 'x');
  const std::string folder_name = folder().string();
  EXPECT_EQ(open_error(world_.options()).rfind("Cannot open the data folder " + folder_name + ": ", 0), 0U);
  EXPECT_THAT(
      open_error(world_.options()),
      AllOf(HasSubstr("file is not a database (code 26). Its cardfile.db is damaged, or no database of cardfile's."),
            HasSubstr("cardfile check --data " + folder_name + "; then put a backup")));
}

TEST_F(DataFolder, ThatCannotBeOpenedIsRefusedAndTheNextStepNamed) {
  const TempFolder temp;
  std::filesystem::create_directories(temp / "a/lock");
  EXPECT_EQ(
      open_error({.folder = temp / "a"}),
      "Cannot open " + (temp / "a/lock") + ": Is a directory. Name another folder with --data, or see to this one.");
  EXPECT_EQ(open_error({.folder = temp / std::string(300, 'x')}),
            "Cannot open the data folder " + (temp / std::string(300, 'x')) +
                ": File name too long. Name another folder with --data, or see to this one.");
}

TEST_F(DataFolder, WithAnotherProgramsDatabaseIsRefusedAndLeftAsItIs) {
  const TempFolder other;
  const TempFolder copies;
  const store::SqliteOptions options{.folder = other.path()};
  store::sqlite::Connection({.file = other / "cardfile.db"}).execute("CREATE TABLE pigeon (ring TEXT)");
  const auto bytes = [&] {
    std::ifstream file(other / "cardfile.db", std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const std::string before = bytes();
  EXPECT_THAT(open_error(options), AllOf(HasSubstr("is another program's"), HasSubstr("--data")));
  EXPECT_THROW(store::check_sqlite(options, {}), store::OpenError);
  EXPECT_THROW(store::sqlite::back_up(other.path(), copies / "copy", {}), store::OpenError);
  EXPECT_EQ(bytes(), before);
  EXPECT_THAT(files_in(other.path()), testing::ElementsAre("cardfile.db"));
}

constexpr uid_t kOther = 65534;

TEST_F(DataFolder, OfAnotherUserHasNothingOfRootsInIt) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root makes files for others";
  world_.close();
  for (const auto& name : files_in(folder())) std::filesystem::remove(folder() / name);
  ASSERT_EQ(::chown(folder().c_str(), kOther, kOther), 0);
  world_.reopen();
  EXPECT_GE(files_in(folder()).size(), 4);
  for (const auto& name : files_in(folder())) {
    // A journal of the search index comes and goes, and is given away a moment after it is made.
    const auto is_the_others_or_gone = [&] {
      struct stat status {};
      return ::stat((folder() / name).c_str(), &status) != 0 || (status.st_uid == kOther && status.st_gid == kOther);
    };
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!is_the_others_or_gone() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
    EXPECT_TRUE(is_the_others_or_gone()) << name;
  }
}

TEST_F(DataFolder, OfAnotherUserGivesAwayNothingThatALinkInItNames) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root makes files for others";
  const TempFolder other;
  const TempFolder of_root;
  std::ofstream(of_root / "there").close();
  ASSERT_EQ(::chown(other.path().c_str(), kOther, kOther), 0);
  for (const char* target : {"there", "absent"}) {
    std::filesystem::remove(other / "cardfile.db");
    std::filesystem::create_symlink(of_root / target, other / "cardfile.db");
    open_error({.folder = other.path()});
    struct stat status {};
    ASSERT_EQ(::stat((of_root / target).c_str(), &status), 0);
    EXPECT_EQ(status.st_uid, 0U) << target;
  }
}

TEST_F(DataFolder, WritesNothingThroughALockThatIsALink) {
  const TempFolder elsewhere;
  std::ofstream(elsewhere / "there") << "precious";
  const auto lock = folder() / "lock";
  world_.close();
  std::filesystem::create_symlink(elsewhere / "there", lock);
  EXPECT_THAT(open_error(world_.options()), HasSubstr("lock"));
  std::filesystem::remove(lock);
  std::filesystem::create_symlink(elsewhere / "absent", lock);
  EXPECT_THAT(open_error(world_.options()), HasSubstr("lock"));
  std::filesystem::remove(lock);
  std::filesystem::create_hard_link(elsewhere / "there", lock);
  EXPECT_THAT(open_error(world_.options()), HasSubstr("Move it away"));
  EXPECT_EQ(std::filesystem::file_size(elsewhere / "there"), 8U);
  EXPECT_FALSE(std::filesystem::exists(elsewhere / "absent"));
  std::filesystem::remove(lock);
  EXPECT_EQ(open_error(world_.options()), "");
}

TEST_F(DataFolder, ThatReplacedAnotherKeepsItsLockWhenThatOneIsClosed) {
  const auto aside = folder().native() + ".aside";
  std::filesystem::rename(folder(), aside);
  const auto in_its_place = store::open_sqlite(world_.options(), TestClock().source());
  world_.close();
  EXPECT_TRUE(std::filesystem::exists(folder() / "lock"));
  EXPECT_THAT(open_error(world_.options()), HasSubstr("is in use by another cardfile process"));
  std::filesystem::remove_all(aside);
}

TEST_F(DataFolder, ThatTwoMakeAtOnceOpensForOneOfThem) {
  for (int i = 0; i < 300; ++i) {
    const TempFolder temp(folder_in_memory());
    std::latch both(2);
    const auto hold = [&temp, &both] {
      both.arrive_and_wait();
      try {
        const store::sqlite::Folder held(temp / "new");
      } catch (const store::FolderInUse&) {
        // The other one has it.
      }
    };
    auto other = std::async(std::launch::async, hold);
    EXPECT_NO_THROW(hold());
    EXPECT_NO_THROW(other.get());
  }
}

TEST_F(DataFolder, WithASlashAtItsEndIsMadeWithItsParents) {
  const TempFolder temp;
  const store::SqliteOptions options{.folder = temp / "a/b/"};
  EXPECT_EQ(open_error(options), "");
  EXPECT_EQ(mode_of(temp / "a/b"), 0700);
}

TEST_F(DataFolder, IsThereAfterAPowerCutWithAllItsParentsAndItsDatabase) {
  const TempFolder temp;
  const Syncs syncs;
  EXPECT_EQ(open_error({.folder = temp / "a/b/c"}), "");
  // From the database's folder, which is the last one since it has to be made, up to the root.
  std::vector<std::filesystem::path> expected;
  for (std::filesystem::path folder = temp / "a/b"; folder.has_relative_path(); folder = folder.parent_path())
    expected.push_back(folder);
  expected.emplace_back("/");
  expected.emplace_back(temp / "a/b/c");
  expected.emplace_back(temp / "a/b/c/cardfile.db-shm");  // When it was closed.
  EXPECT_EQ(syncs.seen(), expected);
}

TEST_F(DataFolder, IsNotOpenedBeforeAllItsParentsAreSyncedOnce) {
  const TempFolder temp;
  for (const auto& failing : {temp.path(), std::filesystem::path(temp / "a"), std::filesystem::path(temp / "a/b")}) {
    for (int attempt = 0; attempt < 2; ++attempt) {
      Syncs syncs;
      syncs.fail(failing, EIO);
      EXPECT_THAT(open_error({.folder = temp / "a/b"}), HasSubstr("Cannot sync the folder " + failing.native() + ": "));
    }
  }
}

TEST_F(DataFolder, IsOpenedOnAFileSystemThatDoesNotSyncItsParents) {
  const TempFolder temp;
  for (const int error : {EINVAL, EROFS}) {
    Syncs syncs;
    syncs.fail(temp.path(), error);
    EXPECT_EQ(open_error({.folder = temp / std::to_string(error)}), "");
  }
}

}  // namespace
}  // namespace cardfile::test
