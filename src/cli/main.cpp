// cardfile: the one executable.

#include <cstdio>
#include <exception>
#include <sstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "base/config.h"
#include "cli/administration.h"
#include "cli/command_line.h"
#include "core/error.h"

namespace cardfile::cli {
namespace {

const CLI::App& deepest(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : deepest(*chosen.front());
}

/// The words that could have stood at the place where `app` was left.
std::vector<std::string> words_of(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(command->get_name());
  }
  return words;
}

std::string path_of(const CLI::App& app) {
  return app.get_parent() ? path_of(*app.get_parent()) + " " + app.get_name() : app.get_name();
}

std::string unknown_argument(const std::string& argument, const CLI::App& place) {
  const std::string word = argument.substr(0, argument.find('='));
  const std::string meant = base::nearest(word, words_of(place));
  return fmt::format("unknown argument '{}'", word) + (meant.empty() ? "" : fmt::format(": did you mean '{}'?", meant));
}

/// The option that takes one value and was given more of them; null when there is none.
const CLI::Option* given_twice(const CLI::App& place) {
  for (const CLI::Option* option : place.get_options()) {
    if (option->get_expected_max() == 1 && option->count() > 1) return option;
  }
  return nullptr;
}

std::string reason_of(const CLI::App& place, const CLI::ParseError& error) {
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    if (const auto* option = given_twice(place)) return option->get_name() + " is given more than once.";
  }
  return error.what();
}

int tell_usage(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& place = deepest(app);
  // A word that was not understood tells more than what is missing because of it.
  const std::vector<std::string> unread = app.remaining(true);
  const std::string reason = unread.empty() ? reason_of(place, error) : unknown_argument(unread.front(), place);
  complain(fmt::format("cardfile: {}\nSee: {} --help\n", reason, path_of(place)));
  return kMisused;
}

void add_commands(CLI::App& app, Invocation& invocation) {
  app.name("cardfile");
  app.require_subcommand(1);
  app.footer(
      "Examples:\n"
      "  cardfile serve --demo\n"
      "  cardfile team create \"Sales\" && cardfile key create --team 1 --name \"n8n\" && cardfile serve\n\n"
      "Settings are read from flags, the environment (CARDFILE_LISTEN=127.0.0.1:9000) and the file that --config "
      "names, in this order.\n"
      "Exit codes: 0 done, 1 failed, 2 not understood.");
  app.get_formatter()->column_width(36);
  app.set_version_flag("--version", "cardfile " CARDFILE_VERSION, "Print the version");
  add_serve(app, invocation);
  add_administration(app, invocation);
  add_migrate(app, invocation);
  add_check(app, invocation);
  add_backup(app, invocation);
  add_version(app, invocation);
}

/// A file that is opened later would take the number of a closed standard stream, and what is printed would go there.
void keep_standard_streams_apart() {
  int number = ::open("/dev/null", O_RDONLY);
  while (number >= 0 && number <= STDERR_FILENO) number = ::open("/dev/null", O_RDONLY);
  ::close(number);
}

int run(int argc, const char* const* argv) {
  CLI::App app("A contacts server for business texting that you run yourself.");
  Invocation invocation;
  invocation.words.assign(argv + 1, argv + argc);
  add_commands(app, invocation);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help and --version.
    std::ostringstream help;
    const int exit_code = app.exit(asked, help);
    print(help.str());
    return exit_code;
  } catch (const CLI::ParseError& error) {
    return tell_usage(app, error);
  }
  const base::Config settings = read_settings(invocation.flags);
  return invocation.administer ? administer(invocation, settings) : invocation.command(settings);
}

}  // namespace
}  // namespace cardfile::cli

int main(int argc, char** argv) {
  using namespace cardfile;
  cli::keep_standard_streams_apart();
  try {
    return cli::run(argc, argv);
  } catch (const base::ConfigError& error) {
    cli::complain(fmt::format("cardfile: {}\n", error.what()));
    return cli::kMisused;
  } catch (const core::Error& error) {
    cli::complain(fmt::format("cardfile: {}\n", error.message()));
  } catch (const std::exception& error) {
    cli::complain(fmt::format("cardfile: {}\n", error.what()));
  }
  return cli::kFailed;
}
