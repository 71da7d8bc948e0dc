// A backup is a data folder of its own, or it is not there.

#include "store/sqlite/backup.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "store/sqlite/db.h"
#include "store/world.h"
#include "support/syncs.h"

namespace cardfile::test {
namespace {

using store::sqlite::back_up;
using store::sqlite::BackupError;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* kFurtherWays = ". Name another folder with --data or --to, or run this as the owner of both.";

class Backup : public testing::Test {
 protected:
  std::filesystem::path folder() { return world_.options().folder; }
  std::filesystem::path copy() { return copies_.path() / "copy"; }
  std::filesystem::path partial() { return copies_.path() / "copy.partial"; }

  /// Why there is none; empty when there is one.
  static std::string refusal(const std::filesystem::path& from, const std::filesystem::path& to) {
    try {
      back_up(from, to, {});
      return "";
    } catch (const BackupError& error) {
      return error.what();
    }
  }
  std::string refusal() { return refusal(folder(), copy()); }

  void expect_nothing_made() {
    EXPECT_FALSE(std::filesystem::exists(copy()));
    EXPECT_FALSE(std::filesystem::exists(partial()));
  }

  static void write(const std::filesystem::path& file, const std::string& text) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  World world_{Engine::sqlite};
  TempFolder copies_;
};

TEST_F(Backup, HasWhatIsCommittedWhileItsStoreGoesOn) {
  const auto ada = world_.has_contact({.phone = "13125550142", .first = "Ada"});
  std::vector<std::pair<std::int64_t, std::int64_t>> told;
  back_up(folder(), copy(), [&](std::int64_t done, std::int64_t total) { told.emplace_back(done, total); });
  ASSERT_FALSE(told.empty());
  EXPECT_GT(told.back().second, 0);
  EXPECT_EQ(told.back().first, told.back().second);
  world_.update(ada.id, {.first = "Augusta"});

  const auto restored = store::open_sqlite({.folder = copy()}, TestClock().source());
  EXPECT_EQ(restored->contact(kTeam, ada.id), ada);
  EXPECT_EQ(world_.contact(ada.id)->first, "Augusta");
}

TEST_F(Backup, OfManyPagesTellsHowFarItIs) {
  for (int i = 0; i < 100; ++i)
    world_.has_contact({.phone = std::to_string(13'125'550'000 + i), .note = std::string(100'000, 'x')});
  std::vector<std::int64_t> told;
  back_up(folder(), copy(), [&](std::int64_t done, std::int64_t) { told.push_back(done); });
  EXPECT_GT(told.size(), 2U);
  EXPECT_THAT(told, testing::WhenSorted(told));
}

TEST_F(Backup, IsThereAfterAPowerCutWholeBeforeItHasItsName) {
  const Syncs syncs;
  back_up(folder(), copy(), {});
  EXPECT_THAT(syncs.seen(), ElementsAre(std::filesystem::canonical(folder()) / "cardfile.db-wal",
                                        partial() / "cardfile.db", partial(), copies_.path()));
}

TEST_F(Backup, ThatCannotBeSyncedIsNone) {
  for (const auto& failing : {partial() / "cardfile.db", partial()}) {
    Syncs syncs;
    syncs.fail(failing, EIO);
    EXPECT_THAT(refusal(), HasSubstr("Cannot sync " + failing.native() + ": "));
    expect_nothing_made();
  }
}

TEST_F(Backup, IsForItsOwnerOnly) {
  back_up(folder(), copy(), {});
  const auto mode = [](const std::filesystem::path& path) {
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? std::optional(status.st_mode & 0777) : std::nullopt;
  };
  EXPECT_EQ(mode(copy()), 0700U);
  EXPECT_EQ(mode(copy() / "cardfile.db"), 0600U);
}

TEST_F(Backup, TakesNothingThatIsThereAlreadyForItsTarget) {
  EXPECT_EQ(refusal(), "");
  EXPECT_EQ(refusal(), copy().native() + " exists already; a backup makes a folder of its own.");
  EXPECT_EQ(refusal(folder(), copies_ / "no/copy"), "There is no folder " + (copies_ / "no") + ".");
  EXPECT_EQ(refusal(copies_ / "nowhere", copies_ / "other"),
            "There is no cardfile.db in " + (copies_ / "nowhere") + ".");
}

TEST_F(Backup, SaysWhatItCannotLookAt) {
  std::filesystem::create_directory(copies_ / "loop");
  std::filesystem::create_symlink("cardfile.db", copies_ / "loop/cardfile.db");
  EXPECT_EQ(refusal(copies_ / "loop", copy()),
            "Cannot look at " + (copies_ / "loop/cardfile.db") + ": Too many levels of symbolic links" + kFurtherWays);
  const std::string too_long = copies_ / std::string(300, 'x');
  EXPECT_EQ(refusal(folder(), too_long), "Cannot look at " + too_long + ": File name too long" + kFurtherWays);
  // The name is not too long, but that of what is made meanwhile is.
  const std::string nearly = copies_ / std::string(250, 'x');
  EXPECT_THAT(refusal(folder(), nearly), AllOf(HasSubstr(nearly + ".partial"), HasSubstr("File name too long")));
}

TEST_F(Backup, OfWhatCannotBeOpenedSaysSo) {
  std::filesystem::create_directory(copies_ / "walled");
  world_.close();
  std::filesystem::copy_file(folder() / "cardfile.db", copies_ / "walled/cardfile.db");
  std::filesystem::create_directory(copies_ / "walled/cardfile.db-wal");
  EXPECT_THAT(refusal(copies_ / "walled", copy()),
              EndsWith(std::string("unable to open database file (code 14)") + kFurtherWays));
  expect_nothing_made();
}

TEST_F(Backup, IsRefusedWithinTheFolderThatItCopies) {
  std::filesystem::create_directory(folder() / "deeper");
  std::filesystem::create_directory_symlink(folder(), copies_ / "link");
  for (const auto& to : {folder() / "copy", folder() / "deeper/copy", folder() / "../" / folder().filename() / "copy/",
                         std::filesystem::path(copies_ / "link/copy")}) {
    EXPECT_THAT(refusal(folder(), to), HasSubstr("copy is within " + folder().native() + ", ")) << to;
  }
  EXPECT_FALSE(std::filesystem::exists(folder() / "copy.partial"));
  EXPECT_EQ(refusal(folder(), folder().native() + "-copy"), "");
  std::filesystem::remove_all(folder().native() + "-copy");
}

TEST_F(Backup, ReplacesWhatAnInterruptedOneLeftBehind) {
  write(partial() / "cardfile.db", "half a database");
  write(partial() / "cardfile.db-journal", "half a journal");
  EXPECT_EQ(refusal(), "");
  EXPECT_FALSE(std::filesystem::exists(partial()));
  EXPECT_THAT(store::check_sqlite({.folder = copy()}, {}).findings, testing::IsEmpty());
}

TEST_F(Backup, OfADamagedDatabaseIsRefused) {
  world_.close();
  {
    std::fstream file(folder() / "cardfile.db", std::ios::in | std::ios::out | std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    file.clear();
    file.seekp(static_cast<std::streamoff>(content.rfind("operator")));  // Who made a change: no other row repeats it.
    file.put('O');
  }
  EXPECT_THAT(refusal(), HasSubstr("a page is not what was written there"));
  expect_nothing_made();
}

TEST_F(Backup, OfAFolderWithoutChecksumsIsACopyWithoutThem) {
  world_.close();
  const auto file = folder() / "cardfile.db";
  std::filesystem::remove(file);
  store::sqlite::Connection older({.file = file});
  older.execute(
      "PRAGMA page_size = 2048; PRAGMA journal_mode = WAL; PRAGMA user_version = 4; CREATE TABLE team (id); CREATE "
      "TABLE t (x BLOB);"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO t SELECT "
      "randomblob(300) FROM n");
  EXPECT_EQ(refusal(), "");
  store::sqlite::Connection made({.file = copy() / "cardfile.db"});
  EXPECT_EQ(made.integer("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"), 1);
  made.execute("ATTACH '" + file.native() + "' AS older");
  EXPECT_EQ(
      made.integer("SELECT count(*) FROM older.t JOIN main.t ON older.t.rowid = main.t.rowid AND older.t.x = main.t.x"),
      3'000);
}

TEST_F(Backup, LeavesAloneWhatNoBackupLeftBehind) {
  write(partial() / "cardfile.db", "somebody's");
  write(partial() / "secrets.key", "somebody's");
  EXPECT_THAT(refusal(),
              HasSubstr("copy.partial/secrets.key, which no backup left there. Move it away, or name another"));
  EXPECT_EQ(std::filesystem::file_size(partial() / "cardfile.db"), 10U);
  EXPECT_EQ(std::filesystem::file_size(partial() / "secrets.key"), 10U);
}

TEST_F(Backup, LeavesAloneWhatIsNoFolder) {
  write(partial(), "somebody's");
  EXPECT_THAT(refusal(), StartsWith("Cannot open the folder " + partial().native() + ": Not a directory."));
  std::filesystem::remove(partial());
  std::filesystem::create_directory(copies_ / "elsewhere");
  std::filesystem::create_directory_symlink(copies_ / "elsewhere", partial());
  EXPECT_THAT(refusal(), StartsWith("Cannot open the folder " + partial().native()));
  EXPECT_TRUE(std::filesystem::is_empty(copies_ / "elsewhere"));
}

TEST_F(Backup, LeavesAloneWhatIsAnotherUsers) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root makes folders for others";
  constexpr uid_t kOther = 65534;
  write(partial() / "cardfile.db", "somebody's");
  ASSERT_EQ(::chown(partial().c_str(), kOther, kOther), 0);
  EXPECT_THAT(refusal(), StartsWith(partial().native() + " is another user's. Move it away"));
  EXPECT_EQ(std::filesystem::file_size(partial() / "cardfile.db"), 10U);
}

TEST_F(Backup, OfWhatAnInterruptedOneLeftBehindDoesNotEatIt) {
  world_.close();
  std::filesystem::copy(folder(), partial());
  const auto before = std::filesystem::file_size(partial() / "cardfile.db");
  EXPECT_THAT(refusal(partial(), copy()), HasSubstr("Name another folder with --to"));
  EXPECT_EQ(std::filesystem::file_size(partial() / "cardfile.db"), before);
}

TEST_F(Backup, IsRefusedWhileAnotherIsMadeAtTheSamePlace) {
  write(partial() / "cardfile.db", "half a database");
  const int other = ::open(partial().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  EXPECT_THAT(refusal(), StartsWith("Another backup is being made in "));
  EXPECT_EQ(std::filesystem::file_size(partial() / "cardfile.db"), 15U);
  ::close(other);
  EXPECT_EQ(refusal(), "");
}

TEST_F(Backup, OfADamagedDatabaseLeavesNothingAndSaysWhatToDo) {
  world_.close();
  std::fstream(folder() / "cardfile.db", std::ios::in | std::ios::out | std::ios::binary) << "no longer a database";
  EXPECT_THAT(refusal(), AllOf(HasSubstr("The cardfile.db in " + folder().native() + " is damaged"),
                               HasSubstr("cardfile check --data " + folder().native())));
  expect_nothing_made();
}

TEST_F(Backup, OfADatabaseWithNothingInItIsRefused) {
  const TempFolder empty;
  store::sqlite::Connection({.file = empty / "cardfile.db"}).execute("CREATE TABLE t (x); DROP TABLE t");
  EXPECT_THAT(refusal(empty.path(), copy()), HasSubstr("is empty: there is nothing to copy"));
  expect_nothing_made();
}

}  // namespace
}  // namespace cardfile::test
