// The validation that every answer of these tests passes is itself seen to fail.

#include "api/api_document.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <string>

#include "api/documents.h"
#include "api/world.h"

namespace cardfile::test {
namespace {

const std::string kId = "6f1d0a52-9d0e-4a63-8c57-0f9f2c6f3a11";
const std::string kSaved = R"({"id":7,"rev":2,"uuid":")" + kId + R"("})";
const std::string kBody = R"({"phone":"13125550142"})";

Reply reply(int status, std::string body, Headers more = {}) {
  Reply made{.status = status, .body = std::move(body), .headers = std::move(more)};
  made.headers.emplace_back("Content-Type", "application/json");
  made.headers.emplace_back("X-Request-Id", kId);
  return made;
}

Reply saved(std::string body) { return reply(200, std::move(body), {{"ETag", "\"2\""}}); }

std::string error(const std::string& code, const std::string& more = "") {
  return R"({"error":")" + code + R"(","error_code":")" + code + R"(","message":"…",)" + more + R"("request_id":")" +
         kId + R"("})";
}

/// What is wrong with that answer to an update, one fault a line.
std::string faults_of_update(const Reply& answer, const std::string& body = kBody,
                             const std::string& target = "/v1/contact/7", const std::string& method = "PUT") {
  static const ApiDocument document(api::openapi_json());
  std::string text;
  for (const std::string& fault : document.faults(method, target, body, answer)) text += fault + '\n';
  return text;
}

bool complains(const std::string& faults, const std::string& about) { return faults.find(about) != std::string::npos; }

TEST(ApiDocument, HasNothingAgainstARightAnswer) {
  EXPECT_EQ(faults_of_update(saved(kSaved)), "");
  EXPECT_EQ(faults_of_update(saved(kSaved), kBody, "/v1/contact/7/?overwrite=true"), "");
  EXPECT_EQ(faults_of_update(reply(404, error("not_found"))), "");
  EXPECT_EQ(faults_of_update(reply(412, error("precondition_failed", R"("rev":7,)"))), "");
  EXPECT_EQ(faults_of_update(reply(500, error("internal_error"))), "");
}

TEST(ApiDocument, NamesABodyThatItsSchemaForbids) {
  EXPECT_TRUE(complains(faults_of_update(saved(R"({"id":7,"rev":2})")), "forbids the answer")) << "a missing member";
  EXPECT_TRUE(complains(faults_of_update(saved(R"({"id":"7","rev":2,"uuid":")" + kId + "\"}")), "id")) << "a string";
  EXPECT_TRUE(complains(faults_of_update(saved(R"({"id":0,"rev":2,"uuid":")" + kId + "\"}")), "id")) << "no id";
  EXPECT_TRUE(complains(faults_of_update(saved(R"({"id":7,"rev":2,"uuid":"7"})")), "uuid")) << "no UUID";
  EXPECT_TRUE(complains(faults_of_update(saved(R"({"id":7,"rev":2,"more":1,"uuid":")" + kId + "\"}")), "more"));
  EXPECT_TRUE(complains(faults_of_update(saved(R"("ok")")), "forbids the answer"));
  EXPECT_TRUE(complains(faults_of_update(saved("null")), "forbids the answer"));
  EXPECT_TRUE(complains(faults_of_update(saved("")), "is no JSON"));
  EXPECT_TRUE(complains(faults_of_update(saved("{")), "is no JSON"));
}

TEST(ApiDocument, NamesAStatusThatTheOperationDoesNotHave) {
  EXPECT_NE(faults_of_update(reply(201, kSaved)), "");
  EXPECT_NE(faults_of_update(reply(403, error("denied"))), "");
  EXPECT_NE(faults_of_update(reply(409, error("conflict")), "", "/v1/contact/7", "GET"), "");
  EXPECT_NE(faults_of_update(reply(404, error("bad_data"))), "") << "the word of another status";
  EXPECT_NE(faults_of_update(reply(412, error("precondition_failed"))), "") << "without the stored revision";
}

TEST(ApiDocument, NamesAContentTypeOrHeaderThatIsNotTheDocuments) {
  Reply text = saved(kSaved);
  text.headers[1].second = "text/plain";
  EXPECT_TRUE(complains(faults_of_update(text), "text/plain"));
  EXPECT_TRUE(complains(faults_of_update(reply(200, kSaved)), "ETag"));
  EXPECT_TRUE(complains(faults_of_update(reply(200, kSaved, {{"ETag", "2"}})), "ETag"));
  Reply nameless = saved(kSaved);
  nameless.headers.pop_back();
  EXPECT_TRUE(complains(faults_of_update(nameless), "X-Request-Id"));
  Reply unchanged = reply(304, kSaved, {{"ETag", "\"2\""}});
  EXPECT_TRUE(complains(faults_of_update(unchanged, "", "/v1/contact/7", "GET"), "has no body"));
}

