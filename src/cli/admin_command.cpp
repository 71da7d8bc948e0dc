#include "cli/admin_command.h"

#include <array>
#include <cstdint>
#include <stdexcept>

#include <fmt/format.h>
#include <CLI/App.hpp>

#include "base/crypto.h"

namespace cardfile::cli {

CLI::App& add_group(CLI::App& app, const std::string& name, const std::string& description) {
  auto* group = app.add_subcommand(name, description);
  group->require_subcommand(1);
  return *group;
}

CLI::App& add_subcommand(CLI::App& group, Invocation& invocation, const std::string& name,
                         const std::string& description, const std::string& example,
                         std::function<Answer(const Administration& administration)> run) {
  auto* command = group.add_subcommand(name, description);
  command->footer("Example: cardfile " + example);
  command->callback([&invocation, run = std::move(run), title = group.get_name() + " " + name] {
    invocation.title = title;
    invocation.administer = run;
  });
  add_settings(*command, invocation, {"data", "config"});
  return *command;
}

CLI::Validator is_id() {
  const auto refuse_other = [](const std::string& text) {
    return core::parse_id(text) ? "" : "must be a whole number from 1 to 9007199254740991";
  };
  return {refuse_other, ""};
}

void add_team_option(CLI::App& command, std::int64_t& team) {
  command.add_option("--team", team, "Id of the team (see: cardfile team list)")
      ->required()
      ->check(is_id())
      ->type_name("ID");
}

void add_json_flag(CLI::App& command, bool& json) { command.add_flag("--json", json, "Answer as JSON, for scripts"); }

std::shared_ptr<const core::Directory> directory_of(const Administration& administration, core::TeamId team) {
  if (auto directory = administration.store.directory(team)) return directory;
  throw std::runtime_error(fmt::format("There is no team {}. See which there are with: {}", team.value(),
                                       administration.command("team list")));
}

std::string new_secret(std::string_view prefix) {
  std::array<std::uint8_t, 32> bytes;
  base::fill_random(bytes);
  return std::string(prefix) + base::to_base64url(bytes);
}

}  // namespace cardfile::cli
