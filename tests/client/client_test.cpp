// docs/openapi.json as programs of other people read it: it lints clean, and a TypeScript client generated from it
// compiles and works.

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/process.h"
#include "support/program.h"
#include "support/temp_folder.h"

namespace cardfile::test {
namespace {

namespace fs = std::filesystem;

const std::string kHere = CARDFILE_SOURCE_DIR "/tests/client/";
const std::string kDocument = CARDFILE_SOURCE_DIR "/docs/openapi.json";
const std::string kPackages = CARDFILE_CLIENT_PACKAGES "/node_modules";

Finished node(const TempFolder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"/usr/bin/env", "node"});
  return run({.arguments = std::move(arguments), .environment = {}, .folder = folder.path()}, std::chrono::minutes(4));
}

std::string shown(const Finished& finished) { return finished.output + finished.errors; }

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Finished lint(const TempFolder& folder, const std::string& document) {
  return node(folder, {kPackages + "/.bin/spectral", "lint", "--ruleset", kHere + "spectral.yaml", "--fail-severity",
                       "hint", document});
}

TEST(OpenApiLint, FindsNothing) {
  const TempFolder folder;
  const Finished finished = lint(folder, kDocument);
  EXPECT_EQ(finished.exit_code, 0) << shown(finished);
  EXPECT_EQ(finished.output.find("warning"), std::string::npos) << shown(finished);
}

TEST(OpenApiLint, FindsAPlantedFault) {
  const TempFolder folder;
  std::string text = read_file(kDocument);
  const std::string name = R"("operationId": "getTeam")";
  ASSERT_NE(text.find(name), std::string::npos);
  text.replace(text.find(name), name.size(), R"("operationId": "getTag")");
  std::ofstream(folder / "openapi.json") << text;
  const Finished finished = lint(folder, folder / "openapi.json");
  EXPECT_EQ(finished.exit_code, 1) << shown(finished);
  EXPECT_NE(finished.output.find("operation-operationId-unique"), std::string::npos) << shown(finished);
}

/// A folder with a client generated from the document, and a program that uses it.
class Client {
 public:
  explicit Client(const std::string& more_code = "") {
    fs::create_directory_symlink(kPackages, folder_ / "node_modules");
    for (const char* name : {"package.json", "tsconfig.json", "main_paths.ts"}) {
      fs::copy_file(kHere + name, folder_ / name);
    }
    std::ofstream(folder_ / "main_paths.ts", std::ios::app) << more_code;
    const Finished finished = node(folder_, {"node_modules/.bin/openapi-typescript", kDocument, "-o", "api.d.ts"});
    EXPECT_EQ(finished.exit_code, 0) << shown(finished);
  }

  Finished compile() { return node(folder_, {"node_modules/.bin/tsc", "--project", "tsconfig.json"}); }
  Finished use(const std::string& url) { return node(folder_, {"out/main_paths.js", url, "cardfile-demo-key"}); }

 private:
  TempFolder folder_;
};

TEST(TypeScriptClient, CompilesStrictlyAndWorksOnTheMainPaths) {
  Client client;
  const Finished compiled = client.compile();
  ASSERT_EQ(compiled.exit_code, 0) << shown(compiled);
  const TempFolder folder;
  RunningServer server(folder, {"--demo"});
  const Finished used = client.use(server.url(""));
  EXPECT_EQ(used.exit_code, 0) << shown(used);
  EXPECT_EQ(used.output, "all main paths work\n");
}

TEST(TypeScriptClient, DoesNotCompileWhereTheDocumentSaysOtherwise) {
  Client client(
      "export const title: string = contact.title;\n"
      "await api.POST('/v1/contact', { body: { first: 'Mina' } });\n");
  const Finished finished = client.compile();
  EXPECT_NE(finished.exit_code, 0);
  EXPECT_NE(finished.output.find("'title' does not exist"), std::string::npos) << shown(finished);
  EXPECT_NE(finished.output.find("'phone' is missing"), std::string::npos) << shown(finished);
}

}  // namespace
}  // namespace cardfile::test
