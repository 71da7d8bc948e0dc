// A backup is made beside the server that uses the folder, and can be served itself.

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <latch>
#include <thread>

#include <gmock/gmock.h>

#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::test {
namespace {

using testing::HasSubstr;

class BackupCommand : public testing::Test {
 protected:
  BackupCommand() : key_(make_team_and_key(folder_)) {}

  HttpClient::Headers headers() const {
    return {{"Authorization", "Bearer " + key_}, {"Content-Type", "application/json"}};
  }
  Finished back_up() { return cardfile(folder_, {"backup", "--to", "copy"}); }

  TempFolder folder_;
  const std::string key_;
};

TEST_F(BackupCommand, MakesADataFolderOfItsOwnWhileTheServerWrites) {
  RunningServer server(folder_);
  const auto port = server.port();
  HttpClient(port, headers()).send("POST", "/v1/contact", R"({"phone":"13125550142","first":"Ada"})");
  std::latch is_writing(20);
  std::jthread writer([&](const std::stop_token& stop) {
    HttpClient client(port, headers());
    while (!stop.stop_requested()) {
      client.send("POST", "/v1/contact", R"({"phone":"13125550143","first":"Grace"})");
      if (!is_writing.try_wait()) is_writing.count_down();
    }
  });
  is_writing.wait();
  const Finished backup = back_up();
  EXPECT_EQ(backup.exit_code, 0) << backup.errors;
  EXPECT_THAT(backup.output, HasSubstr("cardfile serve --data copy"));
  writer.request_stop();
  writer.join();
  EXPECT_EQ(server.stop(), 0);

  const Finished check = cardfile(folder_, {"check", "--data", "copy"});
  EXPECT_EQ(check.exit_code, 0) << check.output;
  EXPECT_THAT(check.errors, HasSubstr("2 contacts and "));
  RunningServer restored(folder_, {"--data", "copy"});
  const auto reply =
      HttpClient(restored.port(), headers()).send("POST", "/v1/contact/get", R"({"phone":"13125550142"})");
  ASSERT_TRUE(reply);
  EXPECT_THAT(reply->body, HasSubstr(R"("first":"Ada")"));
}

TEST_F(BackupCommand, MakesWhatItsOwnerOnlyCanRead) {
  ASSERT_EQ(back_up().exit_code, 0);
  struct stat status {};
  ASSERT_EQ(::stat((folder_ / "copy").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700);
  ASSERT_EQ(::stat((folder_ / "copy/cardfile.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600);
}

TEST_F(BackupCommand, TakesNothingThatIsThereAlreadyForItsTarget) {
  ASSERT_EQ(back_up().exit_code, 0);
  const Finished again = back_up();
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.errors, HasSubstr("exists already"));
  EXPECT_THAT(cardfile(folder_, {"backup", "--to", "no/such/copy"}).errors, HasSubstr("There is no folder"));
  EXPECT_THAT(cardfile(folder_, {"backup", "--to", "x", "--data", "nowhere"}).errors,
              HasSubstr("There is no data folder nowhere"));
  EXPECT_EQ(cardfile(folder_, {"backup"}).exit_code, 2);
}

TEST_F(BackupCommand, SaysWhatItCannotLookAt) {
  std::filesystem::create_directory(folder_ / "loop");
  std::filesystem::create_symlink("cardfile.db", folder_ / "loop/cardfile.db");
  std::filesystem::create_directory(folder_ / "walled");
  std::filesystem::copy_file(folder_ / "data/cardfile.db", folder_ / "walled/cardfile.db");
  std::filesystem::create_directory(folder_ / "walled/cardfile.db-wal");
  const std::string advice = ". Name another folder with --data or --to, or run this as the owner of both.\n";
  EXPECT_EQ(cardfile(folder_, {"backup", "--to", "copy", "--data", "loop"}).errors,
            "cardfile: Cannot look at loop/cardfile.db: Too many levels of symbolic links" + advice);
  EXPECT_EQ(cardfile(folder_, {"backup", "--to", "/" + std::string(300, 'x')}).errors,
            "cardfile: Cannot look at /" + std::string(300, 'x') + ": File name too long" + advice);
  EXPECT_THAT(cardfile(folder_, {"backup", "--to", "copy", "--data", "walled"}).errors,
              testing::EndsWith("unable to open database file (code 14)" + advice));
}

TEST_F(BackupCommand, IsRefusedWithinTheFolderThatItCopies) {
  std::filesystem::create_directory(folder_ / "data/deeper");
  std::filesystem::create_directory_symlink("data", folder_ / "link");
  for (const char* to : {"data/copy", "data/deeper/copy", "./data/../data/copy/", "link/copy"}) {
    const Finished refused = cardfile(folder_, {"backup", "--to", to});
    EXPECT_EQ(refused.exit_code, 1) << to;
    EXPECT_THAT(refused.errors, HasSubstr("copy is within ./data, ")) << to;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "data/copy.partial"));
  EXPECT_EQ(cardfile(folder_, {"backup", "--to", "data-copy"}).exit_code, 0);
}

TEST_F(BackupCommand, ReplacesWhatAnInterruptedOneLeftBehind) {
  std::filesystem::create_directory(folder_ / "copy.partial");
  std::ofstream(folder_ / "copy.partial/cardfile.db") << "half a database";
  EXPECT_EQ(back_up().exit_code, 0);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.partial"));
  EXPECT_EQ(cardfile(folder_, {"check", "--data", "copy"}).exit_code, 0);
}

TEST_F(BackupCommand, LeavesAloneWhatNoBackupLeftBehind) {
  std::filesystem::create_directory(folder_ / "copy.partial");
  std::ofstream(folder_ / "copy.partial/cardfile.db") << "somebody's";
  std::ofstream(folder_ / "copy.partial/secrets.key") << "somebody's";
  const Finished refused = back_up();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("copy.partial/secrets.key, which no backup left there. Move it away"));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "copy.partial/cardfile.db"), 10U);
  EXPECT_EQ(std::filesystem::file_size(folder_ / "copy.partial/secrets.key"), 10U);
}

