// migrate, check, backup and version: looking after a data folder.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <unistd.h>
#include <CLI/App.hpp>

#include "cli/command_line.h"
#include "store/open.h"
#include "store/sqlite/backup.h"

namespace cardfile::cli {
namespace {

CLI::App& add_command(CLI::App& app, Invocation& invocation, const std::string& name, const std::string& description,
                      int (*run)(const base::Config& settings)) {
  auto* command = app.add_subcommand(name, description);
  command->callback([&invocation, run] { invocation.command = run; });
  return *command;
}

int migrate(const base::Config& settings) {
  require_data_folder(settings);
  const std::string& folder = settings.text("data");
  const std::int64_t before = once_free(settings, [&] { return store::format_of(folder); });
  once_free(settings, [&] { return open_or_make(settings); });
  const std::int64_t after = once_free(settings, [&] { return store::format_of(folder); });
  if (before == after) {
    print(fmt::format("{} has format {} already: nothing to do.\n", folder, after));
  } else {
    print(fmt::format("{} is brought from format {} to format {}.\n", folder, before, after));
  }
  return 0;
}

/// Shows on a terminal how far something is, a line that is written over; nothing elsewhere.
class ProgressLine {
 public:
  /// Such as "Checking" and "rows".
  ProgressLine(const char* doing, const char* things)
      : doing_(doing), things_(things), shown_(::isatty(STDERR_FILENO) == 1) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() {
    if (percent_ >= 0) complain("\r\x1b[K");
  }

  void show(std::int64_t done, std::int64_t total) {
    const std::int64_t percent = total > 0 ? done * 100 / total : 100;
    if (!shown_ || percent == percent_) return;
    percent_ = percent;
    complain(fmt::format("\r{}: {} % of about {} {}", doing_, percent, total, things_));
  }

 private:
  const char* const doing_;
  const char* const things_;
  const bool shown_;
  std::int64_t percent_ = -1;
};

int check(const base::Config& settings) {
  require_data_folder(settings);
  const store::CheckReport report = [&settings] {
    ProgressLine progress("Checking", "rows");
    return once_free(settings, [&] {
      return store::check_sqlite({.folder = settings.text("data")},
                                 [&progress](std::int64_t done, std::int64_t total) { progress.show(done, total); });
    });
  }();
  for (const std::string& finding : report.findings) print(finding + "\n");
  for (const std::string& finding : report.index_findings) print(finding + "\n");
  const std::size_t count = report.findings.size();
  complain(fmt::format("{} contacts and {} changes checked: {}\n", report.contacts, report.changes,
                       count == 0 ? std::string("all is well.")
                                  : fmt::format("{} finding{}. Stop using this folder and restore a backup.", count,
                                                count == 1 ? "" : "s")));
  if (!report.index_findings.empty()) {
    complain(fmt::format("Delete search.db in {}: nothing is in it that is not made again.\n", settings.text("data")));
  }
  return count == 0 && report.index_findings.empty() ? 0 : 1;
}

// Done beside the server that may hold the folder, not by it: a reader of another process disturbs it least.
int back_up(const base::Config& settings, const std::string& to) {
  require_data_folder(settings);
  const std::filesystem::path from = settings.text("data");
  {
    ProgressLine progress("Copying", "pages");
    store::sqlite::back_up(from, to,
                           [&progress](std::int64_t done, std::int64_t total) { progress.show(done, total); });
  }
  print(fmt::format("{} holds what was committed in {} when the copying began. To use it: cardfile serve --data {}\n",
                    to, from.string(), to));
  if (std::filesystem::exists(from / "secrets.key"))
    print("secrets.key is not in it: keep a copy of it elsewhere, and put it there before the backup is used.\n");
  return 0;
}

int print_version(const base::Config&) {
  print("cardfile " CARDFILE_VERSION "\n");
  return 0;
}

}  // namespace

void add_migrate(CLI::App& app, Invocation& invocation) {
  auto& command = add_command(app, invocation, "migrate", "Bring a data folder to this version's format", migrate);
  command.footer("`cardfile serve` does this by itself when it starts.\nExample: cardfile migrate --data ./data");
  add_settings(command, invocation, {"data", "config"});
}

void add_check(CLI::App& app, Invocation& invocation) {
  auto& command = add_command(app, invocation, "check",
                              "Verify a data folder: files, indexes, and the change log against rows", check);
  command.footer("Prints one finding a line; exit code 1 when there is any.\nExample: cardfile check --data ./data");
  add_settings(command, invocation, {"data", "config"});
}

void add_backup(CLI::App& app, Invocation& invocation) {
  auto& command = *app.add_subcommand("backup", "Copy a data folder, also while a server uses it");
  const auto to = std::make_shared<std::string>();
  command.add_option("--to", *to, "The folder to make")->required()->check(is_path())->type_name("FOLDER");
  command.callback([&invocation, to] {
    invocation.command = [to](const base::Config& settings) { return back_up(settings, *to); };
  });
  command.footer(
      "The copy is a data folder itself. secrets.key is not copied.\n"
      "Example: cardfile backup --data ./data --to /backups/cardfile-monday");
  add_settings(command, invocation, {"data", "config"});
}

void add_version(CLI::App& app, Invocation& invocation) {
  auto& command = add_command(app, invocation, "version", "Print the version", print_version);
  command.footer("Example: cardfile version");
}

}  // namespace cardfile::cli
