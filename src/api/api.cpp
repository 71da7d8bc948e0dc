#include "api/api.h"

#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "api/absent.h"
#include "api/call.h"
#include "api/credentials.h"
#include "api/n8n/problem.h"
#include "api/problem.h"
#include "api/rate_limit.h"
#include "api/routes.h"
#include "core/error.h"
#include "http/router.h"

namespace cardfile::api {

namespace {

constexpr std::string_view kRequestIdHeader = "X-Request-Id";

std::int64_t microseconds_since(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin).count();
}

/// A method as it may stand in the log: one that nobody has defined is whatever the caller wrote.
std::string_view logged_method(std::string_view method) {
  for (const std::string_view known : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
    if (method == known) return known;
  }
  return "other";
}

}  // namespace

/// The gate that every request passes: request id, route, credentials, rate limit, handler, answer, log.
class Api::Impl {
 public:
  Impl(Parts parts, bool access_log)
      : parts_(std::move(parts)),
        access_log_(access_log),
        credentials_(parts_.store, parts_.vault),
        rate_limiter_(parts_.rate_limit) {
    for (const Route& route : routes()) router_.add(route.method, route.pattern);
  }

  base::Task<http::Response> handle(const http::Request& request, base::Executor& executor) {
    const auto begin = std::chrono::steady_clock::now();
    const core::Uuid request_id = parts_.next_uuid();
    const auto match = router_.find(request.method, request.path);
    if (!match) {
      co_return finished(refuse_unrouted(request, request_id), request, "", request_id, begin);
    }
    const Route& route = routes()[match->route];
    core::TeamId team;
    core::Actor actor;
    std::optional<RateLimiter::Standing> standing;
    if (route.access != Access::anyone) {
      const core::Timestamp now = parts_.clock();
      const auto identity = identify(route, request, now);
      if (!identity)
        co_return finished(refuse_stranger(request, request_id), request, route.pattern, request_id, begin);
      team = identity->team;
      actor = identity->actor;
      if (rate_limiter_.is_on()) standing = rate_limiter_.take(team, now);
      if (standing && !standing->allowed) {
        co_return finished(refuse_for_now(*standing, request, request_id), request, route.pattern, request_id, begin);
      }
    }
    const Call call{.request = request,
                    .path = match->parameters,
                    .executor = executor,
                    .parts = parts_,
                    .request_id = request_id,
                    .team = team,
                    .actor = actor,
                    .draining = draining_};
    http::Response response;
    try {
      response = co_await route.handler(call);
    } catch (const core::Error& error) {
      response = refusal(error, request, request_id);
    } catch (const std::exception& failure) {
      response = broken(failure, request, request_id);
    }
    if (standing) add_rate_limit(response, *standing);
    co_return finished(std::move(response), request, route.pattern, request_id, begin);
  }

  std::optional<http::Response> refusal_before_body(const http::Request& request) {
    const auto begin = std::chrono::steady_clock::now();
    const auto match = router_.find(request.method, request.path);
    const Route* const route = match ? &routes()[match->route] : nullptr;
    if (route && (route->access == Access::anyone || identify(*route, request, parts_.clock()))) return std::nullopt;
    const core::Uuid request_id = parts_.next_uuid();
    http::Response response = route ? refuse_stranger(request, request_id) : refuse_unrouted(request, request_id);
    return finished(std::move(response), request, route ? route->pattern : "", request_id, begin);
  }

  http::Response protocol_error(const http::ProtocolError& error) {
    const core::Uuid request_id = parts_.next_uuid();
    http::Response response = problem(error, request_id);
    response.headers.emplace_back(kRequestIdHeader, request_id.to_string());
    return response;
  }

  void begin_drain() { draining_ = true; }

 private:
  std::optional<Identity> identify(const Route& route, const http::Request& request, core::Timestamp now) const {
    return route.access == Access::n8n ? credentials_.identify_n8n(request) : credentials_.identify(request, now);
  }

  /// In the form that errors have on the surface that was called.
  http::Response refusal(const core::Error& error, const http::Request& request, const core::Uuid& request_id) const {
    http::Response response = n8n::is_called(request) ? n8n::problem(error) : problem(error, request_id);
    if (response.status == 503) {
      // A queue is shorter in a moment; a store that takes no writes waits for people.
      response.headers.emplace_back("Retry-After", parts_.store.write_failure().empty() ? "1" : "60");
    }
    return response;
  }

