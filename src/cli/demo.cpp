#include "cli/demo.h"

#include <algorithm>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/crypto.h"
#include "cli/command_line.h"
#include "cli/demo_data.h"

namespace cardfile::cli {
namespace {

constexpr std::string_view kGuide = R"(
Demo data is in {folder}. The API key is

  {key}

Paste into another terminal. Update a name and an e-mail address:

curl -X PUT {contact} {headers} -d '{{"phone": "{phone}", "first": "Updated", "last": "Name", "email": "updated@example.com"}}'

Merge custom fields into those that the contact has:

curl -X PUT {contact} {headers} -d '{{"phone": "{phone}", "custom": {{"123": "Premium", "456": "Enterprise"}}}}'

Overwrite all custom fields:

curl -X PUT "{contact}?overwrite=true" {headers} -d '{{"phone": "{phone}", "custom": {{"123": "Starter"}}}}'

See the contact with GET in place of PUT and without -d, and the whole API in a browser at {base}/docs.
Other commands work on the demo when they are told its folder: cardfile team list --data {folder}
The demo has no rate limit unless --rate-limit gives it one. Stop the server with Ctrl+C.

)";

/// Whether the demo's key was made here; it may have been revoked since.
bool is_demo(const store::Store& store) {
  const auto directory = store.directory(kDemoTeam);
  const std::string digest = base::to_hex(base::sha256(kDemoKey));
  const auto is_ours = [&](const auto& item) { return item.second.digest == digest; };
  return directory && std::ranges::any_of(directory->keys, is_ours);
}

bool takes(const store::Store& store, std::string_view key) { return store.key_owner(base::sha256(key)).has_value(); }

}  // namespace

bool takes_demo_key(const store::Store& store) {
  return takes(store, kDemoKey) || takes(store, kDemoN8nKey) || takes(store, kPrintedKey);
}

void seed_demo(store::Store& store, const std::string& folder) {
  if (is_demo(store)) return;
  if (!store.teams().empty()) {
    throw std::runtime_error(
        fmt::format("{} holds data that is not the demo's. Serve it without --demo, or name a new folder for the demo "
                    "with --data.",
                    folder));
  }
  std::vector<core::Action> actions = demo_actions();
  actions.emplace_back(core::CreateKey{
      .name = "demo of the n8n node", .digest = base::to_hex(base::sha256(kDemoN8nKey)), .kind = core::KeyKind::n8n});
  actions.emplace_back(
      core::CreateKey{.name = "demo, as pages print it", .digest = base::to_hex(base::sha256(kPrintedKey))});
  // The key comes last: a folder that has it has the rest.
  actions.emplace_back(core::CreateKey{.name = "demo", .digest = base::to_hex(base::sha256(kDemoKey))});
  std::vector<store::Work> works;
  for (core::Action& action : actions) {
    works.push_back(
        {.command = {.team = kDemoTeam, .actor = {}, .request_id = next_uuid(), .action = std::move(action)},
         .result = {}});
  }
  store::commit_and_wait(store, works);
  for (store::Work& work : works) work.take();
}

void print_demo_guide(const std::string& base_url, const std::string& folder) {
  using namespace fmt::literals;
  const std::string contact = fmt::format("{}/v1/contact/{}", base_url, kDemoContact.value());
  const std::string headers =
      fmt::format("-H \"Authorization: Bearer {}\" -H \"Content-Type: application/json\"", kDemoKey);
  fmt::print(fmt::runtime(kGuide), "base"_a = base_url, "folder"_a = folder, "key"_a = kDemoKey, "contact"_a = contact,
             "headers"_a = headers, "phone"_a = kDemoContactPhone);
  std::fflush(stdout);
}

}  // namespace cardfile::cli
