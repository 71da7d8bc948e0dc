#pragma once
// Api: the product over HTTP. A request comes in, an answer goes out; everything between is here.

#include <memory>
#include <optional>

#include "api/parts.h"
#include "base/executor.h"
#include "base/task.h"
#include "http/message.h"
#include "http/server.h"

namespace cardfile::api {

class Api {
 public:
  explicit Api(Parts parts, bool access_log = false);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  /// Answers one request. What goes wrong while a handler is at it is an answer too. For http::Handler.
  base::Task<http::Response> handle(const http::Request& request, base::Executor& executor);

  /// The answer to a request whose body is not worth reading: nothing is at its path, or nobody is behind its
  /// credentials. None when handle() is to see it. For http::Admission.
  std::optional<http::Response> refusal_before_body(const http::Request& request);

  /// The JSON form of what the HTTP layer refuses. For http::ErrorPage.
  http::Response protocol_error(const http::ProtocolError& error);

  /// From here on /readyz answers 503. A load balancer sends its requests elsewhere when it has the time to ask
  /// (`stop_delay_ms`).
  void begin_drain();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cardfile::api
