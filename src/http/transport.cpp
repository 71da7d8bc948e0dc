#include "http/transport.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <stdexcept>
#include <system_error>

namespace cardfile::http {

namespace {

using Status = IoResult::Status;

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

ssize_t receive(int socket, void* room, std::size_t size) {
  ssize_t got = 0;
  do got = ::recv(socket, room, size, 0);
  while (got < 0 && errno == EINTR);
  return got;
}

ssize_t transmit(int socket, const void* bytes, std::size_t size) {
  ssize_t sent = 0;
  // Without MSG_NOSIGNAL a peer that has gone away would end the process with SIGPIPE.
  do sent = ::send(socket, bytes, size, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent;
}

// OpenSSL's own socket BIO writes with write(), which raises SIGPIPE; this one sends and receives as above.

int socket_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

int bio_read(BIO* bio, char* room, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t got = receive(socket_of(bio), room, static_cast<std::size_t>(size));
  if (got < 0 && would_block(errno)) BIO_set_retry_read(bio);
  if (got == 0) BIO_set_flags(bio, BIO_FLAGS_IN_EOF);
  return static_cast<int>(got);
}

int bio_write(BIO* bio, const char* bytes, int size) {
  BIO_clear_retry_flags(bio);
  const ssize_t sent = transmit(socket_of(bio), bytes, static_cast<std::size_t>(size));
  if (sent < 0 && would_block(errno)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

long bio_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return BIO_test_flags(bio, BIO_FLAGS_IN_EOF) != 0 ? 1 : 0;
  return 0;
}

const BIO_METHOD* socket_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket without signals");
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

[[noreturn]] void fail(const std::string& what) {
  const unsigned long code = ERR_get_error();
  const char* reason = ERR_reason_error_string(code);
  ERR_clear_error();
  throw std::runtime_error(what + ": " + (reason != nullptr ? reason : "unknown reason") + ".");
}

/// OpenSSL has no words for what the system says of a file.
void require_readable(const std::string& what, const std::string& file) {
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  const int error = errno;
  struct stat status {};
  const bool is_folder = descriptor >= 0 && ::fstat(descriptor, &status) == 0 && S_ISDIR(status.st_mode);
  if (descriptor >= 0) ::close(descriptor);
  if (descriptor >= 0 && !is_folder) return;
  throw std::runtime_error(what + " " + file +
                           " cannot be read: " + std::generic_category().message(is_folder ? EISDIR : error) + ".");
}

/// In place of the one that asks at the terminal. `asked` is the bool that tells that it was called.
int refuse_to_ask(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

SSL_CTX* load_context(const std::string& certificate_file, const std::string& key_file) {
  ERR_clear_error();
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (!context) fail("TLS cannot be set up");
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_COMPRESSION);
  // An idle connection keeps no record buffers, which are most of what a TLS connection weighs.
  SSL_CTX_set_mode(context.get(),
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  require_readable("The certificate file", certificate_file);
  if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1) {
    fail("The certificate file " + certificate_file + " holds no certificate in PEM form that can be used");
  }
  require_readable("The key file", key_file);
  const std::string mismatch = "The key in " + key_file + " is not that of the certificate in " + certificate_file;
  bool is_encrypted = false;
  SSL_CTX_set_default_passwd_cb(context.get(), refuse_to_ask);
  SSL_CTX_set_default_passwd_cb_userdata(context.get(), &is_encrypted);
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    if (is_encrypted) {
      ERR_clear_error();
      throw std::runtime_error("The key file " + key_file +
                               " has a pass phrase, and there is nobody to ask for it. Write the key without one into "
                               "a file that only the server may read: openssl pkey -in " +
                               key_file + " -out FILE");
    }
    // A key of the certificate's kind is compared with it as it is read, one of another kind below.
    if (ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509) fail(mismatch);
    fail("The key file " + key_file + " holds no private key in PEM form that can be used");
  }
  SSL_CTX_set_default_passwd_cb_userdata(context.get(), nullptr);
  if (SSL_CTX_check_private_key(context.get()) != 1) fail(mismatch);
  return context.release();
}

SSL* open_tls(int socket, const TlsContext& context) {
  SSL* tls = SSL_new(context.native());
  BIO* bio = BIO_new(socket_method());
  if (tls == nullptr || bio == nullptr) {
    SSL_free(tls);
    BIO_free(bio);
    throw std::bad_alloc();
  }
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(socket)));
  BIO_set_init(bio, 1);
  SSL_set_bio(tls, bio, bio);
  SSL_set_accept_state(tls);
  return tls;
}

int clamp(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

}  // namespace

TlsContext::TlsContext(const std::string& certificate_file, const std::string& key_file)
    : context_(load_context(certificate_file, key_file)) {}

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Transport::Transport(int socket, const TlsContext* tls)
    : socket_(socket), tls_(tls != nullptr ? open_tls(socket, *tls) : nullptr) {}

Transport::~Transport() { SSL_free(tls_); }

IoResult Transport::tls_result(int returned) {
  if (returned > 0) return {Status::done, static_cast<std::size_t>(returned)};
  switch (SSL_get_error(tls_, returned)) {
    case SSL_ERROR_WANT_READ:
      return {Status::wait_read};
    case SSL_ERROR_WANT_WRITE:
      return {Status::wait_write};
    case SSL_ERROR_ZERO_RETURN:
      return {Status::ended};
    default:
      return {Status::failed};
  }
}

IoResult Transport::handshake() {
  ERR_clear_error();
  return tls_result(SSL_do_handshake(tls_));
}

IoResult Transport::read(std::span<char> room) {
  if (tls_ != nullptr) {
    ERR_clear_error();
    return tls_result(SSL_read(tls_, room.data(), clamp(room.size())));
  }
  const ssize_t got = receive(socket_, room.data(), room.size());
  if (got > 0) return {Status::done, static_cast<std::size_t>(got)};
  if (got == 0) return {Status::ended};
  return {would_block(errno) ? Status::wait_read : Status::failed};
}

IoResult Transport::write(std::string_view bytes) {
  if (tls_ != nullptr) {
    ERR_clear_error();
    return tls_result(SSL_write(tls_, bytes.data(), clamp(bytes.size())));
  }
  const ssize_t sent = transmit(socket_, bytes.data(), bytes.size());
  if (sent >= 0) return {Status::done, static_cast<std::size_t>(sent)};
  return {would_block(errno) ? Status::wait_write : Status::failed};
}

bool Transport::has_pending() const { return tls_ != nullptr && SSL_pending(tls_) > 0; }

void Transport::end_output() {
  if (tls_ != nullptr && SSL_is_init_finished(tls_) == 1) {
    ERR_clear_error();
    SSL_shutdown(tls_);
  }
  ::shutdown(socket_, SHUT_WR);
}

}  // namespace cardfile::http
