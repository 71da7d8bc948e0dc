#include "core/decide_webhooks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/directory_write.h"
#include "core/error.h"
#include "core/url.h"

namespace cardfile::core {

namespace {

constexpr std::size_t kWebhooksPerTeamMax = 100;

/// Adds a problem unless the field has one already.
void report(std::vector<FieldError>& problems, std::string field, std::string message) {
  if (std::ranges::find(problems, field, &FieldError::field) != problems.end()) return;
  problems.push_back({std::move(field), std::move(message)});
}

const Webhook& found_or_throw(const TeamState& state, WebhookId id, std::optional<WebhookKind> kind) {
  const auto& webhooks = state.directory()->webhooks;
  const auto found = webhooks.find(id);
  if (found == webhooks.end() || (kind && found->second.kind != *kind)) {
    throw Error(ErrorCode::not_found,
                kind == WebhookKind::n8n_trigger ? "no trigger has this id" : "no webhook has this id");
  }
  return found->second;
}

}  // namespace

Decision decide_action(CreateWebhook& action, const TeamState& state, Recorder& recorder) {
  if (!parse_url(action.url)) report(action.problems, "url", std::string(kUrlRule));
  std::ranges::sort(action.events);
  action.events.erase(std::unique(action.events.begin(), action.events.end()), action.events.end());
  if (action.events.empty()) report(action.problems, "event", "must be one of " + names_of_events(action.kind));
  throw_if_any(ErrorCode::bad_data, std::move(action.problems));
  if (state.directory()->webhooks.size() >= kWebhooksPerTeamMax) {
    throw Error(ErrorCode::bad_data, "a team has at most " + std::to_string(kWebhooksPerTeamMax) +
                                         " webhooks and triggers: delete one of them first");
  }
  const std::int64_t last_seq = state.clock().seq;
  Webhook webhook{.id = recorder.new_webhook(),
                  .kind = action.kind,
                  .url = std::move(action.url),
                  .events = std::move(action.events),
                  .sealed_token = std::move(action.sealed_token),
                  .sealed_secret = std::move(action.sealed_secret),
                  .created = recorder.time()};
  std::vector<FieldChange> changes = {{"kind", {}, std::string(to_string(webhook.kind))},
                                      {"url", {}, webhook.url},
                                      {"events", {}, names_of(webhook.events)}};
  if (action.sends_sample) changes.push_back({"send_sample", {}, true});
  recorder.log(Subject::webhook, webhook.id.value(), 1, Operation::create, std::move(changes));
  Decision decision = recorder.decision(WebhookSaved{webhook});
  // It is told what comes after; its own entry is what brings a sample about.
  decision.positions.push_back({.webhook = webhook.id, .seq = last_seq});
  decision.directory.emplace_back(std::move(webhook));
  return decision;
}

Decision decide_action(DeleteWebhook& action, const TeamState& state, Recorder& recorder) {
  const Webhook& webhook = found_or_throw(state, action.id, action.kind);
  recorder.log(Subject::webhook, webhook.id.value(), 2, Operation::remove,
               {{"kind", std::string(to_string(webhook.kind)), {}},
                {"url", webhook.url, {}},
                {"events", names_of(webhook.events), {}}});
  Decision decision = recorder.decision(WebhookDeleted{});
  decision.directory.emplace_back(WebhookRemoval{webhook.id});
  return decision;
}

/// How far a webhook is concerns the server's own work, not the team's data: the log has no entry of it.
Decision decide_action(AdvanceWebhook& action, const TeamState& state, Recorder& recorder) {
  const Webhook& webhook = found_or_throw(state, action.id, std::nullopt);
  Decision decision = recorder.decision(WebhookAdvanced{});
  decision.positions.push_back({.webhook = webhook.id, .seq = action.seq});
  return decision;
}

}  // namespace cardfile::core
