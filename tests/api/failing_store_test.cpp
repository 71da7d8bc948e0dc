// What the caller and the log are told when the store fails: enough to find the failure, and nothing of anybody.

#include <fstream>
#include <iterator>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "api/api.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/vault.h"
#include "base/worker.h"
#include "prove/planted.h"
#include "store/open.h"
#include "support/temp_folder.h"
#include "wire/json_in.h"

namespace cardfile::test {
namespace {

constexpr std::string_view kKey = "canary-key";

/// Has a team with a key, and from then on nothing that works.
class FailingStore final : public prove::PassingStore {
 public:
  explicit FailingStore(core::Clock clock) : PassingStore(store::open_memory(std::move(clock))) {
    run(core::CreateTeam{.name = "canary team"});
    run(core::CreateUser{.id = {}, .name = "canary user", .email = {}, .phone = {}, .role = core::Role::admin});
    run(core::CreateKey{.name = "tests", .digest = base::to_hex(base::sha256(kKey))});
  }

  std::string failure = "the disk is gone";

  std::optional<core::Contact> contact(core::TeamId, const core::ContactKey&) const override {
    throw std::runtime_error(failure);
  }
  void submit(store::Submission& submission) override {
    for (store::Work& work : submission.works) {
      work.result = std::make_exception_ptr(core::Error(core::ErrorCode::unavailable, "no writes are taken"));
    }
    const std::coroutine_handle<> waiter = submission.waiter;
    submission.executor->resume({&waiter, 1});
  }

 private:
  void run(core::Action action) {
    store::commit_and_wait(below(),
                           {.team = core::TeamId(1), .actor = {}, .request_id = {}, .action = std::move(action)});
  }
};

class InlineExecutor final : public base::Executor {
 public:
  void resume(std::span<const std::coroutine_handle<>> waiters) override {
    for (const auto waiter : waiters) waiter.resume();
  }
};

base::Detached answer(api::Api& api, const http::Request& request, base::Executor& executor, http::Response& response,
                      std::binary_semaphore& done) {
  response = co_await api.handle(request, executor);
  done.release();
}

class FailingWorld {
 public:
  http::Response ask(std::string_view method, std::string_view path, std::string_view body) {
    const std::string authorization = "Bearer " + std::string(kKey);
    const http::Request request{.method = method,
                                .target = path,
                                .path = path,
                                .query = {},
                                .headers = {{"Authorization", authorization}},
                                .body = body};
    InlineExecutor executor;
    http::Response response;
    std::binary_semaphore done(0);
    answer(api_, request, executor, response, done);
    done.acquire();
    return response;
  }

  std::string log() {
    log_.flush();
    std::ifstream file(folder_ / "log");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static core::Timestamp now() { return core::Timestamp(std::chrono::microseconds(1'767'225'600'000'000)); }

  FailingStore store{now};

 private:
  TempFolder folder_;
  base::Log log_{base::LogLevel::debug, folder_ / "log"};
  base::Worker worker_{{.threads = 1}};
  base::Vault vault_{{1, 2, 3}};
  api::Api api_{api::Parts{.store = store,
                           .log = log_,
                           .worker = worker_,
                           .vault = vault_,
                           .clock = now,
                           .next_uuid = [] { return core::Uuid::from_random({7}); }},
                /*access_log=*/true};
};

TEST(FailingStore, IsA500WithoutItsCauseAndALineWithIt) {
  FailingWorld world;
  const auto response = world.ask("GET", "/v1/contact/1999555", "canary body");
  EXPECT_EQ(response.status, 500);
  EXPECT_NE(response.body.find("\"internal_error\""), std::string::npos);
  EXPECT_EQ(response.body.find("disk"), std::string::npos);
  const std::string log = world.log();
  EXPECT_NE(log.find("request_failed"), std::string::npos);
  EXPECT_NE(log.find("the disk is gone"), std::string::npos);
  EXPECT_EQ(log.find("canary"), std::string::npos) << log;
  EXPECT_EQ(log.find("1999555"), std::string::npos) << log;
}

TEST(FailingStore, ThatTakesNoWritesIsA503AndSaysNothingOfTheWrite) {
  FailingWorld world;
  const auto response = world.ask("POST", "/v1/contact", R"({"phone":"19995550001","first":"canary"})");
  EXPECT_EQ(response.status, 503);
  const std::string log = world.log();
  EXPECT_NE(log.find("status=503"), std::string::npos);
  EXPECT_EQ(log.find("canary"), std::string::npos) << log;
  EXPECT_EQ(log.find("1999555"), std::string::npos) << log;
}

TEST(FailingStore, ThatNamesSomebodyWouldBeSeen) {
  FailingWorld world;
  world.store.failure = "no row for canary";
  world.ask("GET", "/v1/contact/1", {});
  EXPECT_NE(world.log().find("canary"), std::string::npos);
}

}  // namespace
}  // namespace cardfile::test
