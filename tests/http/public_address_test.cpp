#include "http/public_address.h"

#include <gtest/gtest.h>

#include <string>

namespace cardfile::http {
namespace {

TEST(PublicAddress, IsAnyOutsideTheSpecialRangesOfIPv4) {
  // The last before and the first after each range, where that is public itself.
  for (const std::string address :
       {"1.0.0.0",         "9.255.255.255",   "11.0.0.0",      "100.63.255.255", "100.128.0.0",     "126.255.255.255",
        "128.0.0.0",       "169.253.255.255", "169.255.0.0",   "172.15.255.255", "172.32.0.0",      "191.255.255.255",
        "192.0.1.0",       "192.0.3.0",       "192.88.98.255", "192.88.100.0",   "192.167.255.255", "192.169.0.0",
        "198.17.255.255",  "198.20.0.0",      "198.51.99.255", "198.51.101.0",   "203.0.112.255",   "203.0.114.0",
        "223.255.255.255", "8.8.8.8"}) {
    EXPECT_TRUE(is_public_address(address)) << address;
  }
}

TEST(PublicAddress, IsNoneOfTheSpecialRangesOfIPv4) {
  for (const std::string address :
       {"0.0.0.0",      "0.255.255.255",   "10.0.0.0",        "10.255.255.255",  "100.64.0.0",      "100.127.255.255",
        "127.0.0.0",    "127.0.0.1",       "127.255.255.255", "169.254.0.0",     "169.254.169.254", "169.254.255.255",
        "172.16.0.0",   "172.31.255.255",  "192.0.0.0",       "192.0.0.255",     "192.0.2.0",       "192.0.2.255",
        "192.88.99.0",  "192.88.99.255",   "192.168.0.0",     "192.168.255.255", "198.18.0.0",      "198.19.255.255",
        "198.51.100.0", "198.51.100.255",  "203.0.113.0",     "203.0.113.255",   "224.0.0.0",       "239.255.255.255",
        "240.0.0.0",    "255.255.255.254", "255.255.255.255"}) {
    EXPECT_FALSE(is_public_address(address)) << address;
  }
}

TEST(PublicAddress, IsGlobalUnicastOnlyInIPv6) {
  for (const std::string address : {"2000::", "2001:200::1", "2001:4860:4860::8888", "2001:db7:ffff::", "2001:db9::",
                                    "2003::1", "2606:4700::1111", "3ffe:ffff::", "3fff:1000::"}) {
    EXPECT_TRUE(is_public_address(address)) << address;
  }
  for (const std::string address : {"::",
                                    "::1",
                                    "::8.8.8.8",
                                    "::ffff:0:8.8.8.8",
                                    "64:ff9b:1::8.8.8.8",
                                    "100::1",
                                    "1fff:ffff::",
                                    "4000::",
                                    "5f00::1",
                                    "fc00::1",
                                    "fdff::1",
                                    "fe80::1",
                                    "febf::1",
                                    "fec0::1",
                                    "ff02::1",
                                    "ffff::",
                                    "2001::1",
                                    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                                    "2001:2::1",
                                    "2001:10::1",
                                    "2001:20::1",
                                    "2001:1ff::1",
                                    "2001:db8::1",
                                    "2001:db8:ffff::1",
                                    "3fff::1",
                                    "3fff:fff::1"}) {
    EXPECT_FALSE(is_public_address(address)) << address;
  }
}

TEST(PublicAddress, IsJudgedByTheIPv4AddressThatItCarries) {
  for (const std::string address : {"::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1"}) {
    EXPECT_TRUE(is_public_address(address)) << address;
  }
  for (const std::string address : {"::ffff:127.0.0.1", "::ffff:a9fe:a9fe", "::ffff:10.0.0.1", "64:ff9b::192.168.0.1",
                                    "64:ff9b::7f00:1", "2002:7f00:1::1", "2002:a00:1::", "2002:c0a8:1:2:3:4:5:6"}) {
    EXPECT_FALSE(is_public_address(address)) << address;
  }
}

TEST(PublicAddress, IsNothingThatIsNoAddress) {
  for (const std::string text : {"", "example.com", "8.8.8", "134744072", "8.8.8.8.", "[2606:4700::1111]", "8.8.8.8:80",
                                 "2606:4700::1111%eth0", " 8.8.8.8"}) {
    EXPECT_FALSE(is_public_address(text)) << text;
  }
}

TEST(PublicHost, IsNoNameOfThisMachineOrItsNetwork) {
  for (const std::string name :
       {"localhost", "a.localhost", "LocalHost", "printer.local", "a.b.LOCAL", "db.internal",
        "metadata.google.internal", "router.home.arpa", "local", "internal", "home.arpa", ""}) {
    EXPECT_FALSE(may_be_public_host(name)) << name;
    EXPECT_FALSE(may_be_public_host(name + ".")) << name;
  }
}

TEST(PublicHost, IsNoFormOfAnAddressThatIsNotPublic) {
  for (const std::string host : {"127.0.0.1",
                                 "127.1",
                                 "127.0.1",
                                 "0x7f000001",
                                 "0x7f.1",
                                 "2130706433",
                                 "0177.0.0.1",
                                 "017700000001",
                                 "0",
                                 "0.0.0.0",
                                 "10.1",
                                 "0xa9fea9fe",
                                 "2852039166",
                                 "192.168.1",
                                 "[::1]",
                                 "::1",
                                 "[::]",
                                 "[fe80::1]",
                                 "fe80::1%lo",
                                 "[::ffff:127.0.0.1]",
                                 "[::ffff:7f00:1]",
                                 "[64:ff9b::a00:1]",
                                 "[2002:7f00:1::]",
                                 "[fd00::1]"}) {
    EXPECT_FALSE(may_be_public_host(host)) << host;
    EXPECT_FALSE(may_be_public_host(host + ".")) << host;
  }
}

TEST(PublicHost, MayBeAnyOtherNameAndAnyPublicAddress) {
  for (const std::string host :
       {"example.com", "hooks.example.com", "localhost.example.com", "notlocalhost", "mylocal", "internal.example.com",
        "home.arpa.example.com", "arpa", "8.8.8.8", "134744072", "0x08080808", "8.8.2056", "[2606:4700::1111]",
        "2606:4700::1111", "[::ffff:8.8.8.8]", "127.0.0.1.example.com"}) {
    EXPECT_TRUE(may_be_public_host(host)) << host;
    EXPECT_TRUE(may_be_public_host(host + ".")) << host;
  }
}

}  // namespace
}  // namespace cardfile::http
