#include "base/crypto.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cardfile::base {
namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }

std::string random_hex(std::size_t size) {
  std::vector<std::uint8_t> bytes(size);
  fill_random(bytes);
  return to_hex(bytes);
}

TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Base64Url, GivesThePublishedFormsWithoutPadding) {
  EXPECT_EQ(to_base64url(bytes_of("")), "");
  EXPECT_EQ(to_base64url(bytes_of("f")), "Zg");
  EXPECT_EQ(to_base64url(bytes_of("fo")), "Zm8");
  EXPECT_EQ(to_base64url(bytes_of("foo")), "Zm9v");
  EXPECT_EQ(to_base64url(bytes_of("foob")), "Zm9vYg");
  EXPECT_EQ(to_base64url(bytes_of("fooba")), "Zm9vYmE");
  EXPECT_EQ(to_base64url(bytes_of("foobar")), "Zm9vYmFy");
}

TEST(Base64Url, UsesLettersThatAreSafeInUrls) {
  EXPECT_EQ(to_base64url(std::vector<std::uint8_t>{0xfb, 0xff, 0xfe}), "-__-");
}

TEST(Base64Url, MakesFortyThreeLettersOutOfAKey) {
  EXPECT_EQ(to_base64url(std::vector<std::uint8_t>(32, 0xff)).size(), 43u);
}

TEST(Base64Url, IsReadBackFromItsOneForm) {
  for (const char* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"}) {
    EXPECT_EQ(from_base64url(to_base64url(bytes_of(text))), text);
  }
  EXPECT_EQ(from_base64url("-__-"), "\xfb\xff\xfe");
  for (const char* other : {"Zg==", "Zg=", "Z", "Zh", "Zm9", "Zm 9", " Zm9v", "Zm9v\n", "+//+", "Zm9v.", "Zm9vY"}) {
    EXPECT_EQ(from_base64url(other), std::nullopt) << other;
  }
}

TEST(Base64, IsReadFromItsOneFormWithPadding) {
  EXPECT_EQ(from_base64(""), "");
  EXPECT_EQ(from_base64("Zg=="), "f");
  EXPECT_EQ(from_base64("Zm8="), "fo");
  EXPECT_EQ(from_base64("Zm9v"), "foo");
  EXPECT_EQ(from_base64("+//+"), "\xfb\xff\xfe");
  for (const char* other :
       {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=", "==", "====", "Z===", "-__-", "Zm9v Zm9v", "Zg==Zg=="}) {
    EXPECT_EQ(from_base64(other), std::nullopt) << other;
  }
}

TEST(HmacSha256, GivesThePublishedDigests) {  // RFC 4231.
  EXPECT_EQ(to_hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256, BeginsAfreshEachTime) {
  const Digest with_key = hmac_sha256("key", "text");
  EXPECT_EQ(to_hex(hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  EXPECT_EQ(hmac_sha256("key", "text"), with_key);
  EXPECT_NE(hmac_sha256("kez", "text"), with_key);
}

TEST(Hex, IsLowerCaseWithTwoDigitsAByte) { EXPECT_EQ(to_hex(std::vector<std::uint8_t>{0, 9, 0xab, 0xff}), "0009abff"); }

TEST(EqualInConstantTime, ComparesLengthsAndBytes) {
  EXPECT_TRUE(equal_in_constant_time(bytes_of(""), bytes_of("")));
  EXPECT_TRUE(equal_in_constant_time(bytes_of("abc"), bytes_of("abc")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("abc"), bytes_of("abd")));
  EXPECT_FALSE(equal_in_constant_time(bytes_of("abc"), bytes_of("ab")));
}

TEST(FillRandom, NeverGivesTheSameBytesTwice) {
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(seen.insert(random_hex(16)).second);
}

TEST(FillRandom, GivesEveryThreadOtherBytes) {
  std::array<std::string, 8> given;
  {
    std::vector<std::jthread> threads;
    for (std::string& bytes : given) threads.emplace_back([&bytes] { bytes = random_hex(16); });
  }
  EXPECT_EQ(std::set<std::string>(given.begin(), given.end()).size(), given.size());
}

TEST(FillRandom, FillsAnyLength) {
  for (const std::size_t size : {0u, 1u, 255u, 256u, 257u, 1024u, 100'000u}) {
    std::vector<std::uint8_t> bytes(size);
    fill_random(bytes);
    if (size >= 255) {
      EXPECT_GT(std::set<std::uint8_t>(bytes.begin(), bytes.end()).size(), 100u) << size;
    }
  }
}

TEST(FillRandom, GivesAForkedChildOtherBytesThanItsParent) {
  random_hex(16);  // Fills this thread's pool, of which the child gets a copy.
  std::array<int, 2> pipe;
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string bytes = random_hex(16);
    ::_exit(::write(pipe[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) ? 0 : 1);
  }
  std::string of_child(32, ' ');
  ASSERT_EQ(::read(pipe[0], of_child.data(), of_child.size()), static_cast<ssize_t>(of_child.size()));
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_NE(random_hex(16), of_child);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

}  // namespace
}  // namespace cardfile::base
