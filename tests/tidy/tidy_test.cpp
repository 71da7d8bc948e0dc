#include <gtest/gtest.h>

#include <fstream>

#include "support/temp_folder.h"
#include "tidy/tidy.h"

namespace cardfile::tidy {
namespace {

const std::string kRoot = CARDFILE_SOURCE_DIR;

/// One line for each finding.
std::string told(const Findings& findings) {
  std::string text;
  for (const std::string& finding : findings) text += "\n" + finding;
  return text;
}

template <class Check>
void expect_none(const std::vector<SourceFile>& files, Check check) {
  EXPECT_FALSE(files.empty());
  Findings findings;
  for (const SourceFile& file : files) {
    for (std::string& finding : check(file)) findings.push_back(std::move(finding));
  }
  EXPECT_TRUE(findings.empty()) << told(findings);
}

/// Of a file with one line.
Findings includes_of(std::string path, std::string line) { return check_includes({std::move(path), line + "\n"}); }

TEST(Tree, HasNoIncludeThatPointsUpOrSideways) { expect_none(files_under(kRoot, {"src"}), check_includes); }

TEST(Tree, HasNoTabsAndNoBlanksAtLineEnds) {
  expect_none(files_under(kRoot, {"src", "tests", "bench", "cmake", "fuzz"}), check_lines);
}

TEST(Tree, HasNoSourceTooLongToRead) { expect_none(files_under(kRoot, {"src"}), check_length); }

TEST(Tree, HasATitleInEveryHeader) { expect_none(files_under(kRoot, {"src", "tests", "bench", "fuzz"}), check_header); }

TEST(Tree, IsFormatted) {
  std::vector<std::string> paths;
  for (const SourceFile& file : files_under(kRoot, {"src", "tests", "bench", "fuzz"})) {
    if (file.path.ends_with(".h") || file.path.ends_with(".cpp")) paths.push_back(file.path);
  }
  const Findings findings = check_format(kRoot, paths);
  EXPECT_TRUE(findings.empty()) << told(findings);
}

// The checks themselves are seen to fail.

TEST(IncludeCheck, NamesTheLineThatPointsUp) {
  EXPECT_EQ(check_includes({"src/core/decide.cpp", "#include \"core/decide.h\"\n\n#include \"store/store.h\"\n"}),
            Findings{"src/core/decide.cpp:3: includes \"store/store.h\": core may not include store"});
}

TEST(IncludeCheck, FollowsTheTableOfFolders) {
  struct Case {
    const char* from;
    std::vector<const char*> may;
    std::vector<const char*> may_not;
  };
  const Case cases[] = {
      {"base", {"base"}, {"core", "http", "wire", "store", "api", "cli"}},
      {"core", {"core"}, {"base", "http", "wire", "store", "api", "cli"}},
      {"http", {"http", "base"}, {"core", "wire", "store", "api", "cli"}},
      {"wire", {"wire", "core"}, {"base", "http", "store", "api", "cli"}},
      {"store", {"store", "wire", "core", "base"}, {"http", "api", "cli"}},
      {"api", {"api", "store", "wire", "http", "core", "base"}, {"cli"}},
      {"cli", {"cli", "api", "store", "wire", "http", "core", "base"}, {}},
  };
  for (const auto& [from, may, may_not] : cases) {
    const std::string path = std::string("src/") + from + "/some/file.h";
    for (const std::string to : may) EXPECT_EQ(includes_of(path, "#include \"" + to + "/x.h\""), Findings{}) << from;
    for (const std::string to : may_not) {
      EXPECT_EQ(includes_of(path, "#include \"" + to + "/x.h\"").size(), 1U) << from << " includes " << to;
      EXPECT_EQ(includes_of(path, "  #  include <" + to + "/x.h>").size(), 1U) << from << " includes " << to;
    }
  }
}

TEST(IncludeCheck, LeavesCoreTheStandardLibraryOnly) {
  EXPECT_EQ(includes_of("src/core/a.cpp", "#include <vector>"), Findings{});
  for (const std::string foreign :
       {"sqlite3.h", "boost/asio.hpp", "simdjson.h", "fmt/core.h", "unistd.h", "sys/time.h", "openssl/evp.h"}) {
    EXPECT_EQ(includes_of("src/core/a.cpp", "#include <" + foreign + ">"),
              Findings{"src/core/a.cpp:1: includes <" + foreign + ">: core has the standard library only"});
  }
}

TEST(IncludeCheck, KeepsForeignHeadersInSources) {
  for (const std::string foreign : {"boost/asio.hpp", "openssl/evp.h", "sqlite3.h", "simdjson.h", "spdlog/spdlog.h",
                                    "toml++/toml.h", "CLI/CLI.hpp", "unistd.h"}) {
    const std::string line = "#include <" + foreign + ">";
    EXPECT_EQ(includes_of("src/store/open.cpp", line), Findings{});
    EXPECT_EQ(includes_of("src/store/open.h", line),
              Findings{"src/store/open.h:1: includes <" + foreign + ">: foreign headers stay in .cpp files"});
  }
}

TEST(IncludeCheck, LetsTheInnerHeadersOfAFolderHaveItsLibrary) {
  EXPECT_EQ(includes_of("src/http/connection.h", "#include <boost/asio/ip/tcp.hpp>"), Findings{});
  EXPECT_EQ(includes_of("src/store/sqlite/db.h", "#include <sqlite3.h>"), Findings{});
  EXPECT_EQ(includes_of("src/http/connection.h", "#include <sqlite3.h>").size(), 1U);
  EXPECT_EQ(includes_of("src/store/memory/engine.h", "#include <sqlite3.h>").size(), 1U);
  for (const std::string header : {"message", "server", "router"}) {
    EXPECT_EQ(includes_of("src/http/" + header + ".h", "#include <boost/asio/ip/tcp.hpp>").size(), 1U) << header;
  }
}

TEST(IncludeCheck, WantsOurHeadersByTheirPathFromSrc) {
  for (const std::string target : {"ids.h", "../core/ids.h", "./ids.h", "src/ids.h", "engine/x.h"}) {
    EXPECT_EQ(includes_of("src/core/a.cpp", "#include \"" + target + "\"").size(), 1U) << target;
  }
  EXPECT_EQ(includes_of("src/engine/a.cpp", "#include <vector>").size(), 1U);  // A folder that nobody planned.
}

TEST(IncludeCheck, ReadsIncludesOnly) {
  EXPECT_EQ(includes_of("src/core/a.cpp", "// #include \"store/store.h\""), Findings{});
  EXPECT_EQ(includes_of("src/core/a.cpp", "const char* text = \"#include <sqlite3.h>\";"), Findings{});
}

TEST(LineCheck, NamesTabsBlanksAndAMissingLineEnd) {
  EXPECT_EQ(check_lines({"src/a.h", "fine\n  fine too\n"}), Findings{});
  EXPECT_EQ(check_lines({"src/a.h", "fine\n\tint x;\nblank \ncarriage\r\nfine\n"}),
            (Findings{"src/a.h:2: has a tab", "src/a.h:3: ends with a blank", "src/a.h:4: ends with a blank"}));
  EXPECT_EQ(check_lines({"src/a.h", "one\ntwo"}), Findings{"src/a.h:2: does not end with one line end"});
  EXPECT_EQ(check_lines({"src/a.h", "one\n\n"}), Findings{"src/a.h:2: does not end with one line end"});
  EXPECT_EQ(check_lines({"src/a.h", ""}), Findings{"src/a.h:1: does not end with one line end"});
}

TEST(LengthCheck, NamesAFileOfMoreThan700Lines) {
  std::string text;
  for (int i = 0; i < 700; ++i) text += "int x;\n";
  EXPECT_EQ(check_length({"src/a.cpp", text}), Findings{});
  EXPECT_EQ(check_length({"src/a.cpp", text + "int y;\n"}), Findings{"src/a.cpp: has 701 lines, more than 700"});
}

TEST(HeaderCheck, NamesAHeaderWithoutPragmaOrTitle) {
  EXPECT_EQ(check_header({"src/a.h", "#pragma once\n// A: an example.\n"}), Findings{});
  EXPECT_EQ(check_header({"src/a.h", "#ifndef A_H\n// A: an example.\n"}), Findings{"src/a.h:1: must be #pragma once"});
  EXPECT_EQ(check_header({"src/a.h", "#pragma once\n#include <string>\n"}),
            Findings{"src/a.h:2: must be a comment that says what the header is about"});
  EXPECT_EQ(check_header({"src/a.h", ""}).size(), 2U);
  EXPECT_EQ(check_header({"src/a.cpp", "int x;\n"}), Findings{});
}

TEST(FormatCheck, NamesALineThatIsNotFormatted) {
  const test::TempFolder folder;
  const std::string path = folder / "cardfile_tidy_planted.cpp";
  std::ofstream(path) << "int  x;\n";
  const Findings findings = check_format(kRoot, {path});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].find("cardfile_tidy_planted.cpp:1:"), std::string::npos) << findings[0];
}

TEST(FormatCheck, SaysThatItCouldNotRun) { EXPECT_EQ(check_format(kRoot, {"no/such/file.cpp"}).size(), 1U); }

}  // namespace
}  // namespace cardfile::tidy
