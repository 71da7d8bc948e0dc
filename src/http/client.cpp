#include "http/client.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cassert>
#include <limits>
#include <optional>
#include <set>
#include <stdexcept>
#include <string_view>

#include "http/public_address.h"
#include "http/resolver.h"
#include "http/waiting.h"

namespace cardfile::http {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ssl = boost::asio::ssl;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::milliseconds;
using BeastRequest = beast::http::request<beast::http::string_body>;

constexpr std::uint32_t kHeadBytesMax = 16 * 1024;
// Beast throws at a field of 64 KiB, out of the event loop and not out of the coroutine.
static_assert(kHeadBytesMax < 64 * 1024);

/// Words for PostResult::failure; empty: nothing failed.
using Failure = std::string_view;
constexpr Failure kNone;
constexpr Failure kTimedOut = "no answer in time";
constexpr Failure kCancelled = "cancelled";
constexpr Failure kNotSendable = "request is not valid HTTP";
constexpr Failure kClosed = "connection was closed before an answer";

/// A post that is under way, for those who may end it before its time. Its coroutine shares it with the handler of the
/// deadline, which may be about to run when the post ends.
struct Call {
  explicit Call(asio::io_context& context)
      : deadline(context), resolved(context, asio::steady_timer::time_point::max()), socket(context) {}

  void end(Failure why) {
    if (failure.empty()) failure = why;
    look_up->is_wanted = false;
    resolved.cancel();
    error_code ignored;
    socket.close(ignored);
  }

  asio::steady_timer deadline;
  asio::steady_timer resolved;  // Cancelled when the look-up has ended or need not be waited for any longer.
  std::shared_ptr<LookUp> look_up = std::make_shared<LookUp>();
  tcp::socket socket;
  Failure failure;  // Why it was ended before its time.
};

/// A URL's host without what only its spelling needs.
std::string bare_host(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) return std::string(host.substr(1, host.size() - 2));
  return std::string(host);
}

std::optional<asio::ip::address> as_address(const std::string& host) {
  error_code error;
  const auto address = asio::ip::make_address(host, error);
  return error ? std::nullopt : std::optional(address);
}

bool is_public(const asio::ip::address& address) {
  return address.is_v4() ? is_public_address(address.to_v4().to_bytes())
                         : is_public_address(address.to_v6().to_bytes());
}

/// Beast writes what it is given. A line end within would begin a line, or a request, that we have not made.
bool is_sendable(const Post& post) {
  const auto is_word = [](std::string_view text) {
    return !text.empty() &&
           std::none_of(text.begin(), text.end(), [](unsigned char c) { return c <= ' ' || c == 0x7f; });
  };
  const auto is_line = [](std::string_view text) {
    return text.find_first_of({"\r\n\0", 3}) == std::string_view::npos;
  };
  return is_word(bare_host(post.host)) && is_word(post.target) && post.target.starts_with('/') &&
         std::all_of(post.headers.begin(), post.headers.end(),
                     [&](const auto& header) { return is_word(header.first) && is_line(header.second); });
}

std::string host_header(const Post& post) {
  const std::string bare = bare_host(post.host);
  const bool is_v6 = bare.find(':') != std::string::npos;
  std::string header = is_v6 ? "[" + bare + "]" : bare;
  if (post.port != (post.tls ? 443 : 80)) header += ":" + std::to_string(post.port);
  return header;
}

BeastRequest request_of(Post post) {
  BeastRequest request(beast::http::verb::post, post.target, 11);
  request.set(beast::http::field::host, host_header(post));
  for (const auto& [name, value] : post.headers) request.insert(name, value);
  request.set(beast::http::field::connection, "close");
  request.body() = std::move(post.body);
  request.prepare_payload();
  return request;
}

Failure resolve_failure(const error_code& error) {
  const bool is_known_missing = error == asio::error::host_not_found || error == asio::error::no_data;
  return is_known_missing ? "host is unknown" : "host cannot be looked up";
}

