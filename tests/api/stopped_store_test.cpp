// What callers are told while the store takes no writes.

#include <gtest/gtest.h>

#include "api/world.h"
#include "store/faulty_vfs.h"

namespace cardfile::test {
namespace {

class AStoppedStore : public testing::Test {
 protected:
  AStoppedStore() {
    world.has_contact(R"({"phone":"13125550142"})");
    world.has_n8n_key(world.team(), "n8n-key");
    disk.syncs_give(SQLITE_IOERR_FSYNC);
  }

  FaultyVfs disk{"disk-of-a-stopped-store"};
  World world{{.engine = Engine::sqlite, .vfs = disk.name()}};
};

TEST_F(AStoppedStore, IsNotToBeAskedAgainBeforeSomebodyCanHaveMendedIt) {
  const Reply update = world.put("/v1/contact/1", R"({"phone":"13125550142","first":"Ada"})");
  EXPECT_EQ(update.status, 503);
  EXPECT_EQ(update["error"], "unavailable");
  EXPECT_EQ(update.header("Retry-After"), "60");
  const Reply upsert = world.send_bare("POST", "/n8n/v1/contacts", R"({"phone_number":"13125550142"})",
                                       {{"X-Heymarket-API-Key", "n8n-key"}});
  EXPECT_EQ(upsert.status, 503);
  EXPECT_EQ(upsert.header("Retry-After"), "60");
  EXPECT_EQ(world.get("/readyz").header("Retry-After"), "60");
  EXPECT_EQ(world.get("/v1/contact/1").status, 200);
}

TEST_F(AStoppedStore, IsOneWhoseFailureDoesNotPass) {
  disk.syncs_give(SQLITE_OK);
  disk.writes_give(SQLITE_FULL);
  EXPECT_EQ(world.put("/v1/contact/1", R"({"phone":"13125550142"})").header("Retry-After"), "1");
  disk.writes_give(SQLITE_OK);
  EXPECT_EQ(world.put("/v1/contact/1", R"({"phone":"13125550142"})").status, 200);
}

}  // namespace
}  // namespace cardfile::test
