#include "http/public_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <iterator>
#include <memory>
#include <span>
#include <string>

#include "http/ascii.h"

namespace cardfile::http {

namespace {

template <class Address>
struct Range {
  Address first;
  int bits;
};

// From IANA's registries of special-purpose addresses. The few global exceptions inside them are anycast services of
// the network itself.
constexpr Range<AddressV4> kSpecialV4[] = {
    {{0}, 8},              // this host
    {{10}, 8},             // private
    {{100, 64}, 10},       // shared behind a carrier's NAT
    {{127}, 8},            // loopback
    {{169, 254}, 16},      // link-local, and where clouds keep their metadata
    {{172, 16}, 12},       // private
    {{192, 0, 0}, 24},     // protocol assignments
    {{192, 0, 2}, 24},     // documentation
    {{192, 88, 99}, 24},   // relays of 6to4
    {{192, 168}, 16},      // private
    {{198, 18}, 15},       // benchmarking
    {{198, 51, 100}, 24},  // documentation
    {{203, 0, 113}, 24},   // documentation
    {{224}, 4},            // multicast
    {{240}, 4},            // reserved, and broadcast
};

constexpr Range<AddressV6> kGlobalUnicast = {{0x20}, 3};
constexpr Range<AddressV6> kSpecialV6[] = {
    {{0x20, 0x01, 0x00}, 23},        // protocol assignments: Teredo, benchmarking, ORCHID
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation
    {{0x3f, 0xff, 0x00}, 20},        // documentation
};

/// Where IPv6 addresses carry an IPv4 address.
struct Carrier {
  Range<AddressV6> range;
  std::size_t offset;
};
constexpr Carrier kCarriers[] = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, 12},  // mapped
    {{{0x00, 0x64, 0xff, 0x9b}, 96}, 12},                    // NAT64
    {{{0x20, 0x02}, 16}, 2},                                 // 6to4
};

// Their zones are for one machine or one network.
constexpr std::string_view kLocalZones[] = {"localhost", "local", "internal", "home.arpa"};

template <class Address>
bool holds(const Range<Address>& range, const Address& address) {
  int bits = range.bits;
  for (std::size_t i = 0; bits > 0; ++i, bits -= 8) {
    const int unused = std::max(8 - bits, 0);
    if (range.first[i] >> unused != address[i] >> unused) return false;
  }
  return true;
}

template <class Address>
bool any_holds(std::span<const Range<Address>> ranges, const Address& address) {
  return std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) { return holds(range, address); });
}

bool is_in_local_zone(std::string_view name) {
  return std::any_of(std::begin(kLocalZones), std::end(kLocalZones), [&](std::string_view zone) {
    if (name.size() < zone.size()) return false;
    const std::string_view before = name.substr(0, name.size() - zone.size());
    return equal_ignoring_case(name.substr(before.size()), zone) && (before.empty() || before.ends_with('.'));
  });
}

template <class Address, class Native>
Address bytes_of(const Native& native) {
  static_assert(sizeof(Address) == sizeof(Native));
  Address address;
  std::memcpy(address.data(), &native, sizeof native);
  return address;
}

bool is_public(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    return is_public_address(bytes_of<AddressV4>(reinterpret_cast<const sockaddr_in&>(address).sin_addr));
  }
  return is_public_address(bytes_of<AddressV6>(reinterpret_cast<const sockaddr_in6&>(address).sin6_addr));
}

}  // namespace

bool is_public_address(const AddressV4& address) {
  return !any_holds(std::span<const Range<AddressV4>>(kSpecialV4), address);
}

bool is_public_address(const AddressV6& address) {
  for (const Carrier& carrier : kCarriers) {
    if (!holds(carrier.range, address)) continue;
    AddressV4 carried;
    std::copy_n(address.begin() + static_cast<std::ptrdiff_t>(carrier.offset), carried.size(), carried.begin());
    return is_public_address(carried);
  }
  return holds(kGlobalUnicast, address) && !any_holds(std::span<const Range<AddressV6>>(kSpecialV6), address);
}

bool is_public_address(std::string_view numeric) {
  const std::string text(numeric);
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return is_public_address(bytes_of<AddressV4>(v4));
  in6_addr v6{};
  return ::inet_pton(AF_INET6, text.c_str(), &v6) == 1 && is_public_address(bytes_of<AddressV6>(v6));
}

bool may_be_public_host(std::string_view host) {
  if (host.ends_with('.')) host.remove_suffix(1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || is_in_local_zone(host)) return false;

  const std::string name(host);
  addrinfo hints{};
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* found = nullptr;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) return true;  // A name, not an address.
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, &::freeaddrinfo);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    if (!is_public(*one->ai_addr)) return false;
  }
  return true;
}

}  // namespace cardfile::http
