// A backup is made beside the server that uses the folder, and can be served itself.

#include <filesystem>
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

TEST_F(BackupCommand, SaysThatTheKeyOfSecretsIsNotInIt) {
  EXPECT_THAT(back_up().output, testing::Not(HasSubstr("secrets.key")));
  ASSERT_EQ(cardfile(folder_, {"secret", "create", "--team", "1", "--name", "website"}).exit_code, 0);
  const Finished backup = cardfile(folder_, {"backup", "--to", "another"});
  EXPECT_THAT(backup.output, HasSubstr("secrets.key is not in it"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "another/secrets.key"));
}

}  // namespace
}  // namespace cardfile::test
