#include "support/program.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>

namespace cardfile::test {
namespace {

constexpr std::chrono::seconds kPatience(60);

std::string fresh_port_file(const TempFolder& folder) {
  const std::string file = folder / "port";
  std::filesystem::remove(file);
  return file;
}

std::vector<std::string> serve_arguments(const std::string& port_file, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"serve", "--listen", "127.0.0.1:0", "--port-file", port_file};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

}  // namespace

ProcessOptions cardfile_with(const TempFolder& folder, const std::vector<std::string>& arguments,
                             const std::map<std::string, std::string>& environment) {
  ProcessOptions options{.arguments = {CARDFILE_PROGRAM}, .environment = environment, .folder = folder.path()};
  options.arguments.insert(options.arguments.end(), arguments.begin(), arguments.end());
  return options;
}

Finished cardfile(const TempFolder& folder, const std::vector<std::string>& arguments,
                  const std::map<std::string, std::string>& environment) {
  return run(cardfile_with(folder, arguments, environment), kPatience);
}

std::string json_member(const std::string& json, const std::string& name) {
  const std::string start = "\"" + name + "\":";
  const auto found = json.find(start);
  if (found == std::string::npos) return "";
  const std::string rest = json.substr(found + start.size());
  return rest.front() == '"' ? rest.substr(1, rest.find('"', 1) - 1) : rest.substr(0, rest.find_first_of(",}"));
}

std::string make_team_and_key(const TempFolder& folder) {
  EXPECT_EQ(cardfile(folder, {"team", "create", "Sales"}).exit_code, 0);
  const Finished made = cardfile(folder, {"key", "create", "--team", "1", "--name", "test", "--json"});
  EXPECT_EQ(made.exit_code, 0) << made.errors;
  return json_member(made.output, "key");
}

void make_database_without_tables(const TempFolder& folder, const std::string& data) {
  std::filesystem::create_directory(folder / data);
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open((folder / (data + "/cardfile.db")).c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, "CREATE TABLE t (x); DROP TABLE t", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
}

RunningServer::RunningServer(const TempFolder& folder, const std::vector<std::string>& arguments)
    : port_file_(fresh_port_file(folder)),
      process_(cardfile_with(folder, serve_arguments(port_file_, arguments), {{"CARDFILE_RATE_LIMIT", "0"}})) {}

std::uint16_t RunningServer::port() {
  const auto is_there = [this] {
    std::ifstream(port_file_) >> port_;
    return port_ != 0 || process_.wait(std::chrono::milliseconds(0)).has_value();
  };
  if (port_ == 0) becomes_true(is_there, kPatience);
  EXPECT_NE(port_, 0) << "the server did not come up: " << process_.errors();
  return port_;
}

int RunningServer::stop() {
  process_.send_signal(SIGTERM);
  const auto ending = process_.wait(kPatience);
  return ending ? ending->exit_code : -1;
}

}  // namespace cardfile::test
