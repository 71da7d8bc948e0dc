#include "wire/json_in.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "core/error.h"
#include "core/text.h"
#include "wire/plain_text.h"

namespace cardfile::wire {

namespace {

namespace ondemand = simdjson::ondemand;

/// Zeros behind the text, for the parser and for plain_length() to read past its end.
constexpr std::size_t kPadding = 64;
static_assert(kPadding >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t kCapacityMin = 4096;
/// Before a document of at most this size memory is given back, if one of more than kTextKept is held.
constexpr std::size_t kBodyKept = std::size_t{1} << 16;
/// So that what was made for a document of kBodyKept, half as much again as it needed, is kept.
constexpr std::size_t kTextKept = 2 * kBodyKept;
/// Up to here members are compared each with each, beyond it by sorting.
constexpr std::size_t kComparedMembersMax = 16;

constexpr std::string_view kUnexpected = "an unexpected character";

[[noreturn]] void refuse(std::string field, std::string message) {
  throw core::Error(core::ErrorCode::bad_data, {{std::move(field), std::move(message)}});
}

std::string_view reason(simdjson::error_code error) {
  switch (error) {
    case simdjson::UTF8_ERROR:
      return "bytes that are not UTF-8";
    case simdjson::UNESCAPED_CHARS:
      return "a control character in a string";
    case simdjson::UNCLOSED_STRING:
      return "a string without end";
    case simdjson::NUMBER_ERROR:
      return "a malformed number, or one out of range: integers are from -2^63 to 2^63 - 1";
    case simdjson::CAPACITY:
      return "too long a text";
    default:
      return kUnexpected;
  }
}

/// The first raw control character inside a string, or the quote that opens the string without end.
std::size_t offset_of_bad_string(std::string_view text) {
  std::size_t opened = text.size();
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"') {
      inside = !inside;
      opened = i;
    } else if (inside && static_cast<unsigned char>(text[i]) < 0x20) {
      return i;
    } else if (inside && (text.substr(i, 2) == R"(\")" || text.substr(i, 2) == R"(\\)")) {
      ++i;
    }
  }
  return opened;
}

/// The first bracket or brace that closes what was never opened.
std::size_t offset_of_unopened(std::string_view text) {
  std::size_t open = 0;
  bool inside = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') inside = !inside;
    if (inside) {
      if (c == '\\') ++i;
    } else if (c == '[' || c == '{') {
      ++open;
    } else if (c == ']' || c == '}') {
      if (open == 0) return i;
      --open;
    }
  }
  return text.size();
}

/// The four hexadecimal digits at `digits` as a number; none when they are not.
std::optional<unsigned> read_hex4(const char* digits) {
  unsigned value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = digits[i];
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      value = value * 16 + static_cast<unsigned>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      value = value * 16 + static_cast<unsigned>(lower - 'a' + 10);
    } else {
      return std::nullopt;
    }
  }
  return value;
}