TEST(ApiDocument, NamesARequestThatSucceedsAgainstItsSchema) {
  EXPECT_TRUE(complains(faults_of_update(saved(kSaved), "{}"), "a request that succeeds"));
  EXPECT_TRUE(complains(faults_of_update(saved(kSaved), R"({"phone":"none"})"), "phone"));
  EXPECT_TRUE(complains(faults_of_update(saved(kSaved), ""), "requires a body"));
  EXPECT_EQ(faults_of_update(reply(400, error("bad_data")), R"({"phone":"none"})"), "") << "it was refused";
}

TEST(ApiDocument, WantsNothingButOurErrorsOutsideOfItsPaths) {
  EXPECT_EQ(faults_of_update(reply(404, error("not_found")), "", "/v9/contact"), "");
  EXPECT_EQ(faults_of_update(reply(405, error("method_not_allowed"), {{"Allow", "GET"}}), "", "/v1/team"), "");
  EXPECT_TRUE(complains(faults_of_update(reply(405, error("method_not_allowed")), "", "/v1/team"), "Allow"));
  EXPECT_TRUE(complains(faults_of_update(saved(kSaved), kBody, "/v9/contact"), "has no such operation"));
  EXPECT_TRUE(complains(faults_of_update(reply(404, "{}"), "", "/v9/contact"), "forbids the answer"));
}

TEST(ApiDocument, WantsTheN8nNodesFormOfErrorsOnItsSurfaceAndNowhereElse) {
  const auto faults = [](const Reply& answer, const std::string& target) {
    return faults_of_update(answer, "", target, "GET");
  };
  const std::string ours = error("not_found");
  const std::string its = R"({"error_code":"not_found","message":"…"})";
  EXPECT_EQ(faults(reply(404, its), "/n8n/v1/nothing"), "");
  EXPECT_EQ(faults(reply(404, its), "/n8n?page=1"), "");
  EXPECT_TRUE(complains(faults(reply(404, ours), "/n8n/v1/nothing"), "forbids the answer"));
  EXPECT_TRUE(complains(faults(reply(404, its), "/n8nx"), "forbids the answer"));
  EXPECT_EQ(faults(reply(401, R"({"error_code":"missing_api_key","message":"…"})"), "/n8n/v1/test_auth"), "");
  EXPECT_NE(faults(reply(401, error("unauthorized")), "/n8n/v1/test_auth"), "");
}

TEST(ApiDocument, TakesTheAnswerOfAStatusBeforeThatOfItsHundredBeforeTheDefault) {
  const auto faults = [](int status, const std::string& body) {
    return faults_of_update(reply(status, body), "", "/n8n/v1/triggers", "POST");
  };
  const auto its = [](const std::string& code) { return R"({"error_code":")" + code + R"(","message":"…"})"; };
  EXPECT_EQ(faults(501, its("not_implemented")), "");
  EXPECT_NE(faults(501, its("internal_error")), "");
  EXPECT_EQ(faults(500, its("internal_error")), "");
  EXPECT_NE(faults(500, error("internal_error")), "");
  EXPECT_EQ(faults(408, error("timeout")), "");
  EXPECT_NE(faults(408, its("timeout")), "");
}

TEST(ApiDocument, HoldsADialectToWhatTheDocumentSaysOfItsSettings) {
  const ApiDocument plain(api::openapi_json());
  const ApiDocument bare(api::openapi_json(), {"count_answer=number"});
  const auto faults = [](const ApiDocument& document, const std::string& body) {
    return document.faults("POST", "/v1/contacts/count", "", reply(200, body)).size();
  };
  EXPECT_EQ(faults(plain, R"({"count":3})"), 0U);
  EXPECT_NE(faults(plain, "3"), 0U);
  EXPECT_EQ(faults(bare, "3"), 0U);
  EXPECT_NE(faults(bare, R"({"count":3})"), 0U);
}

TEST(World, FailsATestWhoseAnswerIsNotAsTheDocumentHasIt) {
  static const ApiDocument document(api::openapi_json());
  EXPECT_NONFATAL_FAILURE(expect_documented(document, "GET", "/v1/contact/7", "", reply(418, R"("teapot")")),
                          "docs/openapi.json");
  expect_documented(document, "PUT", "/v1/contact/7", kBody, saved(kSaved));
}

}  // namespace
}  // namespace cardfile::test
