// webhook: whom the operator has told what happens.

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/App.hpp>

#include "cli/admin_command.h"
#include "cli/command_line.h"
#include "cli/table.h"
#include "core/text.h"
#include "core/time.h"
#include "core/url.h"
#include "core/webhook.h"
#include "webhooks/sealed_text.h"
#include "webhooks/signature.h"

namespace cardfile::cli {
namespace {

using core::WebhookKind;
using webhooks::Purpose;

constexpr std::size_t kTokenMax = 255;

struct Arguments {
  std::int64_t team = 0;
  std::int64_t webhook = 0;
  std::string url;
  std::vector<std::string> events;
  std::string token;
  bool signs = false;
  bool json = false;
};

std::vector<std::string_view> words(const std::vector<core::EventType>& events) {
  std::vector<std::string_view> words;
  words.reserve(events.size());
  for (const core::EventType type : events) words.push_back(core::to_string(type));
  return words;
}

/// Those that are asked for, or else all that the contract has about contacts.
std::vector<core::EventType> events_of(const Arguments& arguments) {
  using enum core::EventType;
  if (arguments.events.empty()) {
    return {target_opt_out, target_opt_in, target_double_opt_in, target_double_opt_restricted};
  }
  std::vector<core::EventType> events;
  for (const std::string& word : arguments.events) events.push_back(*core::parse_event(WebhookKind::webhook, word));
  return events;
}

void write_members(wire::JsonWriter& writer, const core::Webhook& webhook) {
  writer.key("id").integer(webhook.id.value()).key("kind").string(core::to_string(webhook.kind));
  writer.key("url").string(webhook.url).key("events").begin_array();
  for (const std::string_view word : words(webhook.events)) writer.string(word);
  writer.end_array().key("signed").boolean(!webhook.sealed_secret.empty());
  writer.key("created").time(webhook.created);
}

Answer create_webhook(const Arguments& arguments, const Administration& administration) {
  store::Store& store = administration.store;
  const core::TeamId team(arguments.team);
  directory_of(administration, team);
  const std::string token = arguments.token.empty() ? new_secret("whk_") : arguments.token;
  const std::string secret = arguments.signs ? webhooks::new_secret() : std::string();
  core::CreateWebhook create;
  create.url = arguments.url;
  create.events = events_of(arguments);
  create.sealed_token = webhooks::seal(administration.vault(), team, arguments.url, Purpose::token, token);
  if (arguments.signs) {
    create.sealed_secret = webhooks::seal(administration.vault(), team, arguments.url, Purpose::secret, secret);
  }
  const auto outcome = commit_as_operator(store, team, std::move(create));
  const auto& webhook = std::get<core::WebhookSaved>(outcome).webhook;
  const std::string if_lost = fmt::format(
      "Webhook {} of team {} is made and nobody knows its token: delete it with: {}", webhook.id.value(),
      arguments.team,
      administration.command(fmt::format("webhook delete {} --team {}", webhook.id.value(), arguments.team)));
  if (arguments.json) {
    const std::string json = json_object(webhook, [&](wire::JsonWriter& writer, const core::Webhook& made) {
      writer.begin_object();
      write_members(writer, made);
      writer.key("token").string(token);
      if (arguments.signs) writer.key("secret").string(secret);
      writer.end_object();
    });
    return {json, if_lost};
  }
  std::string text = fmt::format("Webhook {} of team {} is made. It is told of: {}.\n\n  token   {}\n",
                                 webhook.id.value(), arguments.team, fmt::join(words(webhook.events), ", "), token);
  if (arguments.signs) text += fmt::format("  secret  {}\n", secret);
  text += "\nThe receiver compares \"token\" of each event with it";
  if (arguments.signs) text += ", and verifies the header Webhook-Signature with the secret (standardwebhooks.com)";
  text += ". Keep what is shown here: it is stored encrypted and not shown again.\n";
  return {text, if_lost};
}

std::string list_webhooks(const Arguments& arguments, const Administration& administration) {
  const auto directory = directory_of(administration, core::TeamId(arguments.team));
  if (arguments.json) {
    return json_array(directory->webhooks, [](auto& writer, const auto& item) {
      writer.begin_object();
      write_members(writer, item.second);
      writer.end_object();
    });
  }
  Table table({"ID", "KIND", "URL", "EVENTS", "SIGNED"});
  for (const auto& [id, webhook] : directory->webhooks) {
    table.add({std::to_string(id.value()), std::string(core::to_string(webhook.kind)), webhook.url,
               fmt::format("{}", fmt::join(words(webhook.events), " ")), webhook.sealed_secret.empty() ? "no" : "yes"});
  }
  return table.to_text();
}

/// A trigger of the n8n node's too: that node may be gone.
std::string delete_webhook(const Arguments& arguments, const Administration& administration) {
  store::Store& store = administration.store;
  const core::TeamId team(arguments.team);
  const core::WebhookId id(arguments.webhook);
  if (!directory_of(administration, team)->webhooks.contains(id)) {
    throw std::runtime_error(
        fmt::format("Team {} has no webhook {}. See which it has with: {}", arguments.team, arguments.webhook,
                    administration.command(fmt::format("webhook list --team {}", arguments.team))));
  }
  commit_as_operator(store, team, core::DeleteWebhook{.id = id, .kind = {}});
  return fmt::format("Webhook {} is deleted: it is told nothing more.\n", arguments.webhook);
}

CLI::Validator is_url() {
  const auto refuse_other = [](const std::string& text) {
    return std::string(core::parse_url(text) ? "" : core::kUrlRule);
  };
  return {refuse_other, ""};
}

CLI::Validator is_event() {
  const auto refuse_other = [](const std::string& text) {
    if (core::parse_event(WebhookKind::webhook, text)) return std::string();
    return fmt::format("'{}' is no event of a webhook; there are {}", text,
                       core::names_of_events(WebhookKind::webhook));
  };
  return {refuse_other, ""};
}

CLI::Validator is_token() {
  const auto refuse_other = [](const std::string& text) {
    const bool fits = core::length_of(text) <= kTokenMax && !core::has_control_character(text);
    return fits ? std::string() : fmt::format("must be at most {} characters in one line", kTokenMax);
  };
  return {refuse_other, ""};
}

}  // namespace

void add_webhook(CLI::App& app, Invocation& invocation) {
  CLI::App& group =
      add_group(app, "webhook", "Make, list and delete webhooks, which are told what happens to contacts");
  group.footer("Example: cardfile webhook create --team 1 --url https://example.org/hooks");
  auto [create, creation] =
      add_command(group, invocation, "create", "Have an address told of opt-outs, or of what --event names",
                  "webhook create --team 1 --url https://example.org/hooks", create_webhook);
  add_team_option(*create, creation->team);
  create->add_option("--url", creation->url, "Where events are sent to (POST)")
      ->required()
      ->check(is_url())
      ->type_name("URL");
  create
      ->add_option("--event", creation->events,
                   fmt::format("What it is told of; may be given more than once (default the target_ ones): {}",
                               core::names_of_events(WebhookKind::webhook)))
      ->allow_extra_args(false)
      ->check(is_event())
      ->type_name("EVENT");
  create->add_option("--token", creation->token, "Sent along with each event (default a new one)")
      ->check(is_text())
      ->check(is_token())
      ->type_name("TEXT");
  create->add_flag("--sign", creation->signs, "Sign events with a new secret, as standardwebhooks.com has it");
  add_json_flag(*create, creation->json);
  auto [list, listing] =
      add_command(group, invocation, "list", "List a team's webhooks and n8n triggers, without their secrets",
                  "webhook list --team 1", list_webhooks);
  add_team_option(*list, listing->team);
  add_json_flag(*list, listing->json);
  auto [remove, removal] = add_command(group, invocation, "delete", "Have a webhook or trigger told no more",
                                       "webhook delete 3 --team 1", delete_webhook);
  add_team_option(*remove, removal->team);
  remove->add_option("id", removal->webhook, "Id of the webhook (see: cardfile webhook list)")
      ->required()
      ->check(is_id())
      ->type_name("ID");
}

}  // namespace cardfile::cli
