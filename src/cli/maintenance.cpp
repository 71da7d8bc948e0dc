// migrate, check and version: looking after a data folder.

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <unistd.h>
#include <CLI/App.hpp>

#include "cli/command_line.h"
#include "store/sqlite/db.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/migrations.h"

namespace cardfile::cli {
namespace {

CLI::App& add_command(CLI::App& app, Invocation& invocation, const std::string& name, const std::string& description,
                      int (*run)(const base::Config& settings)) {
  auto* command = app.add_subcommand(name, description);
  command->callback([&invocation, run] { invocation.command = run; });
  return *command;
}

std::int64_t stored_format(const std::filesystem::path& path) {
  const store::sqlite::Folder folder(path);
  store::sqlite::ConnectionOptions options;
  options.file = folder.database();
  store::sqlite::Connection connection(options);
  return connection.integer("PRAGMA user_version");
}

int migrate(const base::Config& settings) {
  require_data_folder(settings);
  const std::string& folder = settings.text("data");
  const std::int64_t before = stored_format(folder);
  open_existing(settings);
  const std::int64_t after = stored_format(folder);
  if (before == after) {
    fmt::print("{} has format {} already: nothing to do.\n", folder, after);
  } else {
    fmt::print("{} is brought from format {} to format {}.\n", folder, before, after);
  }
  return 0;
}

/// Shows on a terminal how far the check is, a line that is written over; nothing elsewhere.
class ProgressLine {
 public:
  ProgressLine() : shown_(::isatty(STDERR_FILENO) == 1) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine() {
    if (percent_ >= 0) fmt::print(stderr, "\r\x1b[K");
  }

  void show(std::int64_t done, std::int64_t total) {
    const std::int64_t percent = total > 0 ? done * 100 / total : 100;
    if (!shown_ || percent == percent_) return;
    percent_ = percent;
    fmt::print(stderr, "\rChecking: {} % of about {} rows", percent, total);
  }

 private:
  const bool shown_;
  std::int64_t percent_ = -1;
};

int check(const base::Config& settings) {
  const auto store = open_existing(settings);
  const store::CheckReport report = [&store] {
    ProgressLine progress;
    return store->check([&progress](std::int64_t done, std::int64_t total) { progress.show(done, total); });
  }();
  for (const std::string& finding : report.findings) fmt::print("{}\n", finding);
  for (const std::string& finding : report.index_findings) fmt::print("{}\n", finding);
  const std::size_t count = report.findings.size();
  fmt::print(stderr, "{} contacts and {} changes checked: {}\n", report.contacts, report.changes,
             count == 0 ? std::string("all is well.")
                        : fmt::format("{} finding{}. Stop using this folder and restore a backup.", count,
                                      count == 1 ? "" : "s"));
  if (!report.index_findings.empty()) {
    fmt::print(stderr, "Delete search.db in {}: nothing is in it that is not made again.\n", settings.text("data"));
  }
  return count == 0 && report.index_findings.empty() ? 0 : 1;
}

int print_version(const base::Config&) {
  fmt::print("cardfile {}\n", CARDFILE_VERSION);
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

void add_version(CLI::App& app, Invocation& invocation) {
  auto& command = add_command(app, invocation, "version", "Print the version", print_version);
  command.footer("Example: cardfile version");
}

}  // namespace cardfile::cli
