#include "prove/losing_vfs.h"

#include <fstream>
#include <iterator>
#include <set>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "store/sqlite/db.h"
#include "support/temp_folder.h"

namespace cardfile::prove {
namespace {

using testing::Contains;
using testing::Key;
using testing::Not;

constexpr std::size_t kSectorBytes = 512;

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class LosingDisk : public testing::Test {
 protected:
  LosingDisk() {
    connection_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
    connection_.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x BLOB)");
  }

  DiskImage image(Survival survival) { return vfs_.image(survival, random_); }
  /// Leaves writes behind that nobody has synced.
  void write_without_sync() {
    connection_.execute("PRAGMA synchronous = OFF");
    connection_.execute("INSERT INTO t (x) VALUES (randomblob(20000))");
  }

  test::TempFolder temp_;
  const std::filesystem::path folder_ = std::filesystem::canonical(temp_.path());
  std::mt19937_64 random_{7};
  int sync_points_ = 0;
  LosingVfs vfs_{"losing-test", folder_, {}, [this] { ++sync_points_; }};
  store::sqlite::Connection connection_{{.file = folder_ / "test.db", .vfs = vfs_.name()}};
};

TEST_F(LosingDisk, KeepsWhatWasSyncedAndLosesTheRest) {
  const auto synced = image(Survival::none);
  EXPECT_EQ(synced.at("test.db-wal"), content_of(folder_ / "test.db-wal"));
  EXPECT_GT(sync_points_, 0);
  write_without_sync();
  EXPECT_EQ(image(Survival::none), synced);
  EXPECT_EQ(image(Survival::all).at("test.db-wal"), content_of(folder_ / "test.db-wal"));
  connection_.execute("PRAGMA synchronous = FULL");
  connection_.execute("INSERT INTO t (x) VALUES (NULL)");
  EXPECT_EQ(image(Survival::none).at("test.db-wal"), content_of(folder_ / "test.db-wal"));
}

TEST_F(LosingDisk, TearsWritesIntoSectors) {
  const auto before = image(Survival::none).at("test.db-wal");
  write_without_sync();
  const auto after = content_of(folder_ / "test.db-wal");
  int torn = 0;
  for (int i = 0; i < 20; ++i) {
    const auto found = image(Survival::sectors).at("test.db-wal");
    ASSERT_LE(found.size(), after.size());
    for (std::size_t at = before.size() / kSectorBytes * kSectorBytes; at < found.size(); at += kSectorBytes) {
      const auto sector = found.substr(at, kSectorBytes);
      if (sector != after.substr(at, sector.size())) ++torn;
    }
    EXPECT_EQ(found.substr(0, before.size()), before);
  }
  EXPECT_GT(torn, 20);
}

TEST_F(LosingDisk, LosesLaterWritesFirstWhenOnlyTheEarliestSurvive) {
  const auto before = image(Survival::none).at("test.db-wal");
  write_without_sync();
  const auto after = content_of(folder_ / "test.db-wal");
  std::set<std::size_t> sizes;
  for (int i = 0; i < 50; ++i) sizes.insert(image(Survival::earliest).at("test.db-wal").size());
  EXPECT_GT(sizes.size(), 3U);
  EXPECT_LE(*sizes.rbegin(), after.size());
  EXPECT_GE(*sizes.begin(), before.size());
}

TEST_F(LosingDisk, ForgetsNamesUntilTheFolderIsSynced) {
  connection_.leave_log_on_close();
  LosingVfs fresh("losing-fresh", folder_, {}, [] {});
  store::sqlite::Connection other({.file = folder_ / "other.db", .vfs = fresh.name()});
  other.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; CREATE TABLE t (x)");
  std::mt19937_64 random(7);
  EXPECT_THAT(fresh.image(Survival::all, random), Contains(Key("other.db-wal")));
  EXPECT_THAT(fresh.image(Survival::none, random), Not(Contains(Key("other.db-wal"))));
  other.execute("PRAGMA synchronous = FULL; INSERT INTO t VALUES (1)");
  EXPECT_THAT(fresh.image(Survival::none, random), Contains(Key("other.db-wal")));
}

TEST_F(LosingDisk, MayKeepOfTheLogsIndexWhatItWasAtAnyTimeSinceItsLastSync) {
  // Its header; behind that it also says who reads.
  const auto index_of = [](const DiskImage& image) {
    const auto found = image.find("test.db-shm");
    return found == image.end() ? "" : found->second.substr(0, 96);
  };
  connection_.sync_log_index();
  const std::string synced = index_of(image(Survival::none));
  EXPECT_THAT(content_of(folder_ / "test.db-shm"), testing::StartsWith(synced));
  std::set<std::string> states{synced};
  for (int i = 0; i < 3; ++i) {
    connection_.execute("INSERT INTO t (x) VALUES (NULL)");
    states.insert(index_of(image(Survival::all)));
  }
  EXPECT_EQ(states.size(), 4U);
  EXPECT_EQ(index_of(image(Survival::none)), synced);
  std::set<std::string> found;
  for (int i = 0; i < 50; ++i) found.insert(index_of(image(Survival::calls)));
  EXPECT_EQ(found, states);
}

TEST_F(LosingDisk, HearsOfWhatIsSyncedPastSqlite) {
  write_without_sync();
  EXPECT_NE(image(Survival::none).at("test.db-wal"), content_of(folder_ / "test.db-wal"));
  const int log = ::open((folder_ / "test.db-wal").c_str(), O_RDONLY);
  EXPECT_EQ(::fsync(log), 0);
  ::close(log);
  EXPECT_EQ(image(Survival::none).at("test.db-wal"), content_of(folder_ / "test.db-wal"));
}

TEST_F(LosingDisk, OfAKillIsGoneOnWithAsItWas) {
  const std::string synced = image(Survival::none).at("test.db-wal");
  write_without_sync();
  const test::TempFolder other;
  write_image(image(Survival::all), other.path());
  LosingVfs after(
      "losing-after", other.path(), {}, [] {}, vfs_.disk());
  EXPECT_EQ(after.image(Survival::none, random_).at("test.db-wal"), synced);
  EXPECT_EQ(after.image(Survival::all, random_).at("test.db-wal"), content_of(other.path() / "test.db-wal"));
}

}  // namespace
}  // namespace cardfile::prove
