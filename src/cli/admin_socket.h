#pragma once
// Admin socket: how the operator's commands reach the server that holds the data folder.

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cardfile::cli {

/// What came of a command: its exit code, and what is to be printed, or told when it failed.
struct AdminReply {
  int exit_code = 0;
  std::string text;
  std::string if_lost = {};  // What to do when the text cannot be printed, if it is not enough to ask again.
};

/// `admin.sock` in the data folder, to which its owner alone may connect. Commands that come in are run one after
/// another, on a thread of its own.
class AdminSocket {
 public:
  /// Runs the command that `words` are the command line of. Throws nothing.
  using Run = std::function<AdminReply(const std::vector<std::string>& words)>;

  /// `folder` is held by this process. Throws std::system_error when there can be no socket in it.
  AdminSocket(const std::filesystem::path& folder, Run run);
  AdminSocket(const AdminSocket&) = delete;
  AdminSocket& operator=(const AdminSocket&) = delete;
  /// Waits for the command under way, and takes the file away.
  ~AdminSocket();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

/// Has the server that holds `folder` run a command; none when no server listens there. Throws std::runtime_error when
/// the command is too long, or the server ends without an answer.
std::optional<AdminReply> ask_server(const std::filesystem::path& folder, const std::vector<std::string>& words);

}  // namespace cardfile::cli
