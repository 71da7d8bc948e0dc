#pragma once
// CommandLine: what the subcommands share.

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/config.h"
#include "base/vault.h"
#include "cli/settings.h"
#include "core/command.h"
#include "store/open.h"
#include "store/store.h"

namespace CLI {
class App;
class Validator;
}  // namespace CLI

namespace cardfile::cli {

// Exit codes, beside 0.
inline constexpr int kFailed = 1;
inline constexpr int kMisused = 2;

/// What the operator's commands work on.
struct Administration {
  store::Store& store;
  /// What API secrets and the tokens of webhooks are sealed with, opened when it is asked for; its key file is in the
  /// folder from then on.
  std::function<const base::Vault&()> vault;
  /// The flags of the command line that say which folder this is, such as " --data ./other".
  std::string folder_flags = {};

  /// How a sentence names another command that works on the same folder.
  std::string command(std::string_view words) const;
};

/// What an operator's command gives to be printed.
struct Answer {
  std::string text;
  /// For what is shown this once: a sentence on how to undo it, for when the text cannot be printed.
  std::string if_lost = {};
};

/// What a command line says: the settings given as flags, and what to do with all settings. What it throws is told to
/// the user by main().
struct Invocation {
  std::vector<std::string> words;  // As they were typed, without the program's name.
  Flags flags;
  /// Returns the process's exit code.
  std::function<int(const base::Config& settings)> command;
  /// In place of `command`, for what may also be done by the server that holds the folder.
  std::function<Answer(const Administration& administration)> administer;
  std::string title;          // Such as "key revoke".
  bool makes_folder = false;  // When there is none.
};

/// Adds the flag of every setting in `names` (of all settings when there are none) to `command`.
void add_settings(CLI::App& command, Invocation& invocation, const std::vector<std::string>& names = {});

/// Whether somebody has made a database in the folder; an empty cardfile.db is none.
bool has_database(const std::filesystem::path& folder);

/// Throws when the data folder that the settings name does not exist or has no database, nor the log of one: a mistyped
/// path should not become a new, empty one.
void require_data_folder(const base::Config& settings);

/// What `open` gives, which is called again and again while another process holds the data folder: a command does for
/// milliseconds, and a server that is asked to end for not much longer. Throws store::FolderInUse when it is held after
/// `lock_timeout_ms` still.
template <class Open>
auto once_free(const base::Config& settings, Open open) {
  constexpr std::chrono::milliseconds kPause(50);
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(settings.number("lock_timeout_ms"));
  for (;;) {
    try {
      return open();
    } catch (const store::FolderInUse&) {
      if (std::chrono::steady_clock::now() >= deadline) throw;
    }
    std::this_thread::sleep_for(kPause);
  }
}

/// Opens the data folder, and makes it when it does not exist.
std::unique_ptr<store::Store> open_or_make(const base::Config& settings);

/// Writes to standard output. Throws when it cannot be written to: whoever asked has not been told then.
void print(std::string_view text);
/// Writes to standard error. When that cannot be written to either there is nobody left to be told.
void complain(std::string_view text);

/// For option values that are paths: refuses an empty one.
CLI::Validator is_path();

/// For option values that are stored: refuses what is no UTF-8.
CLI::Validator is_text();

/// For option values that are names: refuses what is none, before a command makes a file.
CLI::Validator is_name();

/// Commits what the operator asks for.
core::Outcome commit_as_operator(store::Store& store, core::TeamId team, core::Action action);

core::Timestamp now();
core::Uuid next_uuid();

/// A subcommand each; `app` is the program or the group that it belongs to.
void add_serve(CLI::App& app, Invocation& invocation);
void add_migrate(CLI::App& app, Invocation& invocation);
void add_check(CLI::App& app, Invocation& invocation);
void add_backup(CLI::App& app, Invocation& invocation);
void add_version(CLI::App& app, Invocation& invocation);

/// team, user, inbox, key, secret and webhook, each with subcommands of its own.
void add_administration(CLI::App& app, Invocation& invocation);
/// The last of them.
void add_webhook(CLI::App& app, Invocation& invocation);

}  // namespace cardfile::cli
