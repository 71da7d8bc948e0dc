#include "cli/administration.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <signal.h>
#include <CLI/App.hpp>

#include "cli/vault.h"
#include "core/error.h"
#include "store/open.h"

namespace cardfile::cli {
namespace {

int tell(const AdminReply& reply) {
  if (reply.exit_code != 0) {
    complain(fmt::format("cardfile: {}\n", reply.text));
    return reply.exit_code;
  }
  // Without a reader there is still somebody to be told.
  if (!reply.if_lost.empty()) ::signal(SIGPIPE, SIG_IGN);
  try {
    print(reply.text);
  } catch (const std::exception& error) {
    if (reply.if_lost.empty()) throw;
    throw std::runtime_error(fmt::format("{} {}", error.what(), reply.if_lost));
  }
  return 0;
}

std::string folder_flags(const Flags& flags) {
  std::string text;
  for (const char* name : {"data", "config"}) {
    if (const auto flag = flags.find(name); flag != flags.end()) text += fmt::format(" --{} {}", name, flag->second);
  }
  return text;
}

AdminReply answered(const Invocation& invocation, Administration administration) {
  administration.folder_flags = folder_flags(invocation.flags);
  try {
    Answer answer = invocation.administer(administration);
    return {.exit_code = 0, .text = std::move(answer.text), .if_lost = std::move(answer.if_lost)};
  } catch (const core::Error& error) {
    // It names the argument at fault, or says what cannot be done with any.
    return {.exit_code = error.errors().empty() ? kFailed : kMisused, .text = error.message()};
  } catch (const std::exception& error) {
    return {.exit_code = kFailed, .text = error.what()};
  }
}

}  // namespace

int administer(const Invocation& invocation, const base::Config& settings) {
  const std::filesystem::path folder = settings.text("data");
  if (!invocation.makes_folder) require_data_folder(settings);
  std::optional<AdminReply> reply;
  const auto store = once_free(settings, [&]() -> std::unique_ptr<store::Store> {
    try {
      return open_or_make(settings);
    } catch (const store::FolderInUse&) {
      reply = ask_server(folder, invocation.words);
      if (!reply) throw;
      return nullptr;
    }
  });
  if (reply) return tell(*reply);
  std::unique_ptr<base::Vault> vault;
  const auto kept_vault = [&]() -> const base::Vault& {
    vault = open_vault(*store, folder);
    keep_key_file(*vault, folder);
    return *vault;
  };
  return tell(answered(invocation, {.store = *store, .vault = kept_vault}));
}

AdminReply administer_for_caller(const std::vector<std::string>& words, const Administration& administration,
                                 base::Log& log) {
  CLI::App app;
  Invocation invocation;
  add_administration(app, invocation);
  app.require_subcommand(1);
  AdminReply reply;
  try {
    app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
    reply = answered(invocation, administration);
  } catch (const CLI::ParseError& error) {
    // The caller's program has understood its command line, so it is of another version.
    reply = {.exit_code = kMisused, .text = fmt::format("The server does not know this command: {}", error.what())};
  }
  log.write(base::LogLevel::info, "administered",
            {{"command", invocation.title}, {"exit_code", std::int64_t{reply.exit_code}}});
  return reply;
}

}  // namespace cardfile::cli
