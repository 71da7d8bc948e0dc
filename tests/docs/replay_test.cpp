// Every request block of README and docs/ is run, in the order of its page, against the real program with demo data,
// and must be answered as the page says.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "docs/documents.h"
#include "support/http_client.h"
#include "support/process.h"
#include "support/program.h"
#include "support/temp_folder.h"

namespace cardfile::test {
namespace {

constexpr std::string_view kPrintedServer = "http://127.0.0.1:8080";
constexpr const char* kDemoKey = "cardfile-demo-key";

class Page {
 public:
  explicit Page(std::string name) : name_(std::move(name)), server_(folder_, {"--demo"}) {}

  /// Runs every block, and gives the number of requests made.
  int run() {
    const std::string base = "http://127.0.0.1:" + std::to_string(server_.port());
    const std::vector<Block> blocks = blocks_of(read_document(name_));
    int requests = 0;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      SCOPED_TRACE(name_ + ", line " + std::to_string(blocks[i].line));
      if (blocks[i].language == "http") {
        run_exchange(exchange_of(blocks[i]));
        ++requests;
      } else if (blocks[i].language == "sh") {
        const bool answered = i + 1 < blocks.size() && blocks[i + 1].language == "json";
        run_shell(blocks[i].text, answered ? blocks[i + 1].text : "…", base);
        ++requests;
      }
    }
    return requests;
  }

 private:
  void run_exchange(const Exchange& exchange) {
    HttpClient::Headers headers = {{"Authorization", std::string("Bearer ") + kDemoKey}};
    for (const auto& [header, value] : exchange.headers) headers[header] = value;
    HttpClient client(server_.port(), headers);
    const auto reply = client.send(exchange.method, exchange.target, exchange.body);
    ASSERT_TRUE(reply) << "no answer";
    EXPECT_EQ(reply->status, exchange.status) << reply->body;
    EXPECT_TRUE(is_like(reply->body, exchange.answer))
        << "answered: " << reply->body << "\nthe page: " << exchange.answer;
  }

  /// The block as printed, the server's address aside.
  void run_shell(std::string script, const std::string& answer, const std::string& base) {
    const std::size_t server = script.find(kPrintedServer);
    ASSERT_NE(server, std::string::npos) << script;
    script.replace(server, kPrintedServer.size(), base);
    const Finished finished = test::run({.arguments = {"/bin/bash", "-c", script}, .folder = folder_.path()});
    EXPECT_EQ(finished.exit_code, 0) << finished.errors;
    EXPECT_TRUE(is_like(finished.output, answer)) << "answered: " << finished.output << "\nthe page: " << answer;
  }

  std::string name_;
  TempFolder folder_;
  RunningServer server_;
};

TEST(Readme, ItsRequestsWorkAsPrinted) { EXPECT_GE(Page("README.md").run(), 2); }
TEST(UpdateAContactPage, ItsRequestsWorkAsPrinted) { EXPECT_GE(Page("docs/update-a-contact.md").run(), 9); }
TEST(ApiPage, ItsRequestsWorkAsPrinted) { EXPECT_GE(Page("docs/api.md").run(), 20); }

TEST(MovingPage, ItsRequestsWorkAsPrinted) { EXPECT_GE(Page("docs/moving-from-heymarket.md").run(), 2); }

TEST(APage, IsComparedToTheLetterOutsideItsEllipses) {
  EXPECT_TRUE(is_like(R"({"id":1,"rev":2})", R"({"id":1, "rev":2})"));
  EXPECT_TRUE(is_like(R"({"id":1,"uuid":"x","rev":2})", R"({"id":1,…"rev":2})"));
  EXPECT_TRUE(is_like("anything", "…"));
  EXPECT_FALSE(is_like(R"({"id":1,"rev":3})", R"({"id":1,"rev":2})"));
  EXPECT_FALSE(is_like(R"({"id":1,"uuid":"x","rev":3})", R"({"id":1,…"rev":2})"));
  EXPECT_FALSE(is_like(R"({"first":"a b"})", R"({"first":"ab"})"));
  EXPECT_FALSE(is_like(R"({"id":1,"rev":2}])", R"({"id":1,"rev":2})"));
  EXPECT_FALSE(is_like(R"(x{"id":1})", R"({"id":1})"));
}

}  // namespace
}  // namespace cardfile::test
