// Signed tokens: a table of what a client or an attacker may send, and what becomes of it.

#include "api/signed_token.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "api/token_signer.h"
#include "api/world.h"
#include "base/crypto.h"
#include "store/store.h"

namespace cardfile::test {
namespace {

const TestSecret kOurs{"8a1d3c52-9d0e-4a63-8c57-0f9f2c6f3a11", "x7Qd-our-secret-key"};
const TestSecret kTheirs{"11111111-2222-4333-8444-555555555555", "their-secret-key"};
const TestSecret kRevoked{"99999999-2222-4333-8444-555555555555", "revoked-secret-key"};
const TestSecret kNobodys{"77777777-2222-4333-8444-555555555555", "nobodys-secret-key"};
constexpr std::int64_t kNow = 1772442900;  // 2026-03-02T09:15:00Z, where World's clock stands.

struct Row {
  std::string what;
  std::string token;
  bool good = false;
};

/// The usual claims, with others in place of or after `iat`.
std::string claims(const std::string& rest) { return R"({"iss":")" + kOurs.id + R"(",)" + rest + "}"; }
std::string iat(std::int64_t seconds_ago = 0) { return R"("iat":)" + std::to_string(kNow - seconds_ago); }
std::string with(const std::string& name, std::int64_t from_now) {
  return claims(iat() + ",\"" + name + "\":" + std::to_string(kNow + from_now));
}

/// Signed as it should be.
std::string of_header(std::string_view header) { return token_of(header, claims(iat()), kOurs.signing_key()); }
std::string of_payload(std::string_view payload) { return token_of(kTokenHeader, payload, kOurs.signing_key()); }
std::string of_parts(const std::string& header, const std::string& payload) {
  return signed_parts(header + "." + payload, kOurs.signing_key());
}

std::string good_token() { return of_payload(claims(iat())); }
std::string part(int number) {
  std::string token = good_token();
  for (; number > 0; --number) token = token.substr(token.find('.') + 1);
  return token.substr(0, token.find('.'));
}
const std::string& header_part() {
  static const std::string text = part(0);
  return text;
}
const std::string& payload_part() {
  static const std::string text = part(1);
  return text;
}
const std::string& signature_part() {
  static const std::string text = part(2);
  return text;
}

/// The same bytes for a lax decoder: a bit that stands for nothing is set in the last letter.
std::string not_canonical(std::string part) {
  part.back() = static_cast<char>(part.back() + 1);
  return part;
}

std::vector<Row> forms() {
  const std::string parts = header_part() + "." + payload_part();
  return {
      {"a usual token", good_token(), true},
      {"nothing signed", parts + "."},
      {"no signature part", parts},
      {"no header", "." + payload_part() + "." + signature_part()},
      {"no payload", header_part() + ".." + signature_part()},
      {"two dots alone", ".."},
      {"four dots", good_token() + ".a.b"},
      {"three dots", good_token() + "."},
      {"swapped parts", signed_parts(payload_part() + "." + header_part(), kOurs.signing_key())},
      {"signature in front", signature_part() + "." + parts},
      {"truncated signature", parts + "." + signature_part().substr(0, 42)},
      {"half a signature", parts + "." + signature_part().substr(0, 22)},
      {"signature with a byte more", parts + "." + signature_part() + "A"},
      {"signature with its bytes twice", parts + "." + signature_part().substr(0, 40) + signature_part()},
      {"signature with letters that make no byte", parts + "." + signature_part() + "AA"},
      {"signature of another token", parts + "." + of_payload(claims(iat(1))).substr(good_token().rfind('.') + 1)},
      {"signature with its first bit turned",
       parts + "." + (signature_part()[0] == 'A' ? "B" : "A") + signature_part().substr(1)},
      {"signature in hexadecimal", parts + "." + base::to_hex(base::hmac_sha256(kOurs.signing_key(), parts))},
      {"non-canonical signature", parts + "." + not_canonical(signature_part())},
      {"padded signature", good_token() + "="},
      {"padded header", of_parts(header_part() + "=", payload_part())},
      {"padded payload", of_parts(header_part(), base64url("{\"iss\":\"" + kOurs.id + "\", " + iat() + "}") + "==")},
      {"non-canonical header", of_parts(not_canonical(base64url(R"({"alg":"HS256"} )")), payload_part())},
      {"line end within", of_parts(header_part().substr(0, 4) + "\n" + header_part().substr(4), payload_part())},
      {"blank within", of_parts(header_part().substr(0, 4) + " " + header_part().substr(4), payload_part())},
      {"letters of the URL alphabet", of_parts(header_part(), base64url(claims(iat() + ",\"n\":\"~>~>?~>?~?~\""))),
       true},
      {"letters of the standard alphabet",
       [] {
         std::string payload = base64url(claims(iat() + ",\"n\":\"~>~>?~>?~?~\""));
         for (char& letter : payload) letter = letter == '-' ? '+' : letter == '_' ? '/' : letter;
         return of_parts(header_part(), payload);
       }()},
      {"over-long, by a claim", of_payload(claims(iat() + ",\"n\":\"" + std::string(4'000, 'x') + "\""))},
      {"long, by a claim", of_payload(claims(iat() + ",\"n\":\"" + std::string(2'000, 'x') + "\"")), true},
      {"over-long, by its signature", parts + "." + std::string(10'000, 'A')},
  };
}

std::vector<Row> headers() {
  return {
      {"alg none", of_header(R"({"alg":"none","typ":"JWT"})")},
      {"alg None", of_header(R"({"alg":"None"})")},
      {"alg none, unsigned", base64url(R"({"alg":"none"})") + "." + payload_part() + "."},
      {"alg hs256", of_header(R"({"alg":"hs256","typ":"JWT"})")},
      {"alg HS384", of_header(R"({"alg":"HS384","typ":"JWT"})")},
      {"alg HS512", of_header(R"({"alg":"HS512","typ":"JWT"})")},
      {"alg RS256", of_header(R"({"alg":"RS256","typ":"JWT"})")},
      {"alg ES256", of_header(R"({"alg":"ES256","typ":"JWT"})")},
      {"alg with a blank", of_header(R"({"alg":"HS256 "})")},
      {"alg with NUL", of_header(R"({"alg":"HS256\u0000"})")},
      {"alg a list", of_header(R"({"alg":["HS256"]})")},
      {"alg a number", of_header(R"({"alg":256})")},
      {"alg null", of_header(R"({"alg":null})")},
      {"alg missing", of_header(R"({"typ":"JWT"})")},
      {"ALG", of_header(R"({"ALG":"HS256"})")},
      {"alg twice", of_header(R"({"alg":"none","alg":"HS256"})")},
      {"alg twice, HS256 first", of_header(R"({"alg":"HS256","alg":"none"})")},
      {"alg with escapes", of_header(R"({"\u0061lg":"HS\u0032\u0035\u0036"})"), true},
      {"empty header", of_header("{}")},
      {"header a list", of_header("[]")},
      {"header no JSON", of_header("HS256")},
      {"header with a comma too many", of_header(R"({"alg":"HS256",})")},
      {"two headers", of_header(R"({"alg":"HS256"}{"alg":"HS256"})")},
      {"header behind a byte order mark", of_header("\xef\xbb\xbf{\"alg\":\"HS256\"}")},
      {"header that is not UTF-8", of_header("{\"alg\":\"HS256\",\"typ\":\"\xff\"}")},
      {"kid", of_header(R"({"alg":"HS256","kid":"../../dev/null"})")},
      {"jku", of_header(R"({"alg":"HS256","jku":"https://example.org/keys"})")},
      {"jwk", of_header(R"({"alg":"HS256","jwk":{"kty":"oct","k":"AA"}})")},
      {"x5u", of_header(R"({"alg":"HS256","x5u":"https://example.org/chain"})")},
      {"x5c", of_header(R"({"alg":"HS256","x5c":[]})")},
      {"crit", of_header(R"({"alg":"HS256","crit":["exp"]})")},
      {"empty crit", of_header(R"({"alg":"HS256","crit":[]})")},
      {"zip", of_header(R"({"alg":"HS256","zip":"DEF"})")},
      {"b64", of_header(R"({"alg":"HS256","b64":false})")},
      {"no typ", of_header(R"({"alg":"HS256"})"), true},
      {"typ jwt", of_header(R"({"alg":"HS256","typ":"jwt"})"), true},
      {"typ JWE", of_header(R"({"alg":"HS256","typ":"JWE"})")},
      {"typ null", of_header(R"({"alg":"HS256","typ":null})")},
      {"header members reordered", of_header(R"({"typ":"JWT","alg":"HS256"})"), true},
      {"blanks in the header", of_header("\t{ \"alg\" : \"HS256\" ,\r\n \"typ\" : \"JWT\" }\n"), true},
  };
}

std::vector<Row> claims_and_secrets() {
  const std::string iss = R"("iss":")" + kOurs.id + '"';
  const auto by = [](const TestSecret& named, const TestSecret& signer) {
    return token_of(kTokenHeader, R"({"iss":")" + named.id + R"(",)" + iat() + "}", signer.signing_key());
  };
  const auto under_key = [](const std::string& key) { return token_of(kTokenHeader, claims(iat()), key); };
  return {
      {"payload members reordered", of_payload("{" + iat() + "," + iss + "}"), true},
      {"blanks in the payload", of_payload("{\n  " + iss + " ,\t" + iat() + "\r\n}  "), true},
      {"a brace too many", of_payload(claims(iat() + "}"))},
      {"extra claims of every kind", of_payload(claims(iat() + R"(,"sub":"7","aud":["a"],"jti":null,"x":{"kid":1.5})")),
       true},
      {"iss missing", of_payload("{" + iat() + "}")},
      {"iss null", of_payload(R"({"iss":null,)" + iat() + "}")},
      {"iss a number", of_payload(R"({"iss":7,)" + iat() + "}")},
      {"iss empty", of_payload(R"({"iss":"",)" + iat() + "}")},
      {"iss no UUID", of_payload(R"({"iss":"our-secret",)" + iat() + "}")},
      {"iss in braces", of_payload(R"({"iss":"{)" + kOurs.id + R"(}",)" + iat() + "}")},
      {"iss without dashes", of_payload(R"({"iss":"8a1d3c529d0e4a638c570f9f2c6f3a11",)" + iat() + "}")},
      {"iss with a blank", of_payload(R"({"iss":" )" + kOurs.id + R"(",)" + iat() + "}")},
      {"iss twice", of_payload("{" + iss + "," + iss + "," + iat() + "}")},
      {"iss twice, another first", of_payload(R"({"iss":")" + kTheirs.id + "\"," + iss + "," + iat() + "}")},
      {"iat twice", of_payload(claims(iat() + "," + iat(301)))},
      {"an extra claim twice", of_payload(claims(iat() + R"(,"x":1,"x":1)"))},
      {"payload a list", of_payload("[" + iss + "]")},
      {"payload no JSON", of_payload("iss=" + kOurs.id)},
      {"payload empty", of_payload("{}")},
      {"unknown secret", by(kNobodys, kNobodys)},
      {"unknown secret under our key", by(kNobodys, kOurs)},
      {"revoked secret", by(kRevoked, kRevoked)},
      {"their secret under our key", by(kTheirs, kOurs)},
      {"our secret under their key", by(kOurs, kTheirs)},
      {"their id and our key", under_key(kTheirs.id + "||" + kOurs.key)},
      {"key without id", under_key(kOurs.key)},
      {"id without key", under_key(kOurs.id)},
      {"empty key", under_key("")},
      {"bars without id", under_key("||" + kOurs.key)},
      {"one bar", under_key(kOurs.id + "|" + kOurs.key)},
      {"key and id swapped", under_key(kOurs.key + "||" + kOurs.id)},
      {"id in capitals in the key", under_key("8A1D3C52-9D0E-4A63-8C57-0F9F2C6F3A11||" + kOurs.key)},
      {"key with a line end", under_key(kOurs.signing_key() + "\n")},
  };
}

std::vector<Row> times() {
  const auto iat_of = [](const std::string& value) { return of_payload(claims("\"iat\":" + value)); };
  const auto exp_of = [](const std::string& value) { return of_payload(claims(iat() + ",\"exp\":" + value)); };
  const std::string now = std::to_string(kNow);
  return {
      {"iat missing", of_payload(R"({"iss":")" + kOurs.id + "\"}")},
      {"iat null", iat_of("null")},
      {"iat a string", iat_of("\"" + now + "\"")},
      {"iat a float", iat_of(now + ".0")},
      {"iat with an exponent", iat_of("1772442900e0")},
      {"iat true", iat_of("true")},
      {"iat zero", iat_of("0")},
      {"iat negative", iat_of("-" + now)},
      {"iat in milliseconds", iat_of(now + "000")},
      {"iat huge", iat_of("9223372036854775807")},
      {"iat past 64 bits", iat_of("9223372036854775808")},
      {"iat past 64 bits, around to now", iat_of("18446744075481994516")},
      {"iat with a leading zero", iat_of("0" + now)},
      {"iat with a plus", iat_of("+" + now)},
      {"299 s old", of_payload(claims(iat(299))), true},
      {"300 s old", of_payload(claims(iat(300))), true},
      {"301 s old", of_payload(claims(iat(301)))},
      {"a day old", of_payload(claims(iat(86'400)))},
      {"59 s ahead", of_payload(claims(iat(-59))), true},
      {"60 s ahead", of_payload(claims(iat(-60))), true},
      {"61 s ahead", of_payload(claims(iat(-61)))},
      {"a day ahead", of_payload(claims(iat(-86'400)))},
      {"exp a second ago", of_payload(with("exp", -1))},
      {"exp now", of_payload(with("exp", 0))},
      {"exp in a second", of_payload(with("exp", 1)), true},
      {"exp in 300 s", of_payload(with("exp", 300)), true},
      {"exp in an hour", of_payload(with("exp", 3'600)), true},
      {"exp in an hour, 300 s old", of_payload(claims(iat(300) + ",\"exp\":" + std::to_string(kNow + 3'600))), true},
      {"exp in an hour, 301 s old", of_payload(claims(iat(301) + ",\"exp\":" + std::to_string(kNow + 3'600)))},
      {"exp before iat", of_payload(claims(iat(10) + ",\"exp\":" + std::to_string(kNow - 20)))},
      {"exp null", exp_of("null")},
      {"exp a string", exp_of("\"" + now + "0\"")},
      {"exp a float", exp_of(now + "0.5")},
      {"exp zero", exp_of("0")},
      {"exp negative", exp_of("-1")},
      {"exp huge", exp_of("9223372036854775807")},
      {"nbf in the past", of_payload(with("nbf", -10)), true},
      {"nbf now", of_payload(with("nbf", 0)), true},
      {"nbf 60 s ahead", of_payload(with("nbf", 60)), true},
      {"nbf 61 s ahead", of_payload(with("nbf", 61))},
      {"nbf a string", of_payload(claims(iat() + R"(,"nbf":"0")"))},
      {"nbf negative", of_payload(claims(iat() + R"(,"nbf":-1)"))},
  };
}

void has_secrets(World& world) {
  const auto id = [](const TestSecret& secret) { return *core::Uuid::parse(secret.id); };
  world.has_secret(world.team(), id(kOurs), kOurs.key);
  world.has_secret(world.other_team(), id(kTheirs), kTheirs.key);
  world.has_secret(world.team(), id(kRevoked), kRevoked.key);
  store::commit_and_wait(
      world.store(),
      {.team = world.team().id, .actor = {}, .request_id = {}, .action = core::RevokeSecret{.id = id(kRevoked)}});
}

void run(const std::vector<Row>& table, std::size_t at_least) {
  World world;
  ASSERT_EQ(unix_seconds(world.now()), kNow);
  has_secrets(world);
  EXPECT_GE(table.size(), at_least);
  for (const Row& row : table) {
    SCOPED_TRACE(row.what);
    const Reply reply = world.send_bare("GET", "/v1/team", "", {{"Authorization", "Bearer " + row.token}});
    EXPECT_EQ(reply.status, row.good ? 200 : 401) << row.token;
    if (row.good) {
      EXPECT_EQ(reply["id"], "1");
      continue;
    }
    EXPECT_EQ(reply["error"], "unauthorized");
    EXPECT_EQ(reply["message"], "send a valid API key or token: Authorization: Bearer <key or token>");
  }
}

TEST(SignedTokens, AreTakenInTheirOneFormOnly) { run(forms(), 25); }
TEST(SignedTokens, AreTakenWithAHeaderThatAsksForNothingElseOnly) { run(headers(), 40); }
TEST(SignedTokens, AreTakenFromAValidSecretOfTheTeamOnly) { run(claims_and_secrets(), 33); }
TEST(SignedTokens, AreTakenForFiveMinutesAtMost) { run(times(), 42); }

TEST(SignedTokens, AreToldFromKeysByTheirTwoDots) {
  EXPECT_TRUE(api::looks_like_signed_token("a.b.c"));
  EXPECT_TRUE(api::looks_like_signed_token(".."));
  EXPECT_FALSE(api::looks_like_signed_token("cf_abc"));
  EXPECT_FALSE(api::looks_like_signed_token("a.b"));
  EXPECT_FALSE(api::looks_like_signed_token("a.b.c.d"));
}

/// Every place of a good token matters: no letter of it can be another one.
TEST(SignedTokens, AreRefusedWithAnyLetterChanged) {
  World world;
  has_secrets(world);
  const std::string token = good_token();
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(world.send_bare("GET", "/v1/team", "", {{"Authorization", "Bearer " + changed}}).status, 401) << i;
  }
}

}  // namespace
}  // namespace cardfile::test