  http::Response refuse_unrouted(const http::Request& request, const core::Uuid& request_id) const {
    const std::string allowed = router_.allowed(request.path);
    if (allowed.empty()) return refuse_unknown(request, request_id);
    http::Response response =
        refusal({core::ErrorCode::method_not_allowed, "this path takes " + allowed + " only"}, request, request_id);
    response.headers.emplace_back("Allow", allowed);
    return response;
  }

  http::Response refuse_unknown(const http::Request& request, const core::Uuid& request_id) const {
    if (const auto feature = absent_feature(request.path)) {
      return problem({core::ErrorCode::not_implemented, "Cardfile keeps contacts and has no " + std::string(*feature) +
                                                            ": send this to the real service"},
                     request_id);
    }
    return refusal({core::ErrorCode::not_found, "nothing is at this path: /docs shows what there is"}, request,
                   request_id);
  }

  static http::Response refuse_stranger(const http::Request& request, const core::Uuid& request_id) {
    if (n8n::is_called(request)) return n8n::stranger(request);
    return problem(
        {core::ErrorCode::unauthorized, "send a valid API key or token: Authorization: Bearer <key or token>"},
        request_id);
  }

  http::Response refuse_for_now(const RateLimiter::Standing& standing, const http::Request& request,
                                const core::Uuid& request_id) const {
    const std::string seconds = std::to_string(standing.until_reset.count());
    http::Response response =
        refusal({core::ErrorCode::rate_limited, "a team may make " + std::to_string(rate_limiter_.quota()) +
                                                    " requests a minute: try again in " + seconds +
                                                    (standing.until_reset.count() == 1 ? " second" : " seconds")},
                request, request_id);
    response.headers.emplace_back("Retry-After", seconds);
    add_rate_limit(response, standing);
    return response;
  }

  /// As draft-ietf-httpapi-ratelimit-headers has it.
  void add_rate_limit(http::Response& response, const RateLimiter::Standing& standing) const {
    response.headers.emplace_back("RateLimit-Policy", "\"default\";q=" + std::to_string(rate_limiter_.quota()) +
                                                          ";w=" + std::to_string(RateLimiter::kWindow.count()));
    response.headers.emplace_back("RateLimit", "\"default\";r=" + std::to_string(standing.remaining) +
                                                   ";t=" + std::to_string(standing.until_reset.count()));
  }

  /// What no rule foresaw. The cause goes to the log and not to the caller.
  http::Response broken(const std::exception& failure, const http::Request& request, const core::Uuid& request_id) {
    parts_.log.write(base::LogLevel::error, "request_failed",
                     {{"request_id", request_id.to_string()}, {"cause", failure.what()}});
    return refusal({core::ErrorCode::internal_error, "the server failed: quote the request id when you report it"},
                   request, request_id);
  }

  /// The route and not the path is logged: a path may carry a phone number.
  http::Response finished(http::Response response, const http::Request& request, std::string_view route,
                          const core::Uuid& request_id, std::chrono::steady_clock::time_point begin) {
    std::string id = request_id.to_string();
    if (access_log_) {
      parts_.log.write(base::LogLevel::info, "request",
                       {{"method", logged_method(request.method)},
                        {"route", route},
                        {"status", std::int64_t{response.status}},
                        {"duration_us", microseconds_since(begin)},
                        {"request_id", id}});
    }
    response.headers.emplace_back(kRequestIdHeader, std::move(id));
    return response;
  }

  const Parts parts_;
  const bool access_log_;
  const Credentials credentials_;
  RateLimiter rate_limiter_;
  http::Router router_;
  std::atomic<bool> draining_ = false;
};

Api::Api(Parts parts, bool access_log) : impl_(std::make_unique<Impl>(std::move(parts), access_log)) {}
Api::~Api() = default;

base::Task<http::Response> Api::handle(const http::Request& request, base::Executor& executor) {
  return impl_->handle(request, executor);
}

std::optional<http::Response> Api::refusal_before_body(const http::Request& request) {
  return impl_->refusal_before_body(request);
}

http::Response Api::protocol_error(const http::ProtocolError& error) { return impl_->protocol_error(error); }

void Api::begin_drain() { impl_->begin_drain(); }

}  // namespace cardfile::api