/// Has the call's name looked up.
base::Task<Failure> resolve(Resolver& resolver, std::shared_ptr<Call> call) {
  // The call is for the thread of the context, its end too.
  resolver.begin(call->look_up, [weak = std::weak_ptr(call)] {
    if (const auto waiting = weak.lock()) waiting->resolved.cancel();
  });
  co_await Waiting([&](auto done) { call->resolved.async_wait(std::move(done)); });
  if (!call->failure.empty()) co_return call->failure;
  co_return call->look_up->error ? resolve_failure(call->look_up->error) : kNone;
}

Failure connect_failure(const error_code& error) {
  if (error == asio::error::connection_refused) return "connection refused";
  if (error == asio::error::host_unreachable || error == asio::error::network_unreachable) {
    return "host cannot be reached";
  }
  return "connection failed";
}

/// Tries one address after the other; the failure is that of the last.
base::Task<Failure> connect(Call& call, const std::vector<tcp::endpoint>& endpoints) {
  Failure failure = "host is unknown";
  for (const tcp::endpoint& endpoint : endpoints) {
    const error_code error = co_await Waiting([&](auto done) { call.socket.async_connect(endpoint, std::move(done)); });
    if (!call.failure.empty()) co_return call.failure;
    if (!error) co_return kNone;
    failure = connect_failure(error);
    error_code ignored;
    call.socket.close(ignored);
  }
  co_return failure;
}

/// The certificate has to be for `host`, which the server is told, for it may have several. False when that cannot be
/// demanded: OpenSSL would take any certificate then.
bool expect_host(SSL* tls, std::string host) {
  if (as_address(host)) return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls), host.c_str()) == 1;
  if (host.ends_with('.')) host.pop_back();
  SSL_set_hostflags(tls, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return !host.empty() && SSL_set1_host(tls, host.c_str()) == 1 && SSL_set_tlsext_host_name(tls, host.c_str()) == 1;
}

Failure handshake_failure(SSL* tls) {
  switch (SSL_get_verify_result(tls)) {
    case X509_V_OK:
      return "TLS handshake failed";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "certificate is for another host";
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "certificate has expired";
    default:
      return "certificate is not trusted";
  }
}

Failure answer_failure(const error_code& error) {
  using Error = beast::http::error;
  if (error == Error::header_limit || error == Error::buffer_overflow) return "head of the answer is too large";
  if (error == Error::end_of_stream || error == Error::partial_message) return kClosed;
  return error.category() == make_error_code(Error::bad_version).category() ? "answer is not HTTP" : kClosed;
}

template <class Stream>
base::Task<PostResult> exchange(Stream& stream, const BeastRequest& request) {
  PostResult result;
  const error_code unsent =
      co_await Waiting([&](auto done) { beast::http::async_write(stream, request, std::move(done)); });
  if (unsent) {
    result.failure = kClosed;
    co_return result;
  }
  beast::flat_buffer buffer;
  while (true) {
    beast::http::response_parser<beast::http::empty_body> parser;
    parser.header_limit(kHeadBytesMax);
    parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // Boost 1.74 takes boost::none for zero bytes.
    const error_code unread =
        co_await Waiting([&](auto done) { beast::http::async_read_header(stream, buffer, parser, std::move(done)); });
    const int status = static_cast<int>(parser.get().result_int());
    if (unread) {
      result.failure = answer_failure(unread);
    } else if (status < 100) {
      result.failure = "answer is not HTTP";
    } else if (status < 200) {
      continue;  // Something like "103 Early Hints": the answer comes behind it.
    } else {
      result.status = status;
    }
    co_return result;
  }
}

ssl::context make_tls() {
  ssl::context context(ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_verify_mode(ssl::verify_peer);
  context.set_default_verify_paths();
  return context;
}

}  // namespace

