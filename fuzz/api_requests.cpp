// Sequences of requests to the whole product on the engine in memory. A line is a request: a method, a target, an
// If-Match with "!" before it when there is one, and the body; with blanks between.

#include <semaphore>
#include <string>

#include "api/api.h"
#include "base/crypto.h"
#include "base/log.h"
#include "base/vault.h"
#include "base/worker.h"
#include "fuzz/target.h"
#include "http/parser.h"
#include "store/open.h"
#include "store/store.h"
#include "wire/json_in.h"

namespace cardfile::fuzz {

namespace {

constexpr int kRequestsMax = 40;
constexpr std::string_view kKey = "key";
constexpr std::string_view kN8nKey = "n8n-key";
const core::TeamId kTeam{1};
const core::TeamId kOtherTeam{2};

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

class Product {
 public:
  /// `word` stands in what belongs to the other team, and nowhere else.
  explicit Product(const std::string& word)
      : store_(store::open_memory([this] { return now(); })),
        api_({.store = *store_,
              .log = log(),
              .worker = worker(),
              .vault = vault_,
              .clock = [this] { return now(); },
              .next_uuid = [this] { return next_uuid(); }}) {
    for (const core::TeamId team : {kTeam, kOtherTeam}) {
      run(team, core::CreateTeam{.name = "Team"});
      run(team, core::CreateUser{.id = {}, .name = "Grace", .email = {}, .phone = {}, .role = core::Role::admin});
      core::CreateFields fields;
      fields.drafts = {{.id = core::FieldId(12), .title = "Plan"}};
      run(team, fields);
      run(team, core::CreateTag{.uuid = next_uuid(), .id = {}, .label = "VIP", .color = "#2E86DE", .problems = {}});
    }
    add_key(kKey, core::KeyKind::api);
    add_key(kN8nKey, core::KeyKind::n8n);
    core::CreateContact theirs;
    theirs.uuid = next_uuid();
    theirs.patch.phone = "13125550199";
    theirs.patch.first = word;
    run(kOtherTeam, theirs);
  }

  http::Response ask(const http::Request& request) {
    http::Response response;
    std::binary_semaphore done(0);
    answer(api_, request, executor_, response, done);
    done.acquire();
    return response;
  }

  void check_log() const {
    std::int64_t seq = 0;
    for (const core::ChangeEntry& entry : store_->changes(kTeam, 0, 100'000, store::kNoLimit)) {
      promise(entry.seq == ++seq, "the change log has no hole");
    }
  }

 private:
  core::Timestamp now() { return core::Timestamp(std::chrono::microseconds(++now_us_)); }

  core::Uuid next_uuid() {
    core::Uuid::Bytes bytes{};
    ++uuids_;
    bytes[15] = static_cast<std::uint8_t>(uuids_);
    bytes[14] = static_cast<std::uint8_t>(uuids_ >> 8);
    return core::Uuid::from_random(bytes);
  }

  void run(core::TeamId team, core::Action action) {
    store::commit_and_wait(*store_, {.team = team, .actor = {}, .request_id = {}, .action = std::move(action)});
  }

  void add_key(std::string_view key, core::KeyKind kind) {
    run(kTeam, core::CreateKey{.name = "fuzz", .digest = base::to_hex(base::sha256(key)), .kind = kind});
  }

  static base::Log& log() {
    static base::Log log(base::LogLevel::off);
    return log;
  }
  static base::Worker& worker() {
    static base::Worker worker({.threads = 1});
    return worker;
  }

  std::int64_t now_us_ = 1'767'225'600'000'000;
  std::uint32_t uuids_ = 0;
  InlineExecutor executor_;
  base::Vault vault_{{1, 2, 3}};
  std::unique_ptr<store::Store> store_;
  api::Api api_;
};

std::string bytes_of(std::string_view line) {
  const std::string_view method = cut(line, ' ');
  const std::string_view target = cut(line, ' ');
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: t\r\n";
  if (line.starts_with('!')) text += "If-Match: " + std::string(cut(line, ' ').substr(1)) + "\r\n";
  text += target.starts_with("/n8n/") ? "X-Heymarket-API-Key: " + std::string(kN8nKey) + "\r\n"
                                      : "Authorization: Bearer " + std::string(kKey) + "\r\n";
  return text + "Content-Length: " + std::to_string(line.size()) + "\r\n\r\n" + std::string(line);
}

/// No request can hold it, in whatever way it is written.
std::string word_for(std::string_view bytes) { return "of-others-" + base::to_hex(base::sha256(bytes)); }

void check(const http::Request& request, const http::Response& response, const std::string& word) {
  promise(response.status != 500, "no request breaks the server");
  promise(response.status >= 200 && response.status < 600, "an answer has a status");
  promise(response.body.find(word) == std::string::npos, "another team's contact is not shown");
  bool has_id = false;
  for (const auto& [name, value] : response.headers) {
    promise(value.find_first_of("\r\n") == std::string::npos, "a header is one line");
    has_id = has_id || name == "X-Request-Id";
  }
  promise(has_id, "an answer has its request's id");
  const bool is_document = request.path == "/docs" || request.path == "/docs/" || request.path.starts_with("/openapi");
  if (!is_document && response.status != 304 && response.content_type == "application/json") {
    wire::JsonDocument document;
    document.parse(response.body);
  }
}

}  // namespace

void target(std::string_view bytes) {
  const std::string word = word_for(bytes);
  Product product(word);
  for (int i = 0; i < kRequestsMax && !bytes.empty(); ++i) {
    const std::string text = bytes_of(cut(bytes, '\n'));
    http::Parser parser({});
    for (std::string_view rest = text; !rest.empty();) {
      const auto room = parser.space();
      const std::size_t count = rest.copy(room.data(), room.size());
      parser.received(count);
      rest.remove_prefix(count);
      if (parser.advance() == http::Parser::State::refused) break;
    }
    if (parser.advance() != http::Parser::State::complete) continue;
    check(parser.request(), product.ask(parser.request()), word);
  }
  product.check_log();
}

}  // namespace cardfile::fuzz
