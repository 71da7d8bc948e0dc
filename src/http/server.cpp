#include "http/server.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "http/loop.h"
#include "http/transport.h"

namespace cardfile::http {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using boost::system::system_error;

std::unique_ptr<const TlsContext> load_tls(const Tls& tls) {
  if (tls.certificate_file.empty() && tls.key_file.empty()) return nullptr;
  if (tls.certificate_file.empty() || tls.key_file.empty()) {
    throw std::runtime_error("TLS needs both a certificate file and a key file.");
  }
  return std::make_unique<const TlsContext>(tls.certificate_file, tls.key_file);
}

tcp::endpoint endpoint_of(const ServerOptions& options) {
  error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error) throw std::runtime_error("'" + options.address + "' is not an IP address to listen on.");
  return {address, options.port};
}

/// Sockets that share a port do so with any process of the same user. A second server that is started by mistake must
/// not take half of the first one's connections, so the port is tried alone first.
void require_unshared(const tcp::endpoint& endpoint) {
  if (endpoint.port() == 0) return;
  asio::io_context context;
  tcp::acceptor alone(context);
  alone.open(endpoint.protocol());
  alone.set_option(tcp::acceptor::reuse_address(true));
  alone.bind(endpoint);
  alone.listen();
}

std::runtime_error cannot_listen(const ServerOptions& options, const std::error_code& cause) {
  return std::runtime_error("Cannot listen on " + options.address + " port " + std::to_string(options.port) + ": " +
                            cause.message() + ". Name another address or port with --listen" +
                            (cause == std::errc::address_in_use ? ", or stop the program that has this one." : "."));
}

std::vector<std::unique_ptr<Loop>> listen(Service& service, const ServerOptions& options) {
  tcp::endpoint endpoint = endpoint_of(options);
  std::vector<std::unique_ptr<Loop>> loops;
  try {
    require_unshared(endpoint);
    for (unsigned i = 0; i < std::max(options.threads, 1U); ++i) {
      loops.push_back(std::make_unique<Loop>(service, endpoint));
      endpoint.port(loops.front()->port());
    }
  } catch (const system_error& error) {
    throw cannot_listen(options, error.code());
  } catch (const std::system_error& error) {
    throw cannot_listen(options, error.code());
  }
  return loops;
}

}  // namespace

class Server::Impl {
 public:
  Impl(ServerOptions options, Handler handler, ErrorPage error_page, Admission admission)
      : service_{.handler = std::move(handler),
                 .error_page = std::move(error_page),
                 .admission = std::move(admission),
                 .limits = options.limits,
                 .unsent_bytes_max = options.limits.unsent_bytes_max / std::max(options.threads, 1U),
                 .tls = load_tls(options.tls)},
        loops_(listen(service_, options)) {}

  ~Impl() { drain(std::chrono::milliseconds::zero()); }

  std::uint16_t port() const { return loops_.front()->port(); }

  void start() {
    for (const auto& loop : loops_) {
      {
        const std::lock_guard lock(mutex_);
        ++running_;
      }
      threads_.emplace_back([this, &running = *loop] {
        running.run();
        const std::lock_guard lock(mutex_);
        --running_;
        stopped_.notify_all();
      });
    }
  }

  bool drain(std::chrono::milliseconds patience) {
    for (std::size_t i = 0; i < threads_.size(); ++i) loops_[i]->begin_drain();
    std::unique_lock lock(mutex_);
    const bool in_time = stopped_.wait_for(lock, patience, [this] { return running_ == 0; });
    lock.unlock();
    if (!in_time) {
      for (std::size_t i = 0; i < threads_.size(); ++i) loops_[i]->cut_off();
    }
    for (auto& thread : threads_) thread.join();
    const bool has_cut = std::any_of(loops_.begin(), loops_.end(), [](const auto& loop) { return loop->has_cut(); });
    threads_.clear();
    loops_.clear();
    return !has_cut;
  }

 private:
  Service service_;
  std::vector<std::unique_ptr<Loop>> loops_;
  std::vector<std::thread> threads_;

  std::mutex mutex_;
  std::condition_variable stopped_;
  std::size_t running_ = 0;  // Guarded by mutex_.
};

Server::Server(ServerOptions options, Handler handler, ErrorPage error_page, Admission admission)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(handler), std::move(error_page),
                                   std::move(admission))) {}
Server::~Server() = default;
std::uint16_t Server::port() const { return impl_->port(); }
void Server::start() { impl_->start(); }
bool Server::drain(std::chrono::milliseconds patience) { return impl_->drain(patience); }

}  // namespace cardfile::http
