#include "api/world.h"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <semaphore>
#include <set>
#include <stdexcept>

#include <gtest/gtest.h>

#include "api/api_document.h"
#include "api/documents.h"
#include "api/sealed_secret.h"
#include "base/crypto.h"
#include "base/task.h"
#include "core/text.h"
#include "store/open.h"
#include "wire/json_in.h"

namespace cardfile::test {

namespace {

/// Goes on with a waiter wherever it is told to.
class InlineExecutor : public base::Executor {
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

/// Whether this very exchange was not looked at before in this process: many worlds of a test are made alike.
bool is_new(const ApiDocument& document, std::string_view method, std::string_view target, std::string_view body,
            const Reply& reply) {
  std::string exchange = std::to_string(reinterpret_cast<std::uintptr_t>(&document)) + '\n';
  for (const std::string_view part : {method, target, body}) exchange.append(part).append("\n");
  exchange += std::to_string(reply.status) + '\n' + reply.body;
  for (const auto& [name, value] : reply.headers) exchange.append("\n").append(name).append(": ").append(value);
  static std::mutex mutex;
  static std::set<std::size_t> seen;
  const std::lock_guard lock(mutex);
  return seen.insert(std::hash<std::string>()(exchange)).second;
}

/// What of the dialect shows in the form of an answer, as the document names it.
std::set<std::string> settings_of(const wire::Dialect& dialect) {
  std::set<std::string> settings;
  if (dialect.batch_answer == wire::BatchAnswer::contacts) settings.insert("batch_answer=contacts");
  if (dialect.count_answer == wire::CountAnswer::number) settings.insert("count_answer=number");
  if (dialect.channel_ids == wire::ChannelIds::strings) settings.insert("channel_ids=strings");
  return settings;
}

/// One for all worlds of a dialect: reading the document takes longer than most tests.
const ApiDocument& document_of(const wire::Dialect& dialect) {
  static std::mutex mutex;
  static std::map<std::set<std::string>, ApiDocument> documents;
  const std::set<std::string> settings = settings_of(dialect);
  const std::lock_guard lock(mutex);
  return documents.try_emplace(settings, api::openapi_json(), settings).first->second;
}

std::string shown(const wire::Json& value) {
  switch (value.kind()) {
    case wire::JsonKind::null:
      return "null";
    case wire::JsonKind::boolean:
      return value.boolean() ? "true" : "false";
    case wire::JsonKind::array:
      return "(array)";
    case wire::JsonKind::object:
      return "(object)";
    default:
      return std::string(value.text());
  }
}

}  // namespace

std::string Reply::header(std::string_view name) const {
  for (const auto& [header, value] : headers) {
    if (core::lower_ascii(header) == core::lower_ascii(name)) return value;
  }
  return {};
}

std::string Reply::operator[](std::string_view member) const {
  wire::JsonDocument document;
  const auto found = document.parse(body).find(member);
  return found ? shown(*found) : "(none)";
}

std::string Reply::each(std::string_view member) const {
  wire::JsonDocument document;
  std::string text;
  for (const wire::Json item : document.parse(body)) {
    if (!text.empty()) text += ' ';
    text += item.find(member)->text();
  }
  return text;
}

std::string Reply::fields_at_fault() const {
  wire::JsonDocument document;
  std::string names;
  const auto errors = document.parse(body).find("errors");
  if (!errors) return names;
  for (const wire::Json error : *errors) {
    if (!names.empty()) names += ' ';
    names += error.find("field")->text();
  }
  return names;
}

World::World(WorldOptions options)
    : now_us_((*core::parse_rfc3339("2026-03-02T09:15:00Z")).time_since_epoch().count()),
      document_(document_of(options.dialect)),
      log_(base::LogLevel::off),
      vault_({1, 2, 3}) {
  const core::Clock clock = [this] { return now(); };
  store_ = open_store(options, clock);
  api_ = std::make_unique<api::Api>(api::Parts{.store = *store_,
                                               .log = log_,
                                               .worker = worker_,
                                               .vault = vault_,
                                               .clock = clock,
                                               .next_uuid = [this] { return next_uuid(); },
                                               .rate_limit = options.rate_limit,
                                               .dialect = options.dialect});
  teams_.push_back(make_team(1, "key-of-team-one"));
  teams_.push_back(make_team(2, "key-of-team-two"));
}

World::~World() = default;

std::unique_ptr<store::Store> World::open_store(const WorldOptions& options, core::Clock clock) {
  if (options.engine == Engine::memory) return store::open_memory(std::move(clock));
  folder_ = std::make_unique<TempFolder>();
  return store::open_sqlite({.folder = folder_->path(), .vfs = options.vfs}, std::move(clock));
}

core::Uuid World::next_uuid() {
  core::Uuid::Bytes bytes{};
  const std::uint32_t number = ++uuids_;
  for (std::size_t i = 0; i < 4; ++i) bytes[12 + i] = static_cast<std::uint8_t>(number >> (24 - 8 * i));
  return core::Uuid::from_random(bytes);
}

core::Outcome World::run(core::TeamId team, core::Action action) {
  return store::commit_and_wait(*store_, {.team = team, .actor = {}, .request_id = {}, .action = std::move(action)});
}

TestTeam World::make_team(std::int64_t number, std::string key) {
  const core::TeamId id(number);
  run(id, core::CreateTeam{.name = "Team " + std::to_string(number)});
  run(id, core::CreateUser{
              .id = {}, .name = "Grace", .email = "grace@example.org", .phone = {}, .role = core::Role::admin});
  run(id, core::CreateUser{.id = {}, .name = "Alan", .email = {}, .phone = {}});
  core::CreateFields fields;
  fields.drafts = {{.id = core::FieldId(12), .title = "Plan"}, {.id = core::FieldId(13), .title = "City"}};
  run(id, fields);
  for (const std::string_view label : {"Renewal", "VIP", "Lead", "Late", "New", "Old"}) {
    run(id, core::CreateTag{
                .uuid = next_uuid(), .id = {}, .label = std::string(label), .color = "#2E86DE", .problems = {}});
  }
  run(id, core::CreateKey{.name = "tests", .digest = base::to_hex(base::sha256(key))});
  return {id, std::move(key)};
}

Reply World::send_bare(std::string_view method, std::string_view target, std::string_view body,
                       const Headers& headers) {
  const std::size_t question = target.find('?');
  http::Request request{.method = method,
                        .target = target,
                        .path = target.substr(0, question),
                        .query = question == std::string_view::npos ? std::string_view{} : target.substr(question + 1),
                        .headers = {},
                        .body = body};
  for (const auto& [name, value] : headers) request.headers.emplace_back(name, value);
  InlineExecutor executor;
  http::Response response;
  std::binary_semaphore done(0);
  answer(*api_, request, executor, response, done);
  done.acquire();
  Reply reply{.status = response.status, .body = std::move(response.body), .headers = {}};
  reply.headers.emplace_back("Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) reply.headers.emplace_back(name, value);
  if (is_new(document_, method, target, body, reply)) expect_documented(document_, method, target, body, reply);
  return reply;
}

Reply World::send(std::string_view method, std::string_view target, std::string_view body, const Headers& headers) {
  Headers all = headers;
  all.emplace_back("Authorization", "Bearer " + team().key);
  return send_bare(method, target, body, all);
}

Reply World::send_as(const TestTeam& sender, std::string_view method, std::string_view target, std::string_view body) {
  return send_bare(method, target, body, {{"Authorization", "Bearer " + sender.key}});
}

core::Contact World::has_contact(std::string_view v2_body) {
  const Reply reply = post("/v2/contact", v2_body);
  if (reply.status != 200) throw std::logic_error("the test's contact was refused: " + reply.body);
  return *stored(core::ContactId(std::stoll(reply["id"])));
}

core::Contact World::has_large_contact(std::string phone, std::size_t values) {
  core::CreateFields fields;
  for (std::size_t i = 0; i < values; ++i) fields.drafts.push_back({.id = {}, .title = "Large " + std::to_string(i)});
  core::ContactPatch patch;
  patch.phone = std::move(phone);
  auto& custom = patch.custom.emplace();
  const auto saved = std::get<core::FieldsSaved>(run(team().id, std::move(fields)));
  for (const auto& item : saved.items) {
    custom.emplace(item.field.id, std::string(core::kCustomValueMax, 'x'));
  }
  core::CreateContact create{.uuid = next_uuid(), .id = {}, .patch = std::move(patch)};
  return *std::get<core::ContactSaved>(run(team().id, std::move(create))).contact;
}

std::optional<core::Contact> World::stored(core::ContactId id) const { return store_->contact(team().id, id); }

std::vector<core::ChangeEntry> World::log() const { return store_->changes(team().id, 0, 100'000, store::kNoLimit); }

void World::has_n8n_key(const TestTeam& team, std::string_view key) {
  run(team.id, core::CreateKey{.name = "n8n", .digest = base::to_hex(base::sha256(key)), .kind = core::KeyKind::n8n});
}

void World::has_secret(const TestTeam& team, const core::Uuid& id, std::string_view key) {
  run(team.id, core::CreateSecret{.id = id, .name = "tests", .sealed = api::seal_secret(vault_, team.id, id, key)});
}

void World::advance_clock(std::chrono::microseconds by) { now_us_ += by.count(); }

void expect_documented(const ApiDocument& document, std::string_view method, std::string_view target,
                       std::string_view request_body, const Reply& reply) {
  std::string faults;
  for (const std::string& fault : document.faults(method, target, request_body, reply)) faults += fault + '\n';
  if (faults.empty()) return;
  ADD_FAILURE() << "docs/openapi.json " << faults << "of " << method << ' ' << target << '\n'
                << request_body << "\n"
                << reply.status << ' ' << reply.body;
}

std::string v1_path(const core::Contact& contact) { return "/v1/contact/" + std::to_string(contact.id.value()); }
std::string v2_path(const core::Contact& contact) { return "/v2/contact/" + contact.uuid.to_string(); }

}  // namespace cardfile::test
