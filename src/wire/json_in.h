#pragma once
// JSON in: a document checked from end to end, and handles to its values.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>

namespace cardfile::wire {

/// Containers may be nested this deep.
inline constexpr std::size_t kJsonDepthMax = 32;

/// Values that one document may have, containers and what is in them: what the largest bulk call needs, several times.
inline constexpr std::size_t kJsonValuesMax = 200'000;

/// What a value is. An `integer` is written without fraction and exponent; 1.0 and 1e2 are a `number`.
enum class JsonKind : std::uint8_t { null, boolean, integer, number, string, array, object };

/// A value of a JsonDocument. As light as a pointer, and valid as long as the document is neither parsed into again
/// nor gone.
class Json {
 public:
  class Iterator;

  JsonKind kind() const { return node_->kind; }
  bool is(JsonKind kind) const { return node_->kind == kind; }

  /// Of a boolean.
  bool boolean() const {
    assert(is(JsonKind::boolean));
    return node_->integer != 0;
  }
  /// Of an integer.
  std::int64_t integer() const {
    assert(is(JsonKind::integer));
    return node_->integer;
  }
  /// A string with its escapes resolved; an integer or number as the document spells it. Valid UTF-8. It may hold any
  /// character, U+0000 too.
  std::string_view text() const { return node_->text; }
  /// As a member of an object: its name with the escapes resolved. Empty for every other value.
  std::string_view name() const { return node_->name; }

  /// Items of an array, members of an object; 0 for every other value.
  std::size_t size() const { return node_->size; }
  bool empty() const { return node_->size == 0; }
  Iterator begin() const;
  Iterator end() const;

  /// The member of that name; none when there is none, or this is no object.
  std::optional<Json> find(std::string_view name) const;
  /// The same, but none also when the member is null: what a caller left open in either way.
  std::optional<Json> given(std::string_view name) const;

 private:
  friend class JsonDocument;

  /// Nodes stand in the order of the text: a container's children follow it.
  struct Node {
    JsonKind kind = JsonKind::null;
    std::uint32_t size = 0;
    std::uint32_t span = 1;  // Nodes of the whole value: the next sibling is that far away.
    std::int64_t integer = 0;
    std::string_view name;
    std::string_view text;
  };

  explicit Json(const Node* node) : node_(node) {}

  const Node* node_;
};

class Json::Iterator {
 public:
  using value_type = Json;
  using difference_type = std::ptrdiff_t;

  Iterator() = default;
  Json operator*() const { return Json(node_); }
  Iterator& operator++() {
    node_ += node_->span;
    return *this;
  }
  Iterator operator++(int) {
    Iterator before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const Iterator&, const Iterator&) = default;

 private:
  friend class Json;
  explicit Iterator(const Node* node) : node_(node) {}

  const Node* node_ = nullptr;
};

inline Json::Iterator Json::begin() const { return Iterator(node_ + 1); }
inline Json::Iterator Json::end() const { return Iterator(empty() ? node_ + 1 : node_ + node_->span); }

inline std::optional<Json> Json::find(std::string_view name) const {
  if (!is(JsonKind::object)) return std::nullopt;
  for (const Json member : *this) {
    if (member.name() == name) return member;
  }
  return std::nullopt;
}

inline std::optional<Json> Json::given(std::string_view name) const {
  const auto member = find(name);
  return member && !member->is(JsonKind::null) ? member : std::nullopt;
}

/// Reads documents, one after the other, into memory that it keeps: parsing again allocates nothing unless the document
/// is larger than those before, or of at most 64 KiB after a much larger one, whose memory is given back. For one
/// thread at a time.
class JsonDocument {
 public:
  JsonDocument();
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;
  ~JsonDocument();

  /// Checks the whole of `body` and gives its value; `body` itself is not needed afterwards. Throws Error(bad_data)
  /// with one field at fault: the member's path for one that is given twice, otherwise "body" and the byte offset at
  /// which `body` stops being a JSON text (RFC 8259) in UTF-8, without byte order mark. Refused beyond the RFC's
  /// grammar are nesting past kJsonDepthMax, more than kJsonValuesMax values, an integer that 64 bits with sign cannot
  /// hold, a number that a double cannot, and an escaped surrogate without its other half.
  Json parse(std::string_view body);

 private:
  class Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace cardfile::wire
