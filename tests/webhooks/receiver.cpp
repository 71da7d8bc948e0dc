#include "webhooks/receiver.h"

#include <gtest/gtest.h>

#include <cctype>
#include <utility>

namespace cardfile::test {

namespace {

constexpr std::chrono::seconds kPatience{60};

std::string in_lower_case(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

}  // namespace

Receiver::Receiver() {
  const auto handler = [this](const http::Request& request, base::Executor&) -> base::Task<http::Response> {
    co_return receive(request);
  };
  const auto error_page = [](const http::ProtocolError& error) {
    return http::Response{.status = error.status, .body = "{}"};
  };
  server_ = std::make_unique<http::Server>(http::ServerOptions{.port = 0, .threads = 1, .limits = {}, .tls = {}},
                                           handler, error_page);
  server_->start();
}

std::string Receiver::url() const { return "http://127.0.0.1:" + std::to_string(server_->port()) + "/hook"; }

void Receiver::answers(std::deque<int> statuses) {
  const std::lock_guard lock(mutex_);
  statuses_ = std::move(statuses);
}

std::vector<Received> Receiver::receives(std::size_t count) {
  std::unique_lock lock(mutex_);
  const bool came = arrived_.wait_for(lock, kPatience, [&] { return received_.size() >= count; });
  EXPECT_TRUE(came) << received_.size() << " events instead of " << count;
  return received_;
}

std::vector<Received> Receiver::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

http::Response Receiver::receive(const http::Request& request) {
  const std::lock_guard lock(mutex_);
  Received event{.target = std::string(request.target), .headers = {}, .body = std::string(request.body)};
  for (const auto& [name, value] : request.headers) event.headers.emplace(in_lower_case(name), value);
  received_.push_back(std::move(event));
  arrived_.notify_all();
  http::Response response{.body = "{}"};
  if (!statuses_.empty()) {
    response.status = statuses_.front();
    statuses_.pop_front();
  }
  return response;
}

}  // namespace cardfile::test
