// API secrets: what a team signs its tokens with.

#include <gtest/gtest.h>

#include <string>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using Problems = std::vector<FieldError>;
using Changes = std::vector<FieldChange>;

TEST(CreateSecret, StoresWhatIsSealedAndLogsOnlyIdAndName) {
  FakeTeam team;
  const ApiSecret secret = team.does(CreateSecret{.id = uuid(1), .name = " CRM sync ", .sealed = "sealed"});
  EXPECT_EQ(secret, (ApiSecret{uuid(1), "CRM sync", "sealed", team.now, false}));
  EXPECT_EQ(team.directory()->secrets.at(uuid(1)), secret);
  EXPECT_EQ(team.last_entry().subject, Subject::api_secret);
  EXPECT_EQ(team.last_entry().operation, Operation::create);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"id", {}, uuid(1).to_string()}, {"name", {}, "CRM sync"}}));
}

TEST(CreateSecret, NeedsANameOfOneLine) {
  FakeTeam team;
  for (const char* name : {"", " ", "two\nlines"}) {
    EXPECT_EQ(team.refuses(CreateSecret{.id = uuid(1), .name = name}).errors(),
              (Problems{{"name", "must be 1 to 255 characters in one line"}}));
  }
  EXPECT_TRUE(team.log().empty());
}

TEST(CreateSecret, GivesATeamAtMostTwoThatAreValid) {
  FakeTeam team;
  team.does(CreateSecret{.id = uuid(1), .name = "old"});
  team.does(CreateSecret{.id = uuid(2), .name = "new"});
  const Error error = team.refuses(CreateSecret{.id = uuid(3), .name = "one more"});
  EXPECT_EQ(error.code(), ErrorCode::bad_data);
  EXPECT_EQ(error.message(), "a team has at most 2 API secrets: revoke one of them first");
  EXPECT_EQ(team.directory()->secrets.size(), 2U);

  team.does(RevokeSecret{uuid(1)});
  team.does(CreateSecret{.id = uuid(3), .name = "one more"});
  EXPECT_EQ(team.directory()->secrets.size(), 3U);
  EXPECT_EQ(team.refuses(CreateSecret{.id = uuid(4), .name = "too many"}).code(), ErrorCode::bad_data);
}

TEST(RevokeSecret, ForgetsWhatWasSealedOnce) {
  FakeTeam team;
  team.does(CreateSecret{.id = uuid(1), .name = "CRM sync", .sealed = "sealed"});
  const ApiSecret revoked = team.does(RevokeSecret{uuid(1)});
  EXPECT_TRUE(revoked.revoked);
  EXPECT_EQ(revoked.name, "CRM sync");
  EXPECT_EQ(revoked.sealed, "");
  EXPECT_EQ(team.directory()->secrets.at(uuid(1)), revoked);
  EXPECT_EQ(team.last_entry().operation, Operation::remove);
  EXPECT_EQ(team.last_entry().changes, (Changes{{"id", uuid(1).to_string(), {}}, {"name", "CRM sync", {}}}));

  EXPECT_EQ(team.does(RevokeSecret{uuid(1)}), revoked);
  EXPECT_EQ(team.log().size(), 2U);
}

TEST(RevokeSecret, OfNoSecretIsRefused) {
  FakeTeam team;
  const Error error = team.refuses(RevokeSecret{uuid(1)});
  EXPECT_EQ(error.code(), ErrorCode::not_found);
  EXPECT_EQ(error.message(), "no secret has this id");
}

TEST(RevokeSecret, KeepsItsIdFromBeingGivenAgain) {
  FakeTeam team;
  team.does(CreateSecret{.id = uuid(1), .name = "CRM sync"});
  team.does(RevokeSecret{uuid(1)});
  EXPECT_EQ(team.refuses(CreateSecret{.id = uuid(1), .name = "again"}).errors(),
            (Problems{{"id", "is taken already"}}));
}

}  // namespace
}  // namespace cardfile::core
