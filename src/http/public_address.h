#pragma once
// Public addresses: which addresses and hosts are the public internet's, so that a request on behalf of a stranger does
// not reach the machine's own network.

#include <array>
#include <string_view>

namespace cardfile::http {

/// In network order.
using AddressV4 = std::array<unsigned char, 4>;
using AddressV6 = std::array<unsigned char, 16>;

/// Whether anybody on the internet can be behind the address. An IPv6 address that carries an IPv4 address (mapped,
/// NAT64, 6to4) is judged by that one.
bool is_public_address(const AddressV4& address);
bool is_public_address(const AddressV6& address);

/// The same of an address as text, "192.0.2.1" or "2001:db8::1". False for anything else.
bool is_public_address(std::string_view numeric);

/// What can be said of a URL's host before it is resolved. False for names that mean this machine or its network, and
/// for addresses that are not public in every form that getaddrinfo takes (127.1, 0x7f000001, [::1]). True promises
/// nothing: a name may still resolve to any address.
bool may_be_public_host(std::string_view host);

}  // namespace cardfile::http
