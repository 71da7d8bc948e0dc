#pragma once
// Proxy: nginx or HAProxy before a server of ours, reached through a socket in a folder of its own.

#include <cstdint>
#include <string>
#include <string_view>

#include "support/process.h"
#include "support/temp_folder.h"

namespace cardfile::http {

enum class ProxyKind { nginx, nginx_streaming, haproxy, haproxy_lenient };

std::string_view to_string(ProxyKind kind);

/// The header that a proxy puts, with a value of its own, on each request that it passes on.
inline constexpr std::string_view kProxyMark = "X-Proxy-Request";

/// What a client does when it has sent all.
enum class Sender { closes, waits };

class Proxy {
 public:
  /// Starts it; throws std::runtime_error with what it said when it does not come up.
  Proxy(ProxyKind kind, std::uint16_t server_port);

  /// All that it sends on a connection of its own which brings `bytes` and then no more, until it closes it.
  std::string answers_to(std::string_view bytes, Sender sender) const;

 private:
  test::TempFolder folder_;
  const std::string socket_;
  test::Process process_;
};

}  // namespace cardfile::http
