#include "api/call.h"

#include <algorithm>
#include <numeric>
#include <type_traits>
#include <utility>

#include "api/conditional.h"
#include "core/error.h"
#include "core/text.h"

namespace cardfile::api {

namespace {

/// Memory for parsing is kept a thread: a body is read between two suspensions, so one document is enough.
wire::Json parse(std::string_view body) {
  static thread_local wire::JsonDocument document;
  return document.parse(body);
}

/// From here on skipping to the page takes longer than answering many other requests.
constexpr std::size_t kQuickOffsetMax = 1'000;

/// As many contacts may be asked for; a page that goes on has more.
constexpr std::size_t kQuickLimitMax = 1'000;

/// As many contacts of lists are read in some milliseconds.
constexpr std::int64_t kQuickListsSize = 1'000;

/// Whether a page is read off an index, or the table, in which the team's contacts stand together and in order.
bool is_quick_page(const core::ContactQuery& query) {
  if (query.id || query.parent) return true;
  if (query.filter || query.assigned || query.offset > kQuickOffsetMax || query.limit > kQuickLimitMax) return false;
  return query.order == core::ContactOrder::updated || (query.order == core::ContactOrder::id && !query.date);
}

bool is_quick_count(const core::ContactQuery& query) {
  return query.id || query.parent || (!query.filter && !query.assigned && !query.date);
}

/// What `ask` gives, asked on the worker.
template <class Ask>
base::Task<std::invoke_result_t<Ask&>> asked_aside(const Call& call, Ask ask) {
  auto answer = co_await call.parts.worker.run(call.team.value(), call.executor, std::move(ask));
  if (!answer) {
    throw core::Error(core::ErrorCode::unavailable, "too many long queries are waiting; try again in a moment");
  }
  co_return std::move(*answer);
}

base::Task<std::vector<core::Contact>> page(const Call& call, const core::ContactQuery& query) {
  const auto ask = [&] { return call.parts.store.contacts(call.team, query); };
  if (is_quick_page(query)) co_return ask();
  auto found = co_await asked_aside(call, ask);
  co_return found;
}

bool is_integer(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

store::Commit Call::commit(core::Action action, Run run) const {
  return {parts.store,
          executor,
          {.team = team,
           .actor = actor,
           .request_id = request_id,
           .action = std::move(action),
           .dry_run = run == Run::dry}};
}

store::CommitAll Call::commit_all(std::vector<core::Action> actions, store::Contacts contacts) const {
  std::vector<store::Work> works;
  works.reserve(actions.size());
  for (core::Action& action : actions) {
    works.push_back({.command = {.team = team, .actor = actor, .request_id = request_id, .action = std::move(action)},
                     .result = {}});
  }
  return {parts.store, executor, std::move(works), contacts};
}

base::Task<std::vector<core::Contact>> Call::contacts(core::ContactQuery query) const {
  const auto end = core::end_of_cut_date(query);
  const std::size_t asked_for = query.limit;
  query.needed = asked_for;
  auto found = co_await page(*this, query);
  while (end && found.size() == query.limit && found.back().updated < *end && query.limit < core::kLongPageMax) {
    query.limit = std::min(2 * query.limit, core::kLongPageMax);
    found = co_await page(*this, query);
  }
  if (found.size() <= asked_for) co_return found;
  const auto past_end = [&](const core::Contact& contact) { return contact.updated >= *end; };
  const auto from = found.begin() + static_cast<std::ptrdiff_t>(asked_for) - 1;
  const auto last = std::find_if(from, found.end(), past_end);
  if (last != found.end()) found.erase(last + 1, found.end());
  co_return found;
}

base::Task<std::int64_t> Call::count(core::ContactQuery query) const {
  if (is_quick_count(query)) co_return parts.store.count(team, query);
  const auto ask = [this, &query] { return parts.store.count(team, query); };
  const auto found = co_await asked_aside(*this, ask);
  co_return found;
}

std::shared_ptr<const core::Directory> Call::directory() const { return parts.store.directory(team); }

base::Task<std::vector<std::vector<core::ListTarget>>> Call::targets(std::vector<const core::List*> lists) const {
  const auto ask = [this, &lists] {
    std::vector<std::vector<core::ListTarget>> targets;
    for (const core::List* list : lists) targets.push_back(parts.store.targets(team, list->id));
    return targets;
  };
  const auto size = std::accumulate(lists.begin(), lists.end(), std::int64_t{0},
                                    [](std::int64_t sum, const core::List* list) { return sum + list->size; });
  if (size <= kQuickListsSize) co_return ask();
  auto found = co_await asked_aside(*this, ask);
  co_return found;
}

core::Contact Call::contact(const core::ContactKey& key) const {
  auto found = parts.store.contact(team, key);
  if (!found) throw core::Error(core::ErrorCode::not_found, "no contact has this id");
  return std::move(*found);
}

std::int64_t Call::id(std::string_view thing, std::vector<core::FieldError> others) const {
  if (const auto id = core::parse_id(path.front())) return *id;
  if (is_integer(path.front())) {
    throw core::Error(core::ErrorCode::not_found, "no " + std::string(thing) + " has this id");
  }
  others.insert(others.begin(), {"id", "must be an integer"});
  throw core::Error(core::ErrorCode::bad_data, std::move(others));
}

core::Uuid Call::contact_uuid() const {
  const auto uuid = core::Uuid::parse(path.front());
  if (!uuid) throw core::Error(core::ErrorCode::not_found, "no contact has this id");
  return *uuid;
}

std::string_view Call::body_text() const {
  const std::string_view encoding = core::trimmed(request.header("Content-Encoding"));
  if (!encoding.empty() && core::lower_ascii(encoding) != "identity") {
    throw core::Error(core::ErrorCode::unsupported_media_type,
                      "a body with a Content-Encoding is not read: send it as it is");
  }
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  return request.body.starts_with(kByteOrderMark) ? request.body.substr(kByteOrderMark.size()) : request.body;
}

wire::Json Call::body() const {
  const std::string_view text = body_text();
  if (core::trimmed(text).empty()) {
    throw core::Error(core::ErrorCode::bad_data, {{"body", "is required: a JSON document"}});
  }
  return parse(text);
}

std::optional<wire::Json> Call::parameters() const {
  const std::string_view text = body_text();
  if (core::trimmed(text).empty()) return std::nullopt;
  const wire::Json json = parse(text);
  const bool empty_array = json.is(wire::JsonKind::array) && json.size() == 0;
  if (json.is(wire::JsonKind::null) || empty_array) return std::nullopt;
  if (!json.is(wire::JsonKind::object)) {
    throw core::Error(core::ErrorCode::bad_data, {{"body", "must be a JSON object"}});
  }
  return json;
}

wire::Json Call::optional_body() const {
  const auto given = parameters();
  return given ? *given : parse("{}");
}

std::optional<std::string> Call::parameter(std::string_view name, std::vector<core::FieldError>& problems) const {
  http::QueryValue last = http::query_value(request.query, name);
  if (!last.present) return std::nullopt;
  const auto values = http::query_values(request.query, name);
  const auto agrees = [&last](const std::string& value) { return value == last.value; };
  if (std::ranges::all_of(values, agrees)) return std::move(last.value);
  problems.push_back({std::string(name), "must not be given twice with different values"});
  return std::nullopt;
}

core::CustomMode Call::custom_mode(std::vector<core::FieldError>& problems) const {
  const auto overwrite = parameter("overwrite", problems);
  if (!overwrite) return core::CustomMode::merge;
  const std::string value = core::lower_ascii(*overwrite);
  if (value == "true" || value == "1") return core::CustomMode::overwrite;
  if (value == "false" || value == "0") return core::CustomMode::merge;
  problems.push_back({"overwrite", "must be true or false"});
  return core::CustomMode::merge;
}

http::Response ok(std::string body) { return {.body = std::move(body), .headers = {}}; }

http::Response ok_contact(std::string body, std::int64_t rev) {
  http::Response response = ok(std::move(body));
  response.headers.emplace_back("ETag", entity_tag(rev));
  return response;
}

}  // namespace cardfile::api
