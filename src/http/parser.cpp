#include "http/parser.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "http/ascii.h"
#include "http/input_buffer.h"
#include "http/target.h"

namespace cardfile::http {

namespace {

namespace beast = boost::beast;
using beast::http::field;
using BeastError = beast::http::error;

// A chunked body that one large request has blown up is not kept for the small ones after it.
constexpr std::size_t kKeptBodyBytesMax = 16 * 1024;

// "0\r\n\r\n". Beast asserts that it gets no less when it reads on in a last chunk that is the first one as well.
constexpr std::size_t kChunkedBodyBytesMin = 5;

std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

bool is_decimal(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool holds_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

bool holds_bare_line_feed(std::string_view bytes, std::size_t from) {
  for (std::size_t at = bytes.find('\n', from); at != std::string_view::npos; at = bytes.find('\n', at + 1)) {
    if (at == 0 || bytes[at - 1] != '\r') return true;
  }
  return false;
}

/// Tells "HTTP/2.0" in its place from a request line that is no HTTP at all; Beast has one error for both.
bool names_another_version(std::string_view bytes) {
  const std::size_t method_end = bytes.find(' ');
  const std::size_t target_end = method_end == std::string_view::npos ? method_end : bytes.find(' ', method_end + 1);
  if (target_end == std::string_view::npos) return false;
  const std::string_view version = bytes.substr(target_end + 1, 8);
  return version.size() == 8 && version.starts_with("HTTP/") && is_decimal(version.substr(5, 1)) && version[6] == '.' &&
         is_decimal(version.substr(7)) && version != "HTTP/1.0" && version != "HTTP/1.1";
}

/// Takes what Beast's parser finds: request line and headers as views of the buffer, and chunks as one body.
class Sink final : public beast::http::basic_parser<true> {
 public:
  /// What the headers say about framing, beyond what Beast makes of them.
  struct Facts {
    bool http_11 = false;
    bool close = false;
    bool keep_alive = false;
    bool expects_continue = false;
    bool expects_other = false;
    bool other_transfer_encoding = false;
    int hosts = 0;
    int content_lengths = 0;
    int transfer_encodings = 0;
    bool host_is_sound = true;
  };

  Sink(Request& request, std::string& body, std::size_t body_bytes_max)
      : request_(request), body_(body), body_bytes_max_(body_bytes_max) {
    // Header and body are measured by Parser: Beast counts request line and headers apart, and does not take none.
    header_limit(std::numeric_limits<std::uint32_t>::max());
    body_limit(std::numeric_limits<std::uint64_t>::max());
  }

  /// Reads on in `rest`, the end of `buffer`; gives the bytes it took.
  std::size_t read(std::string_view buffer, std::string_view rest, beast::error_code& error) {
    buffer_ = buffer;
    return put({rest.data(), rest.size()}, error);
  }

  const Facts& facts() const { return facts_; }

  bool has_chunk() const { return has_chunk_; }

  /// Set when it was us who stopped Beast.
  const std::optional<ProtocolError>& refusal() const { return refusal_; }

 private:
  using Verb = beast::http::verb;
  using View = beast::string_view;
  using ErrorCode = beast::error_code;

  void on_request_impl(Verb, View method, View target, int version, ErrorCode&) override {
    request_.method = view(method);
    request_.target = view(target);
    facts_.http_11 = version == 11;
  }
  void on_response_impl(int, View, int, ErrorCode&) override {}

  void on_field_impl(field known, View name, View value, ErrorCode& error) override {
    if (is_folded(view(name), view(value))) return refuse(error, 400, "A header must not be folded over lines.");
    if (header_is_done_) return;  // A trailer: nothing that this server needs is sent in one.
    request_.headers.emplace_back(view(name), view(value));
    note(known, view(value));
  }
  // Newer versions of Beast tell trailers apart; there this overrides.
  virtual void on_trailer_field_impl(field known, View name, View value, ErrorCode& error) {
    on_field_impl(known, name, value, error);
  }

  void on_header_impl(ErrorCode&) override { header_is_done_ = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
  std::size_t on_body_impl(View body, ErrorCode&) override { return body.size(); }

  void on_chunk_header_impl(std::uint64_t size, View extensions, ErrorCode& error) override {
    has_chunk_ = true;
    // Beast lets any byte into a quoted extension. A line feed there ends the line for some other parsers, and what
    // two parsers read differently can hide a request.
    if (holds_control_character(view(extensions))) {
      return refuse(error, 400, "A chunk extension must not hold control characters.");
    }
    if (size > body_bytes_max_ - body_.size()) refuse(error, 413, "The body is too large.");
  }
  std::size_t on_chunk_body_impl(std::uint64_t, View piece, ErrorCode&) override {
    body_.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_finish_impl(ErrorCode&) override {}

  void refuse(ErrorCode& error, int status, std::string message) {
    refusal_ = ProtocolError{status, std::move(message)};
    error = BeastError::bad_field;
  }

  /// Beast joins the lines of a folded value in memory of its own, or skips blank first ones: either the value is not
  /// in the buffer, or a line ends between name and value.
  bool is_folded(std::string_view name, std::string_view value) const {
    const std::less<const char*> before;
    const char* const name_end = name.data() + name.size();
    const char* const buffer_end = buffer_.data() + buffer_.size();
    if (before(value.data(), name_end) || before(buffer_end, value.data())) return true;
    const std::string_view gap(name_end, static_cast<std::size_t>(value.data() - name_end));
    return gap.find('\n') != std::string_view::npos;
  }

  void note(field known, std::string_view value) {
    switch (known) {
      case field::host:
        ++facts_.hosts;
        facts_.host_is_sound = facts_.host_is_sound && is_host(value);
        break;
      case field::content_length:
        // Beast takes lists of equal lengths as well; such a list counts as two here.
        facts_.content_lengths += is_decimal(value) ? 1 : 2;
        break;
      case field::transfer_encoding:
        ++facts_.transfer_encodings;
        if (!equal_ignoring_case(value, "chunked")) facts_.other_transfer_encoding = true;
        break;
      case field::connection:
        note_connection(value);
        break;
      case field::expect:
        (equal_ignoring_case(value, "100-continue") ? facts_.expects_continue : facts_.expects_other) = true;
        break;
      default:
        break;
    }
  }

  void note_connection(std::string_view list) {
    while (!list.empty()) {
      const std::size_t comma = std::min(list.find(','), list.size());
      std::string_view option = list.substr(0, comma);
      list.remove_prefix(std::min(comma + 1, list.size()));
      option.remove_prefix(std::min(option.find_first_not_of(" \t"), option.size()));
      option = option.substr(0, option.find_last_not_of(" \t") + 1);
      if (equal_ignoring_case(option, "close")) facts_.close = true;
      if (equal_ignoring_case(option, "keep-alive")) facts_.keep_alive = true;
    }
  }

  Request& request_;
  std::string& body_;
  std::size_t body_bytes_max_;
  std::string_view buffer_;
  Facts facts_;
  std::optional<ProtocolError> refusal_;
  bool header_is_done_ = false;
  bool has_chunk_ = false;
};

/// What is wrong with headers that Beast accepted; nothing when the request may go on.
std::optional<ProtocolError> find_fault(const Sink::Facts& facts) {
  if (facts.hosts > 1 || (facts.http_11 && facts.hosts == 0)) {
    return ProtocolError{400, "A request needs exactly one Host header."};
  }
  if (!facts.host_is_sound) return ProtocolError{400, "The Host header is no host."};
  if (facts.content_lengths > 1) return ProtocolError{400, "Content-Length must be given once, as one number."};
  if (facts.transfer_encodings > 1) return ProtocolError{400, "Transfer-Encoding must be given once."};
  if (facts.transfer_encodings > 0 && facts.content_lengths > 0) {
    return ProtocolError{400, "Transfer-Encoding and Content-Length exclude one another."};
  }
  if (facts.transfer_encodings > 0 && !facts.http_11) return ProtocolError{400, "HTTP/1.0 has no Transfer-Encoding."};
  if (facts.other_transfer_encoding) return ProtocolError{501, "The only Transfer-Encoding known here is chunked."};
  if (facts.expects_other) return ProtocolError{417, "The only expectation known here is 100-continue."};
  return std::nullopt;
}

}  // namespace

class Parser::Impl {
 public:
  explicit Impl(const Limits& limits)
      : header_bytes_max_(limits.header_bytes_max), body_bytes_max_(limits.body_bytes_max) {
    begin();
  }

  std::span<char> space() {
    const char* const before = buffer_.bytes().data();
    const auto room = buffer_.space(header_is_done_ ? header_bytes_ + content_length_ : 0);
    if (buffer_.bytes().data() != before) move_views(before, buffer_.bytes().data());
    return room;
  }

  void received(std::size_t bytes) { buffer_.added(bytes); }

  State advance() {
    if (state_ == State::idle) begin_request();
    if (state_ == State::header) read_header();
    if (state_ == State::body) read_body();
    return state_ == State::idle && !buffer_.bytes().empty() ? State::header : state_;
  }

  bool take_continue() {
    return (state_ == State::body || state_ == State::complete) && std::exchange(continue_is_due_, false);
  }

  const Request& request() const { return request_; }
  const ProtocolError& refusal() const { return refusal_; }
  bool keep_alive() const {
    const auto& facts = sink_->facts();
    return !facts.close && (facts.http_11 || facts.keep_alive);
  }
  bool is_http_11() const { return sink_->facts().http_11; }

  std::size_t bytes_held() const {
    return std::max(buffer_.capacity(), header_bytes_ + content_length_) + body_.capacity();
  }

  void next() {
    buffer_.consume(parsed_);
    begin();
  }

  void reset() {
    buffer_.clear();
    if (state_ != State::idle) begin();
  }

 private:
  void begin() {
    state_ = State::idle;
    header_is_done_ = false;
    continue_is_due_ = false;
    parsed_ = scanned_ = header_bytes_ = content_length_ = 0;
    request_.method = request_.target = request_.path = request_.query = request_.body = {};
    request_.headers.clear();
    body_.clear();
    if (body_.capacity() > kKeptBodyBytesMax) body_.shrink_to_fit();
    sink_.emplace(request_, body_, body_bytes_max_);
  }

  void refuse(int status, std::string message) {
    refusal_ = ProtocolError{status, std::move(message)};
    state_ = State::refused;
  }

  void refuse(const beast::error_code& error) {
    if (sink_->refusal()) return refuse(sink_->refusal()->status, sink_->refusal()->message);
    if (error == BeastError::bad_version && names_another_version(buffer_.bytes())) {
      return refuse(505, "This server speaks HTTP/1.1 and HTTP/1.0.");
    }
    refuse(400, "The request is not well-formed HTTP: " + error.message() + ".");
  }

  /// Empty lines before a request are skipped (RFC 9112, section 2.2): some senders end a body with one too many.
  void begin_request() {
    while (buffer_.bytes().starts_with("\r\n")) buffer_.consume(2);
    // A lone CR may be the first half of another empty line.
    if (!buffer_.bytes().empty() && buffer_.bytes() != "\r") state_ = State::header;
  }

  void read_header() {
    const std::string_view bytes = buffer_.bytes();
    if (parsed_ == bytes.size()) return;

    beast::error_code error;
    parsed_ += sink_->read(bytes, bytes.substr(parsed_), error);
    if (error && error != BeastError::need_more) return refuse(error);
    header_is_done_ = sink_->is_header_done();
    if ((header_is_done_ ? parsed_ : bytes.size()) > header_bytes_max_) {
      return refuse(431, "Request line and headers must not exceed " + std::to_string(header_bytes_max_) + " bytes.");
    }
    if (header_is_done_) return finish_header();
    // After a first incomplete read Beast waits for the blank line; a sender whose lines end otherwise is told now.
    if (holds_bare_line_feed(bytes, scanned_)) return refuse(400, "Lines must end with CR LF.");
    scanned_ = bytes.size();
  }

  void finish_header() {
    header_bytes_ = parsed_;
    if (auto fault = find_fault(sink_->facts())) return refuse(fault->status, std::move(fault->message));
    if (!split_target(request_)) return refuse(400, "The request target is neither a path nor an http URL.");
    if (!sink_->chunked()) {
      const auto length = sink_->content_length();
      if (length && *length > body_bytes_max_) {
        return refuse(413, "The body must not exceed " + std::to_string(body_bytes_max_) + " bytes.");
      }
      content_length_ = length ? static_cast<std::size_t>(*length) : 0;
    }
    continue_is_due_ =
        sink_->facts().http_11 && sink_->facts().expects_continue && (sink_->chunked() || content_length_ > 0);
    state_ = State::body;
  }

  void read_body() {
    if (sink_->chunked()) return read_chunks();
    const std::string_view bytes = buffer_.bytes();
    if (bytes.size() < header_bytes_ + content_length_) return;
    parsed_ = header_bytes_ + content_length_;
    request_.body = bytes.substr(header_bytes_, content_length_);
    state_ = State::complete;
  }

  void read_chunks() {
    beast::error_code error;
    while (!sink_->is_done() && !error) {
      const std::string_view rest = buffer_.bytes().substr(parsed_);
      if (rest.empty() || (!sink_->has_chunk() && rest.size() < kChunkedBodyBytesMin)) break;
      const std::size_t decoded = body_.size();
      const std::size_t taken = sink_->read(buffer_.bytes(), rest, error);
      parsed_ += taken;
      // Nothing of the body was in it: it was a chunk's first line, or the trailers.
      if (body_.size() == decoded && taken > header_bytes_max_) return refuse_chunk_header();
    }
    if (error && error != BeastError::need_more) return refuse(error);
    if (sink_->is_done()) {
      request_.body = body_;
      state_ = State::complete;
      return;
    }
    // Beast looks for CR LF alone here, and would wait for it beyond a line that ends otherwise.
    if (error && holds_bare_line_feed(buffer_.bytes().substr(parsed_), 0)) {
      return refuse(400, "Lines must end with CR LF.");
    }
    // What is decoded is in body_; its chunks need not stay behind the headers.
    buffer_.erase(header_bytes_, parsed_ - header_bytes_);
    parsed_ = header_bytes_;
    if (buffer_.bytes().size() - parsed_ > header_bytes_max_) refuse_chunk_header();
  }

  void refuse_chunk_header() {
    refuse(431,
           "A chunk's first line and the trailers must not exceed " + std::to_string(header_bytes_max_) + " bytes.");
  }

  /// The bytes have moved from `from`, which is gone, to `to`.
  void move_views(const char* from, const char* to) {
    const auto move = [from, to](std::string_view& text) {
      if (text.data() == nullptr) return;
      const auto offset = reinterpret_cast<std::uintptr_t>(text.data()) - reinterpret_cast<std::uintptr_t>(from);
      text = {to + offset, text.size()};
    };
    move(request_.method);
    move(request_.target);
    for (auto& [name, value] : request_.headers) {
      move(name);
      move(value);
    }
    if (header_is_done_) split_target(request_);
  }

  const std::size_t header_bytes_max_;
  const std::size_t body_bytes_max_;

  InputBuffer buffer_;
  Request request_;
  std::string body_;  // Of a chunked request; any other body is a view of the buffer.
  std::optional<Sink> sink_;
  ProtocolError refusal_;

  State state_ = State::idle;
  bool header_is_done_ = false;
  bool continue_is_due_ = false;
  // Counted from the request's first byte.
  std::size_t parsed_ = 0;
  std::size_t scanned_ = 0;
  std::size_t header_bytes_ = 0;
  std::size_t content_length_ = 0;
};

Parser::Parser(const Limits& limits) : impl_(std::make_unique<Impl>(limits)) {}
Parser::~Parser() = default;
std::span<char> Parser::space() { return impl_->space(); }
void Parser::received(std::size_t bytes) { impl_->received(bytes); }
Parser::State Parser::advance() { return impl_->advance(); }
bool Parser::take_continue() { return impl_->take_continue(); }
const Request& Parser::request() const { return impl_->request(); }
const ProtocolError& Parser::refusal() const { return impl_->refusal(); }
bool Parser::keep_alive() const { return impl_->keep_alive(); }
bool Parser::is_http_11() const { return impl_->is_http_11(); }
std::size_t Parser::bytes_held() const { return impl_->bytes_held(); }
void Parser::next() { impl_->next(); }
void Parser::reset() { impl_->reset(); }

}  // namespace cardfile::http
