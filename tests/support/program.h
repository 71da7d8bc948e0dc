#pragma once
// The real program, as people and scripts run it.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/temp_folder.h"

namespace cardfile::test {

/// `cardfile` with these arguments, in `folder`.
ProcessOptions cardfile_with(const TempFolder& folder, const std::vector<std::string>& arguments,
                             const std::map<std::string, std::string>& environment = {});

/// Runs it to its end.
Finished cardfile(const TempFolder& folder, const std::vector<std::string>& arguments,
                  const std::map<std::string, std::string>& environment = {});

/// What `name` holds in a flat JSON object as the program prints it: a text without its quotes, a number as it stands.
std::string json_member(const std::string& json, const std::string& name);

/// Makes team 1 in ./data and gives back a key of it.
std::string make_team_and_key(const TempFolder& folder);

/// Makes data folder `data` in `folder`, with a database as it is before its first format.
void make_database_without_tables(const TempFolder& folder, const std::string& data);

/// `cardfile serve` at a free port of 127.0.0.1, in `folder`, with further arguments; without a rate limit unless they
/// give it one.
class RunningServer {
 public:
  RunningServer(const TempFolder& folder, const std::vector<std::string>& arguments = {});

  /// Waits until it answers; a server that does not come up fails the test and gives 0.
  std::uint16_t port();
  std::string url(const std::string& path) { return "http://127.0.0.1:" + std::to_string(port()) + path; }
  Process& process() { return process_; }
  const Process& process() const { return process_; }

  /// SIGTERM, and its exit code.
  int stop();

 private:
  std::string port_file_;
  Process process_;
  std::uint16_t port_ = 0;
};

}  // namespace cardfile::test