class Client::Impl {
 public:
  explicit Impl(asio::io_context& context) : context_(context) {}
  ~Impl() { assert(calls_.empty()); }

  base::Task<PostResult> post(Post post, milliseconds timeout, Reach reach) {
    PostResult result;
    if (is_cancelled_ || !is_sendable(post)) {
      result.failure = is_cancelled_ ? kCancelled : kNotSendable;
      co_return result;
    }
    const auto call = std::make_shared<Call>(context_);
    const UnderWay under_way(calls_, *call);
    call->deadline.expires_after(timeout);
    call->deadline.async_wait([call](const error_code& cancelled) {
      if (!cancelled) call->end(kTimedOut);
    });
    result = co_await converse(call, std::move(post), reach);
    // What broke off when the call was ended is not the reason.
    if (result.status == 0 && !call->failure.empty()) result.failure = call->failure;
    co_return result;
  }

  void cancel() {
    is_cancelled_ = true;
    for (Call* call : calls_) call->end(kCancelled);
  }

 private:
  class UnderWay {
   public:
    UnderWay(std::set<Call*>& calls, Call& call) : calls_(calls), call_(call) { calls_.insert(&call_); }
    UnderWay(const UnderWay&) = delete;
    UnderWay& operator=(const UnderWay&) = delete;
    /// The rest of the answer is not wanted: closing over it may reset the connection, which is as well.
    ~UnderWay() {
      calls_.erase(&call_);
      call_.deadline.cancel();
      error_code ignored;
      call_.socket.close(ignored);
    }

   private:
    std::set<Call*>& calls_;
    Call& call_;
  };

  base::Task<PostResult> converse(const std::shared_ptr<Call>& call, Post post, Reach reach) {
    PostResult result;
    const std::string host = bare_host(post.host);
    std::vector<tcp::endpoint> endpoints;
    if (const auto address = as_address(host)) {
      endpoints.emplace_back(*address, post.port);
    } else {
      call->look_up->host = host;
      call->look_up->port = post.port;
      result.failure = co_await resolve(resolver_, call);
      if (!result.failure.empty()) co_return result;
      endpoints = std::move(call->look_up->endpoints);
    }
    if (reach == Reach::public_only) {
      std::erase_if(endpoints, [](const tcp::endpoint& endpoint) { return !is_public(endpoint.address()); });
      if (endpoints.empty()) {
        result.failure = "address is not public";
        co_return result;
      }
    }
    result.failure = co_await connect(*call, endpoints);
    if (!result.failure.empty()) co_return result;

    const bool with_tls = post.tls;
    const BeastRequest request = request_of(std::move(post));
    if (!with_tls) {
      result = co_await exchange(call->socket, request);
      co_return result;
    }
    if (!tls_) tls_ = make_tls();
    ssl::stream<tcp::socket&> stream(call->socket, *tls_);
    if (!expect_host(stream.native_handle(), host)) {
      result.failure = "certificate cannot be checked";
      co_return result;
    }
    const error_code disagreed =
        co_await Waiting([&](auto done) { stream.async_handshake(ssl::stream_base::client, std::move(done)); });
    if (disagreed) {
      result.failure = handshake_failure(stream.native_handle());
      co_return result;
    }
    result = co_await exchange(stream, request);
    co_return result;
  }

  asio::io_context& context_;
  std::optional<ssl::context> tls_;  // Made when needed first: it reads the system's certificates.
  Resolver resolver_{context_};
  std::set<Call*> calls_;
  bool is_cancelled_ = false;
};

Client::Client(asio::io_context& context) : impl_(std::make_unique<Impl>(context)) {}
Client::~Client() = default;
base::Task<PostResult> Client::post(Post post, milliseconds timeout, Reach reach) {
  return impl_->post(std::move(post), timeout, reach);
}
void Client::cancel() { impl_->cancel(); }

}  // namespace cardfile::http
