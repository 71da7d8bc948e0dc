#pragma once
// Admin command: what the operator's commands have in common.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cli/command_line.h"
#include "core/directory.h"
#include "core/ids.h"
#include "store/store.h"
#include "wire/json_out.h"

namespace cardfile::cli {

/// A command that has subcommands only.
CLI::App& add_group(CLI::App& app, const std::string& name, const std::string& description);

/// A subcommand of `group`.
CLI::App& add_subcommand(CLI::App& group, Invocation& invocation, const std::string& name,
                         const std::string& description, const std::string& example,
                         std::function<Answer(const Administration& administration)> run);

/// The same for a command with arguments, which are filled when it is parsed and live as long as it does. `run` gives
/// an Answer, or a text alone.
template <class Arguments, class Given>
std::pair<CLI::App*, std::shared_ptr<Arguments>> add_command(
    CLI::App& group, Invocation& invocation, const std::string& name, const std::string& description,
    const std::string& example, Given (*run)(const Arguments& arguments, const Administration& administration)) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App& command = add_subcommand(
      group, invocation, name, description, example,
      [arguments, run](const Administration& administration) { return Answer{run(*arguments, administration)}; });
  return {&command, arguments};
}

/// For ids of what a team has.
CLI::Validator is_id();

void add_team_option(CLI::App& command, std::int64_t& team);
void add_json_flag(CLI::App& command, bool& json);

/// Throws a sentence for the operator when there is no such team.
std::shared_ptr<const core::Directory> directory_of(const Administration& administration, core::TeamId team);

/// 32 random bytes behind a prefix by which scanners for leaked credentials can tell what was found.
std::string new_secret(std::string_view prefix);

/// `write` writes one of `values`.
template <class Values, class Write>
std::string json_array(const Values& values, Write write) {
  std::string json;
  wire::JsonWriter writer(json);
  writer.begin_array();
  for (const auto& value : values) write(writer, value);
  writer.end_array();
  return json + "\n";
}

template <class Value, class Write>
std::string json_object(const Value& value, Write write) {
  std::string json;
  wire::JsonWriter writer(json);
  write(writer, value);
  return json + "\n";
}

}  // namespace cardfile::cli
