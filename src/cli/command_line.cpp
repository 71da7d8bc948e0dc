#include "cli/command_line.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <CLI/App.hpp>

#include "base/crypto.h"
#include "core/directory.h"
#include "core/text.h"
#include "store/open.h"

namespace cardfile::cli {
namespace {

std::string description(const base::ConfigKey& key) {
  const auto* text = std::get_if<std::string>(&key.fallback);
  if (text && !text->empty()) return fmt::format("{} (default {})", key.help, *text);
  if (const auto* number = std::get_if<std::int64_t>(&key.fallback)) {
    return fmt::format("{} (default {})", key.help, *number);
  }
  return key.help;
}

void add_setting(CLI::App& command, Invocation& invocation, const base::ConfigKey& key) {
  Flags& flags = invocation.flags;
  const auto remember = [&flags, name = key.name](const std::string& text) { flags[name] = text; };
  if (std::holds_alternative<bool>(key.fallback)) {
    const std::string help = description(key);
    command.add_flag(base::flag_of(key), help)->each(remember);
    return;
  }
  command.add_option_function<std::string>(base::flag_of(key), remember, description(key))
      ->type_name(std::holds_alternative<std::string>(key.fallback) ? key.form : "N");
}

constexpr const char* kTextRule = "must be text in UTF-8";

bool is_utf8(std::string_view text) { return core::valid_utf8(text) == text.size(); }

}  // namespace

void add_settings(CLI::App& command, Invocation& invocation, const std::vector<std::string>& names) {
  const base::Config config = all_settings();
  for (const base::ConfigKey& key : config.keys()) {
    if (names.empty() || std::ranges::find(names, key.name) != names.end()) add_setting(command, invocation, key);
  }
}

std::string Administration::command(std::string_view words) const {
  return fmt::format("cardfile {}{}", words, folder_flags);
}

bool has_database(const std::filesystem::path& folder) {
  // One that may not be looked at is for whoever opens it to complain of.
  std::error_code hidden;
  const auto database = folder / "cardfile.db";
  return std::filesystem::status(database, hidden).type() != std::filesystem::file_type::not_found &&
         std::filesystem::file_size(database, hidden) != 0;
}

namespace {

/// Of a database that may be gone: whoever opens the folder has something to say about it.
bool has_log(const std::filesystem::path& folder) {
  std::error_code error;
  return std::filesystem::file_size(folder / "cardfile.db-wal", error) != 0 && !error;
}

}  // namespace

void require_data_folder(const base::Config& settings) {
  const std::string& folder = settings.text("data");
  std::error_code error;
  const auto kind = std::filesystem::status(folder, error).type();
  if (kind == std::filesystem::file_type::none) {
    throw std::runtime_error(
        fmt::format("Cannot open the data folder {}: {}. Name another one with --data, or run this as its owner.",
                    folder, error.message()));
  }
  const bool is_folder = kind == std::filesystem::file_type::directory;
  if (is_folder && (has_database(folder) || has_log(folder))) return;
  if (!is_folder && kind != std::filesystem::file_type::not_found) {
    throw std::runtime_error(fmt::format("{} is a file, not a data folder. Name another one with --data.", folder));
  }
  const std::string demo = std::filesystem::path(folder) / "demo";
  const std::string way =
      has_database(demo) ? fmt::format("that of the demo is --data {}", demo) : "name another one with --data";
  throw std::runtime_error(
      fmt::format("There is no {} {}: {}, or make it with: cardfile team create \"My team\" --data {}",
                  is_folder ? "database in" : "data folder", folder, way, folder));
}

std::unique_ptr<store::Store> open_or_make(const base::Config& settings) {
  // What little a command changes the server indexes when it is started.
  return store::open_sqlite({.folder = settings.text("data"), .indexing = store::Indexing::none}, now);
}

void print(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return;
  throw std::runtime_error(
      fmt::format("Standard output cannot be written to: {}.", std::generic_category().message(errno)));
}

void complain(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

CLI::Validator is_path() {
  const auto refuse_none = [](const std::string& text) { return text.empty() ? "must name a path" : ""; };
  return {refuse_none, ""};
}

CLI::Validator is_text() {
  const auto refuse_other = [](const std::string& text) { return is_utf8(text) ? "" : kTextRule; };
  return {refuse_other, ""};
}

CLI::Validator is_name() {
  const auto refuse_other = [](const std::string& text) {
    if (!is_utf8(text)) return std::string(kTextRule);
    return std::string(core::normalise_name(text) ? "" : core::kNameRule);
  };
  return {refuse_other, ""};
}

core::Outcome commit_as_operator(store::Store& store, core::TeamId team, core::Action action) {
  return store::commit_and_wait(store,
                                {.team = team, .actor = {}, .request_id = next_uuid(), .action = std::move(action)});
}

core::Timestamp now() { return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()); }

core::Uuid next_uuid() {
  core::Uuid::Bytes bytes;
  base::fill_random(bytes);
  return core::Uuid::from_random(bytes);
}

}  // namespace cardfile::cli
