#pragma once
// Transport: the bytes of one connection, plain or through TLS, without ever blocking.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct ssl_ctx_st;
struct ssl_st;

namespace cardfile::http {

/// What a step of input or output came to. Who is to wait makes the same call again once the socket is ready.
struct IoResult {
  enum class Status {
    done,        // `bytes` went through, at least one.
    wait_read,   // For the socket to be readable.
    wait_write,  // For the socket to be writable.
    ended,       // The peer sends no more.
    failed,      // The connection is broken.
  };
  Status status = Status::failed;
  std::size_t bytes = 0;
};

/// A certificate and its key, shared by all connections of a server.
class TlsContext {
 public:
  /// TLS 1.2 and later. Throws std::runtime_error when a file cannot be used.
  TlsContext(const std::string& certificate_file, const std::string& key_file);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  ssl_ctx_st* native() const { return context_; }

 private:
  ssl_ctx_st* context_;
};

class Transport {
 public:
  /// Works on a socket that does not block and stays its owner's. `tls` may be null: plain bytes.
  Transport(int socket, const TlsContext* tls);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  bool is_tls() const { return tls_ != nullptr; }

  /// TLS only, and first; `done` once both sides agree.
  IoResult handshake();

  IoResult read(std::span<char> room);
  IoResult write(std::string_view bytes);

  /// Whether bytes wait that the socket will not announce.
  bool has_pending() const;

  /// Tells the peer that nothing more comes. Best effort.
  void end_output();

 private:
  IoResult tls_result(int returned);

  int socket_;
  ssl_st* tls_ = nullptr;
};

}  // namespace cardfile::http
