#include "api/n8n/handlers.h"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.h"
#include "core/text.h"
#include "core/url.h"
#include "http/public_address.h"
#include "wire/json_out.h"
#include "wire/n8n.h"

namespace cardfile::api::n8n {

namespace {

constexpr std::string_view kDryRunHeader = "X-Heymarket-Dry-Run";

/// What is neither true nor false is added to `problems`.
Run run_of(const Call& call, std::vector<core::FieldError>& problems) {
  const std::string value = core::lower_ascii(call.request.header(kDryRunHeader));
  if (value == "true" || value == "1") return Run::dry;
  if (!value.empty() && value != "false" && value != "0") {
    problems.push_back({std::string(kDryRunHeader), "must be true or false"});
  }
  return Run::real;
}

/// What a dry run would make, under the UUID that it was to get, has no id: 0 stands for none.
template <class Thing>
Thing as_shown(Thing thing, const core::Uuid& uuid, Run run) {
  if (run == Run::dry && thing.uuid == uuid) thing.id = {};
  return thing;
}

/// The object that `write` fills, which says so when nothing was done.
template <class Write>
http::Response show(Run run, Write&& write) {
  std::string body;
  wire::JsonWriter json(body);
  json.begin_object();
  write(json);
  if (run == Run::dry) json.key("dry_run").boolean(true);
  json.end_object();
  return ok(std::move(body));
}

/// What the URL alone tells. Where it leads to in the end is looked at whenever something is sent.
bool may_be_sent_to(std::string_view url, http::Reach reach) {
  const auto parts = core::parse_url(url);
  return reach == http::Reach::everywhere || !parts || http::may_be_public_host(parts->host);
}

template <class Things>
http::Response show_choices(const Things& things) {
  std::string body;
  wire::JsonWriter json(body);
  json.begin_array();
  for (const auto& [id, thing] : things) wire::n8n::write_choice(json, thing);
  json.end_array();
  return ok(std::move(body));
}

}  // namespace

base::Task<http::Response> test_auth(const Call& call) {
  const auto directory = call.directory();
  co_return show(Run::real, [&](wire::JsonWriter& json) { wire::n8n::write_team(json, directory->team); });
}

base::Task<http::Response> list_fields(const Call& call) { co_return show_choices(call.directory()->fields); }

base::Task<http::Response> list_inboxes(const Call& call) { co_return show_choices(call.directory()->inboxes); }

base::Task<http::Response> list_lists(const Call& call) { co_return show_choices(call.directory()->lists); }

/// Nothing is sent by this server, so there are none.
base::Task<http::Response> list_templates(const Call&) { co_return ok("[]"); }

base::Task<http::Response> save_contact(const Call& call) {
  const core::Uuid uuid = call.parts.next_uuid();
  core::CreateContact save{.uuid = uuid, .id = {}, .patch = wire::n8n::read_contact(call.body())};
  const Run run = run_of(call, save.patch.problems);
  const core::Outcome outcome = co_await call.commit(std::move(save), run);
  const core::Contact contact = as_shown(*std::get<core::ContactSaved>(outcome).contact, uuid, run);
  co_return show(run, [&](wire::JsonWriter& json) { wire::n8n::write_saved_contact(json, contact); });
}

base::Task<http::Response> create_list(const Call& call) {
  core::CreateList create = wire::n8n::read_list(call.body(), call.parts.next_uuid);
  const core::Uuid uuid = call.parts.next_uuid();
  create.uuid = uuid;
  const Run run = run_of(call, create.problems);
  const core::Outcome outcome = co_await call.commit(std::move(create), run);
  const core::List list = as_shown(std::get<core::ListSaved>(outcome).list, uuid, run);
  co_return show(run, [&](wire::JsonWriter& json) { wire::n8n::write_created_list(json, list); });
}

base::Task<http::Response> change_members(const Call& call) {
  core::UpdateList change = wire::n8n::read_member_change(call.body(), call.parts.next_uuid);
  const Run run = run_of(call, change.problems);
  change.id = core::ListId(call.id("list", change.problems));
  const core::Outcome outcome = co_await call.commit(std::move(change), run);
  const core::List& list = std::get<core::ListSaved>(outcome).list;
  co_return show(run, [&](wire::JsonWriter& json) { wire::n8n::write_changed_list(json, list); });
}

base::Task<http::Response> create_trigger(const Call& call) {
  auto [create, inbox] = wire::n8n::read_trigger(call.body());
  const Run run = run_of(call, create.problems);
  if (inbox && !call.directory()->inboxes.contains(*inbox)) {
    create.problems.push_back({"inbox_id", "must be an inbox of the team"});
  }
  if (!may_be_sent_to(create.url, call.parts.triggers_reach)) {
    create.problems.push_back({"url", "must not be of a private, loopback or link-local address"});
  }
  const core::Outcome outcome = co_await call.commit(std::move(create), run);
  const core::WebhookId id = run == Run::dry ? core::WebhookId() : std::get<core::WebhookSaved>(outcome).webhook.id;
  co_return show(run, [&](wire::JsonWriter& json) { wire::n8n::write_trigger(json, id); });
}

base::Task<http::Response> delete_trigger(const Call& call) {
  std::vector<core::FieldError> problems;
  const Run run = run_of(call, problems);
  const core::WebhookId id(call.id("trigger", problems));
  core::throw_if_any(core::ErrorCode::bad_data, std::move(problems));
  core::DeleteWebhook removal{.id = id, .kind = core::WebhookKind::n8n_trigger};
  co_await call.commit(std::move(removal), run);
  co_return show(run, [&](wire::JsonWriter& json) { wire::n8n::write_trigger(json, id); });
}

}  // namespace cardfile::api::n8n
