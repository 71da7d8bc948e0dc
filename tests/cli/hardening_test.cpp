// How the program is built and how its service is fenced in: what an attacker finds who has got hold of either.

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/program.h"

namespace cardfile::test {
namespace {

std::string readelf(const std::string& file) {
  const Finished finished =
      run({.arguments = {"/usr/bin/readelf", "-hldW", "--dyn-syms", file}, .environment = {}, .folder = {}});
  EXPECT_EQ(finished.exit_code, 0) << finished.errors;
  return finished.output;
}

/// What a program is built without, by what its file says.
std::vector<std::string> weaknesses(const std::string& file) {
  const std::string elf = readelf(file);
  const auto has = [&elf](std::string_view text) { return elf.find(text) != std::string::npos; };
  const std::size_t stack = elf.find("GNU_STACK");
  const std::string stack_line = stack == std::string::npos ? "RWE" : elf.substr(stack, elf.find('\n', stack) - stack);
  std::vector<std::string> found;
  if (!has("DYN (Position-Independent Executable file)")) found.emplace_back("its addresses are fixed");
  if (!has("GNU_RELRO")) found.emplace_back("its relocated data can be written");
  if (!has("BIND_NOW") && !has("NOW PIE")) found.emplace_back("its functions are bound late");
  if (stack_line.find("RWE") != std::string::npos) found.emplace_back("its stack can be executed");
  if (!has("__stack_chk_fail")) found.emplace_back("its stack is not guarded");
  if (!has("__memcpy_chk")) found.emplace_back("its copies are not checked");
  if (has("TEXTREL")) found.emplace_back("its code can be written");
  if (has("RUNPATH") || has("RPATH")) found.emplace_back("its libraries come from a folder of the build's");
  return found;
}

TEST(Hardening, TheProgramIsBuiltWithEveryProtection) {
  const TempFolder folder;
  EXPECT_EQ(weaknesses(cardfile_with(folder, {}).arguments.front()), std::vector<std::string>{});
}

TEST(Hardening, AProgramWithoutThemIsToldApart) {
  EXPECT_THAT(weaknesses(CARDFILE_UNHARDENED),
              testing::IsSupersetOf({"its addresses are fixed", "its relocated data can be written",
                                     "its functions are bound late", "its stack can be executed",
                                     "its stack is not guarded", "its copies are not checked"}));
}

constexpr const char* kAnalyze = "/usr/bin/systemd-analyze";
constexpr std::string_view kService = CARDFILE_SOURCE_DIR "/packaging/cardfile.service";

/// How exposed a service is by systemd's own measure, in tenths from 0 to 100.
int exposure_of(const std::string& unit_file) {
  const Finished finished = run({.arguments = {kAnalyze, "security", "--offline=true", "--no-pager", unit_file},
                                 .environment = {{"SYSTEMD_COLORS", "0"}},
                                 .folder = {}});
  const std::string mark = "Overall exposure level for cardfile.service: ";
  const std::size_t at = finished.output.find(mark);
  EXPECT_NE(at, std::string::npos) << finished.output << finished.errors;
  return at == std::string::npos ? 100 : static_cast<int>(std::stod(finished.output.substr(at + mark.size())) * 10);
}

std::string unit() {
  std::ifstream file{std::string(kService)};
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(Hardening, TheServiceRunsAsAUserOfItsOwnAndIsFencedIn) {
  EXPECT_NE(unit().find("\nDynamicUser=yes\n"), std::string::npos);
  EXPECT_NE(unit().find("\nNoNewPrivileges=yes\n"), std::string::npos);
  EXPECT_NE(unit().find("\nLimitCORE=0\n"), std::string::npos);
  EXPECT_LE(exposure_of(std::string(kService)), 20);
}

TEST(Hardening, AServiceThatIsNotFencedInIsToldApart) {
  const TempFolder folder;
  std::ofstream(folder / "cardfile.service") << "[Service]\nExecStart=/usr/local/bin/cardfile serve\n";
  EXPECT_GT(exposure_of(folder / "cardfile.service"), 20);
}

TEST(Hardening, TheServiceIsOneThatSystemdUnderstands) {
  const TempFolder folder;
  std::string text = unit();
  const std::string program = "/usr/local/bin/cardfile";
  text.replace(text.find(program), program.size(), "/bin/true");  // Which is there.
  std::ofstream(folder / "cardfile.service") << text;
  const Finished finished =
      run({.arguments = {kAnalyze, "verify", folder / "cardfile.service"}, .environment = {}, .folder = {}});
  EXPECT_EQ(finished.exit_code, 0);
  EXPECT_EQ(finished.errors.find("cardfile.service:"), std::string::npos) << finished.errors;
}

}  // namespace
}  // namespace cardfile::test
