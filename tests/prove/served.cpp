#include "prove/served.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <unistd.h>

#include "api/api.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/task.h"
#include "base/vault.h"
#include "http/server.h"
#include "store/open.h"
#include "store/world.h"
#include "support/http_client.h"
#include "support/program.h"

namespace cardfile::prove {
namespace {

/// A process of its own.
class Program final : public Served {
 public:
  explicit Program(const std::vector<std::string>& arguments)
      : key_(test::make_team_and_key(folder_)), server_(folder_, arguments), port_(server_.port()) {}

  std::uint16_t port() const override { return port_; }
  const std::string& key() const override { return key_; }
  pid_t process() const override { return server_.process().id(); }
  std::string make_n8n_key() override {
    const auto made =
        test::cardfile(folder_, {"key", "create", "--team", "1", "--name", "n8n", "--kind", "n8n", "--json"});
    return test::json_member(made.output, "key");
  }

 private:
  test::TempFolder folder_;
  const std::string key_;
  test::RunningServer server_;
  const std::uint16_t port_;
};

class Local final : public Served {
 public:
  explicit Local(LocalOptions options)
      : store_(std::move(options.store)),
        key_(std::move(options.key)),
        on_answer_(std::move(options.on_answer)),
        worker_(options.worker),
        api_({.store = *store_,
              .log = log_,
              .worker = worker_,
              .vault = vault_,
              .clock = std::move(options.clock),
              .next_uuid = std::move(options.next_uuid)}),
        server_(
            {.port = 0},
            [this](const http::Request& request, base::Executor& executor) {
              return on_answer_ ? altered_answer(request, executor) : api_.handle(request, executor);
            },
            [this](const http::ProtocolError& error) { return api_.protocol_error(error); }) {
    server_.start();
  }

  std::uint16_t port() const override { return server_.port(); }
  const std::string& key() const override { return key_; }
  pid_t process() const override { return ::getpid(); }
  std::string make_n8n_key() override {
    const std::string key = key_ + "-of-n8n";
    store::commit_and_wait(*store_,
                           test::command(core::CreateKey{
                               .name = "n8n", .digest = base::to_hex(base::sha256(key)), .kind = core::KeyKind::n8n}));
    return key;
  }

 private:
  base::Task<http::Response> altered_answer(const http::Request& request, base::Executor& executor) {
    http::Response response = co_await api_.handle(request, executor);
    on_answer_(response);
    co_return response;
  }

  const std::unique_ptr<store::Store> store_;
  const std::string key_;
  const std::function<void(http::Response&)> on_answer_;
  base::Log log_{base::LogLevel::off};
  base::Worker worker_;
  const base::Vault vault_{{1, 2, 3}};
  api::Api api_;
  http::Server server_;
};

}  // namespace

std::unique_ptr<Served> serve() { return serve_program({}); }

std::unique_ptr<Served> serve_program(const std::vector<std::string>& arguments) {
  return std::make_unique<Program>(arguments);
}

std::unique_ptr<Served> serve_here(LocalOptions options) { return std::make_unique<Local>(std::move(options)); }

std::unique_ptr<Served> serve_with(const Plant& plant, std::function<void(http::Response&)> on_answer) {
  const std::string key = "key";
  auto store = plant(store::open_memory(wall_clock()));
  make_team(*store, test::kTeam, key);
  return serve_here({.store = std::move(store),
                     .key = key,
                     .clock = wall_clock(),
                     .next_uuid = uuids_from(1),
                     .on_answer = std::move(on_answer)});
}

core::UuidSource uuids_from(std::uint64_t n) {
  return [next = std::make_shared<std::atomic<std::uint64_t>>(n)] { return test::uuid((*next)++); };
}

core::Clock wall_clock() {
  return [] { return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now()); };
}

void make_team(store::Store& store, core::TeamId team, const std::string& key) {
  store::commit_and_wait(store, test::command(core::CreateTeam{.name = "Sales"}, team));
  store::commit_and_wait(
      store, test::command(core::CreateKey{.name = "test", .digest = base::to_hex(base::sha256(key))}, team));
}

void make_contacts(const Served& served, int count) {
  constexpr int kContactsABatch = 1'000;
  test::HttpClient client(served.port(), served.headers());
  for (int id = 1; id <= count;) {
    std::string body;
    for (const int end = std::min(id + kContactsABatch, count + 1); id < end; ++id) {
      body += (body.empty() ? "[" : ",") + (R"({"phone":")" + phone_of(id) + R"("})");
    }
    const auto reply = client.send("POST", "/v1/batch/contacts", body + "]");
    if (!reply || reply->status != 200) throw std::runtime_error("the contacts could not be made");
  }
}

std::string phone_of(int id) { return "1312" + std::to_string(1'000'000 + id); }

}  // namespace cardfile::prove
