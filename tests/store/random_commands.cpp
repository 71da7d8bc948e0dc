#include "store/random_commands.h"

#include <utility>

#include "store/world.h"

namespace cardfile::test {

std::vector<core::Command> RandomCommands::submission(std::int64_t commands_max) {
  std::vector<core::Command> commands;
  for (auto count = below(commands_max) + 1; count > 0; --count)
    commands.push_back(command(action(), below(3) == 0 ? kOtherTeam : kTeam));
  return commands;
}

std::int64_t RandomCommands::below(std::int64_t limit) {
  return std::uniform_int_distribution<std::int64_t>(0, limit - 1)(random_);
}

core::Action RandomCommands::action() {
  const auto die = below(100);
  if (die < 18) return creation();
  if (die < 24) return list_action();
  if (die < 60)
    return core::UpdateContact{.key = key(), .patch = patch(), .custom_mode = mode(), .if_match = if_match()};
  if (die < 65) return core::SetStatus{.names = names(), .status = status()};
  if (die < 70) return core::AddChannel{.key = key(), .patch = channel(), .if_match = if_match()};
  if (die < 74)
    return core::UpdateChannel{.key = key(), .id = channel_id(), .patch = channel(), .if_match = if_match()};
  if (die < 77) return core::RemoveChannel{.key = key(), .name = channel_name(), .if_match = if_match()};
  if (die < 84) return core::DeleteContact{.key = key(), .if_match = if_match()};
  if (die < 85) return core::UpdateTag{.id = tag(), .label = text(), .color = "#445566"};
  if (die < 86) return core::DeleteTag{.id = tag()};
  if (die < 87) return core::UpdateUsers{.patches = {{.id = core::UserId(below(4) + 1), .name = text()}}};
  if (die < 88) return core::CreateInbox{.name = text(), .phones = {phone()}, .members = {core::UserId(below(3) + 1)}};
  if (die < 90) return core::CreateTag{.uuid = uuid(10'000 + ++uuids_), .label = text(), .color = "#112233"};
  if (die < 91) return webhook_action();
  if (die < 93) return core::CreateFields{.drafts = {{.title = text()}, {.title = text()}}};
  if (die < 95) return core::CreateUser{.name = text(), .email = maybe() ? "not an address" : "a@example.com"};
  if (die < 96) return core::CreateSecret{.id = uuid(20'000 + ++secrets_), .name = text(), .sealed = text()};
  if (die < 97) return core::CreateKey{.name = text(), .digest = std::string(64, 'a')};
  if (die < 98)
    return core::RevokeSecret{
        .id = uuid(20'000 + static_cast<std::uint64_t>(below(static_cast<std::int64_t>(secrets_) + 2)))};
  if (die < 99) return core::RevokeKey{.id = core::KeyId(below(4))};
  return core::CreateTeam{.name = text()};
}

core::Action RandomCommands::webhook_action() {
  const core::WebhookId id(below(4) + 1);
  if (below(3) == 0) return core::DeleteWebhook{.id = id};
  if (maybe()) return core::AdvanceWebhook{.id = id, .seq = 1};
  return core::CreateWebhook{.url = maybe() ? "https://example.org/" : text(),
                             .events = {core::EventType::target_opt_out},
                             .sealed_token = text(),
                             .sends_sample = maybe()};
}

core::Action RandomCommands::list_action() {
  const core::ListId id(below(6) + 1);
  const auto die = below(10);
  if (die < 3)
    return core::CreateList{.uuid = uuid(30'000 + static_cast<std::uint64_t>(below(1'000'000))),
                            .title = text(),
                            .local_id = maybe() ? std::optional(text()) : std::nullopt,
                            .contacts = list_contacts()};
  if (die < 4) return core::DeleteList{id};
  core::UpdateList update{.id = id, .add = list_contacts(), .remove = contact_ids()};
  if (below(4) == 0) update.title = text();
  if (below(4) == 0) update.replacement = {.contacts = list_contacts()};
  if (const bool keeps = maybe(); update.replacement) update.replacement->keeps_without_phone = keeps;
  if (maybe()) update.remove_addresses.push_back({"phone", phone()});
  return update;
}

core::ListContacts RandomCommands::list_contacts() {
  core::ListContacts contacts{.ids = contact_ids(), .addresses = {}};
  for (auto count = below(3); count > 0; --count)
    contacts.addresses.push_back({.uuid = uuid(++uuids_), .patch = {.phone = phone()}});
  return contacts;
}

std::vector<core::ContactId> RandomCommands::contact_ids() {
  std::vector<core::ContactId> ids;
  if (below(3) == 0) ids.emplace_back(below(60));
  return ids;
}

core::CreateContact RandomCommands::creation() {
  core::CreateContact create{.uuid = uuid(++uuids_), .patch = patch(), .custom_mode = mode()};
  if (below(10) == 0) create.id = core::ContactId(below(200) + 1);
  if (maybe()) create.on_duplicate = core::OnDuplicate::reject;
  return create;
}

core::ContactKey RandomCommands::key() {
  if (maybe()) return core::ContactId(below(60));
  return uuid(static_cast<std::uint64_t>(below(static_cast<std::int64_t>(uuids_) + 2)));
}

core::ContactNames RandomCommands::names() {
  core::ContactNames names;
  if (maybe()) names.id = core::ContactId(below(60));
  if (!names.id || below(4) == 0) names.phone = phone();
  return names;
}

core::Status RandomCommands::status() { return static_cast<core::Status>(below(5)); }

core::ChannelPatch RandomCommands::channel() {
  core::ChannelPatch patch{.type = below(3) == 0 ? "facebook" : "phone", .value = phone()};
  if (below(3) == 0) patch.handle = text();
  return core::normalised_channel(std::move(patch));
}

std::optional<core::ChannelId> RandomCommands::channel_id() {
  return maybe() ? std::optional(core::ChannelId(below(200))) : std::nullopt;
}

core::ChannelName RandomCommands::channel_name() {
  if (maybe()) return std::to_string(below(200));
  return core::address_of(core::kPhone, phone());
}

core::TagId RandomCommands::tag() { return core::TagId(below(4) + 1); }

core::ContactPatch RandomCommands::patch() {
  core::ContactPatch patch;
  if (maybe()) patch.phone = phone();
  if (maybe()) patch.first = text();
  if (maybe()) patch.last = text();
  if (below(4) == 0) patch.display_name = text();
  if (below(3) == 0) patch.email = below(4) == 0 ? "" : "P" + std::to_string(below(kPhones)) + "@example.com";
  if (maybe()) patch.custom = custom();
  if (below(4) == 0) patch.assignee = core::UserId(below(4));
  if (below(4) == 0) patch.tags = std::vector{tag()};
  if (below(4) == 0) patch.opted_out = maybe();
  if (below(6) == 0) patch.email_suppressions = std::vector<std::int64_t>{below(9), below(9) + 9};
  if (below(6) == 0)
    patch.channels = std::vector<core::ChannelDraft>{{.type = "facebook", .value = phone(), .info = text()}};
  if (below(6) == 0) patch.note = text();
  if (below(20) == 0) patch.problems.push_back({"first", "is broken"});
  return core::normalised(std::move(patch));
}

core::CustomPatch RandomCommands::custom() {
  core::CustomPatch values;
  for (auto count = below(3); count > 0; --count) {
    auto& value = values[core::FieldId(below(8))];
    if (below(4) != 0) value = text();
  }
  return values;
}

std::optional<core::IfMatch> RandomCommands::if_match() {
  if (below(5) != 0) return std::nullopt;
  return core::IfMatch{.any = below(4) == 0, .revs = {below(4) + 1}};
}

std::string RandomCommands::text() {
  static const std::vector<std::string> kTexts{"",     "Ada",  "Grace \"Amazing\"", "Zoë", "a\\b",
                                               "Plan", "City", "👩‍🚀",       "x y"};
  return kTexts[static_cast<std::size_t>(below(static_cast<std::int64_t>(kTexts.size())))];
}

std::string RandomCommands::phone() { return phone_number(static_cast<int>(below(kPhones))); }
core::CustomMode RandomCommands::mode() {
  return below(3) == 0 ? core::CustomMode::overwrite : core::CustomMode::merge;
}

}  // namespace cardfile::test