TEST_F(BackupCommand, OfWhatAnInterruptedOneLeftBehindDoesNotEatIt) {
  std::filesystem::rename(folder_ / "data", folder_ / "copy.partial");
  const auto before = std::filesystem::file_size(folder_ / "copy.partial/cardfile.db");
  const Finished refused = cardfile(folder_, {"backup", "--to", "copy", "--data", "copy.partial"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("Name another folder with --to"));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "copy.partial/cardfile.db"), before);
}

TEST_F(BackupCommand, IsRefusedWhileAnotherIsMadeAtTheSamePlace) {
  std::filesystem::create_directory(folder_ / "copy.partial");
  std::ofstream(folder_ / "copy.partial/cardfile.db") << "half a database";
  const int other = ::open((folder_ / "copy.partial").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  const Finished refused = back_up();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("Another backup is being made in "));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "copy.partial/cardfile.db"), 15U);
  ::close(other);
  EXPECT_EQ(back_up().exit_code, 0);
}

TEST_F(BackupCommand, OfADamagedDatabaseLeavesNothingAndSaysWhatToDo) {
  std::fstream(folder_ / "data/cardfile.db", std::ios::in | std::ios::out | std::ios::binary) << "no longer a database";
  const Finished refused = back_up();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("The cardfile.db in ./data is damaged"));
  EXPECT_THAT(refused.errors, HasSubstr("cardfile check --data ./data"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.partial"));
}

TEST_F(BackupCommand, OfADatabaseWithNothingInItIsRefused) {
  make_database_without_tables(folder_, "empty");
  const Finished refused = cardfile(folder_, {"backup", "--to", "copy", "--data", "empty"});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.errors, HasSubstr("is empty: there is nothing to copy"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "copy.partial"));
}

TEST_F(BackupCommand, SaysThatTheKeyOfSecretsIsNotInIt) {
  EXPECT_THAT(back_up().output, testing::Not(HasSubstr("secrets.key")));
  ASSERT_EQ(cardfile(folder_, {"secret", "create", "--team", "1", "--name", "website"}).exit_code, 0);
  const Finished backup = cardfile(folder_, {"backup", "--to", "another"});
  EXPECT_THAT(backup.output, HasSubstr("secrets.key is not in it"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "another/secrets.key"));
}

}  // namespace
}  // namespace cardfile::test