char* write_utf8(char* out, unsigned point) {
  const auto tail = [point](int shift) { return static_cast<char>(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80) {
    *out++ = static_cast<char>(point);
  } else if (point < 0x800) {
    *out++ = static_cast<char>(0xC0 | (point >> 6));
    *out++ = tail(0);
  } else if (point < 0x10000) {
    *out++ = static_cast<char>(0xE0 | (point >> 12));
    *out++ = tail(6);
    *out++ = tail(0);
  } else {
    *out++ = static_cast<char>(0xF0 | (point >> 18));
    *out++ = tail(12);
    *out++ = tail(6);
    *out++ = tail(0);
  }
  return out;
}

/// The character that a backslash and `letter` stand for; 0 for none.
char simple_escape(char letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return letter;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

bool is_high_surrogate(unsigned unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
bool is_low_surrogate(unsigned unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

}  // namespace

/// One full walk over what simdjson indexed. The body is kept as the only item of an array: then a scalar, which
/// simdjson reads by other functions at the top of a document, is a value like every other.
class JsonDocument::Parser {
 public:
  Json parse(std::string_view body) {
    load(body);
    ondemand::document document;
    if (const auto error = parser_.iterate(text_.data(), length_, text_.size()).get(document)) refuse_unindexed(error);
    ondemand::array root;
    if (const auto error = document.get_array().get(root)) fail(reason(error), end());
    for (auto item : root) {
      ondemand::value value;
      if (const auto error = item.get(value)) fail_at(document, error);
      if (!nodes_.empty()) fail("more than one value", value.raw_json_token().data());
      walk(document, value, {}, 0);
    }
    // A place behind the array means that the body, not its frame, has closed it.
    const char* rest = nullptr;
    if (!document.current_location().get(rest)) fail(kUnexpected, body_begin() + offset_of_unopened(body));
    if (nodes_.empty()) fail(kUnexpected, end());
    return Json(nodes_.data());
  }

 private:
  using Node = Json::Node;

  void load(std::string_view body) {
    if (text_.size() > kTextKept && body.size() <= kBodyKept) *this = Parser();
    length_ = body.size() + 2;
    if (text_.size() < length_ + kPadding) {
      const std::size_t capacity = std::max(kCapacityMin, length_ + length_ / 2);
      text_.resize(capacity + kPadding);
      // The array around the body and a scalar within count as levels too.
      const auto error = parser_.allocate(capacity, kJsonDepthMax + 2);
      if (error == simdjson::MEMALLOC) throw std::bad_alloc();
      if (error) fail(reason(error), body_begin());
    }
    text_[0] = '[';
    std::copy(body.begin(), body.end(), text_.begin() + 1);
    text_[length_ - 1] = ']';
    std::memset(text_.data() + length_, 0, kPadding);
    nodes_.clear();
  }

  /// Where the body ends.
  const char* end() const { return text_.data() + length_ - 1; }
  const char* body_begin() const { return text_.data() + 1; }
  std::string_view kept_body() const { return {body_begin(), length_ - 2}; }
  std::size_t offset_of(const char* place) const { return static_cast<std::size_t>(place - body_begin()); }

  [[noreturn]] void fail(std::string_view what, const char* place) const {
    if (place >= end()) {
      what = "it ends too early";
      place = end();
    }
    refuse("body", "is not JSON: " + std::string(what) + " at byte " + std::to_string(offset_of(place)));
  }

  /// The index knows that something is wrong, but not where.
  [[noreturn]] void refuse_unindexed(simdjson::error_code error) const {
    std::size_t offset = 0;
    if (error == simdjson::UTF8_ERROR) offset = core::valid_utf8(kept_body());
    if (error == simdjson::UNESCAPED_CHARS || error == simdjson::UNCLOSED_STRING)
      offset = offset_of_bad_string(kept_body());
    refuse("body", "is not JSON: " + std::string(reason(error)) + " at byte " + std::to_string(offset));
  }

  /// What the document has just stepped over is wrong.
  [[noreturn]] void fail_at(ondemand::document& document, simdjson::error_code error) const {
    const char* place = end();
    if (document.current_location().get(place)) place = end();
    fail(reason(error), place);
  }

  void walk(ondemand::document& document, ondemand::value value, std::string_view name, std::size_t depth) {
    const std::size_t at = nodes_.size();
    const char* const start = value.raw_json_token().data();
    if (at == kJsonValuesMax) {
      refuse("body",
             "has more than " + std::to_string(kJsonValuesMax) + " values at byte " + std::to_string(offset_of(start)));
    }
    nodes_.emplace_back().name = name;
    ondemand::json_type type{};
    if (const auto error = value.type().get(type)) fail(reason(error), start);
    switch (type) {
      case ondemand::json_type::array:
        enter(at, depth, start);
        return walk_array(document, value, depth);
      case ondemand::json_type::object:
        enter(at, depth, start);
        return walk_object(document, value, depth);
      case ondemand::json_type::string:
        return read_string(value, nodes_[at]);
      case ondemand::json_type::number:
        return read_number(value, nodes_[at]);
      case ondemand::json_type::boolean:
        return read_boolean(value, nodes_[at]);
      case ondemand::json_type::null:
        return read_null(value);
    }
  }

  void enter(std::size_t at, std::size_t depth, const char* start) {
    if (depth == kJsonDepthMax) {
      refuse("body", "is nested more than " + std::to_string(kJsonDepthMax) + " levels deep at byte " +
                         std::to_string(offset_of(start)));
    }
    path_[depth] = at;
  }

  void leave(std::size_t at) { nodes_[at].span = static_cast<std::uint32_t>(nodes_.size() - at); }

  void walk_array(ondemand::document& document, ondemand::value& value, std::size_t depth) {
    const std::size_t at = path_[depth];
    nodes_[at].kind = JsonKind::array;
    ondemand::array array;
    if (const auto error = value.get_array().get(array)) fail_at(document, error);
    for (auto item : array) {
      ondemand::value child;
      if (const auto error = item.get(child)) fail_at(document, error);
      ++nodes_[at].size;
      walk(document, child, {}, depth + 1);
    }
    leave(at);
  }

  void walk_object(ondemand::document& document, ondemand::value& value, std::size_t depth) {
    const std::size_t at = path_[depth];
    nodes_[at].kind = JsonKind::object;
    ondemand::object object;
    if (const auto error = value.get_object().get(object)) fail_at(document, error);
    for (auto member : object) {
      ondemand::field field;
      if (const auto error = std::move(member).get(field)) fail_at(document, error);
      ++nodes_[at].size;
      const std::string_view name = unescaped(field.key().raw());
      walk(document, field.value(), name, depth + 1);
    }
    leave(at);
    refuse_duplicates(at, depth);
  }

  void read_string(ondemand::value& value, Node& node) {
    ondemand::raw_json_string raw;
    if (const auto error = value.get_raw_json_string().get(raw)) fail(reason(error), value.raw_json_token().data());
    node.kind = JsonKind::string;
    node.text = unescaped(raw.raw());
  }

  void read_number(ondemand::value& value, Node& node) {
    const std::string_view token = value.raw_json_token();
    ondemand::number number;
    if (value.get_number().get(number) || number.is_uint64()) fail(reason(simdjson::NUMBER_ERROR), token.data());
    node.kind = number.is_int64() ? JsonKind::integer : JsonKind::number;
    if (number.is_int64()) node.integer = number.get_int64();
    node.text = token.substr(0, token.find_last_not_of(" \t\r\n") + 1);
  }

  void read_boolean(ondemand::value& value, Node& node) {
    const char* const start = value.raw_json_token().data();
    bool truth = false;
    if (value.get_bool().get(truth)) fail(kUnexpected, start);
    node.kind = JsonKind::boolean;
    node.integer = truth ? 1 : 0;
  }

  void read_null(ondemand::value& value) {
    const char* const start = value.raw_json_token().data();
    bool null = false;
    if (value.is_null().get(null) || !null) fail(kUnexpected, start);
  }

  /// The string whose text begins at `start`, behind its quote. That it has an end is known already. Escapes are
  /// resolved where they stand, since what they mean is never longer; simdjson's own function would make a copy, and
  /// lets a low surrogate pass without its high one.
  std::string_view unescaped(const char* start) {
    char* const text = text_.data() + (start - text_.data());
    std::size_t length = plain_length({text, static_cast<std::size_t>(text_.data() + text_.size() - text)});
    const char* in = text + length;
    char* out = text + length;
    while (*in != '"') {
      in = unescape_one(in, out);
      length = plain_length({in, static_cast<std::size_t>(text_.data() + text_.size() - in)});
      std::memmove(out, in, length);
      in += length;
      out += length;
    }
    return {text, static_cast<std::size_t>(out - text)};
  }

  /// Writes what the escape at `in` means and moves `out` past it; gives the place behind the escape.
  const char* unescape_one(const char* in, char*& out) const {
    if (const char simple = simple_escape(in[1])) {
      *out++ = simple;
      return in + 2;
    }
    const auto unit = in[1] == 'u' ? read_hex4(in + 2) : std::nullopt;
    if (!unit) fail("an unknown escape", in);
    if (is_low_surrogate(*unit)) fail("half of a surrogate pair", in);
    if (!is_high_surrogate(*unit)) {
      out = write_utf8(out, *unit);
      return in + 6;
    }
    const auto low = in[6] == '\\' && in[7] == 'u' ? read_hex4(in + 8) : std::nullopt;
    if (!low || !is_low_surrogate(*low)) fail("half of a surrogate pair", in);
    out = write_utf8(out, 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00));
    return in + 12;
  }

  void refuse_duplicates(std::size_t at, std::size_t depth) {
    const Json object(&nodes_[at]);
    if (object.size() > kComparedMembersMax) {
      names_.clear();
      for (const Json member : object) names_.push_back(member.name());
      std::sort(names_.begin(), names_.end());
      const auto twice = std::adjacent_find(names_.begin(), names_.end());
      if (twice != names_.end()) refuse(path_of(depth) + std::string(*twice), "is given twice");
      return;
    }
    for (auto later = object.begin(); later != object.end(); ++later) {
      for (auto earlier = object.begin(); earlier != later; ++earlier) {
        if ((*earlier).name() == (*later).name()) {
          refuse(path_of(depth) + std::string((*later).name()), "is given twice");
        }
      }
    }
  }

  /// How a member of the container that is open at `depth` is addressed: "contact_channels[2]." before its name.
  std::string path_of(std::size_t depth) const {
    std::string path;
    for (std::size_t i = 0; i < depth; ++i) {
      const Node& parent = nodes_[path_[i]];
      if (parent.kind == JsonKind::array) {
        path += "[" + std::to_string(parent.size - 1) + "]";
      } else {
        if (!path.empty()) path += ".";
        path += nodes_[path_[i + 1]].name;
      }
    }
    return path.empty() ? path : path + ".";
  }

  ondemand::parser parser_;
  std::vector<char> text_;  // '[', the body, ']', zeros.
  std::size_t length_ = 0;  // Without the zeros.
  std::vector<Node> nodes_;
  std::vector<std::string_view> names_;
  std::array<std::size_t, kJsonDepthMax + 1> path_{};  // The nodes of the containers that are open.
};

JsonDocument::JsonDocument() : parser_(std::make_unique<Parser>()) {}
JsonDocument::~JsonDocument() = default;

Json JsonDocument::parse(std::string_view body) { return parser_->parse(body); }

}  // namespace cardfile::wire
