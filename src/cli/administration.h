#pragma once
// Administration: the operator's commands, run in a data folder that is free or by the server that holds it.

#include <string>
#include <vector>

#include "base/config.h"
#include "base/log.h"
#include "cli/admin_socket.h"
#include "cli/command_line.h"

namespace cardfile::cli {

/// Runs the invocation's `administer` and prints what it gives; a server that holds the data folder runs it in this
/// process's place. The exit code.
int administer(const Invocation& invocation, const base::Config& settings);

/// Runs one that came to the server that holds the folder, and logs which it was. The settings among `words` are the
/// caller's and make no difference.
AdminReply administer_for_caller(const std::vector<std::string>& words, const Administration& administration,
                                 base::Log& log);

}  // namespace cardfile::cli
