// URLs that events are to be sent to: what is taken can be sent to, and says the same when it is put together again.

#include <string>

#include "core/url.h"
#include "fuzz/target.h"
#include "http/public_address.h"

namespace cardfile::fuzz {

namespace {

std::string put_together(const core::Url& url) {
  const bool is_ipv6 = url.host.find(':') != std::string::npos;
  return std::string(url.tls ? "https://" : "http://") + (is_ipv6 ? "[" + url.host + "]" : url.host) + ":" +
         std::to_string(url.port) + url.target;
}

}  // namespace

void target(std::string_view bytes) {
  const auto url = core::parse_url(bytes);
  if (!url) return;
  const auto all = url->host + url->target;
  promise(!url->host.empty() && url->port != 0 && url->target.starts_with('/'), "a URL has all of its parts");
  promise(all.find_first_of(std::string_view(" \t\r\n\0#\\", 7)) == std::string::npos,
          "no line of a request can be ended");
  promise(url->host.find_first_of("@/?[]") == std::string::npos, "a host is a host alone");
  const std::string again = put_together(*url);
  promise(again.size() > core::kUrlMax || core::parse_url(again) == url, "its parts are the URL");
  http::may_be_public_host(url->host);
}

}  // namespace cardfile::fuzz
