#include "http/path.h"

#include <algorithm>

namespace cardfile::http {

namespace {

void skip_slashes(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of('/'), text.size())); }

bool is_version(std::string_view segment) {
  return segment.size() > 1 && segment.front() == 'v' &&
         segment.find_first_not_of("0123456789", 1) == std::string_view::npos;
}

}  // namespace

PathSegments::PathSegments(std::string_view path) {
  if (path.starts_with('/')) {
    skip_slashes(path);
    if (path.ends_with('/')) path.remove_suffix(1);
    rest_ = path;
  }
  at_end_ = rest_.empty();
}

std::string_view PathSegments::next() {
  const std::size_t slash = rest_.find('/');
  const std::string_view segment = rest_.substr(0, slash);
  at_end_ = slash == std::string_view::npos;
  rest_.remove_prefix(at_end_ ? rest_.size() : slash + 1);
  ++given_;
  const bool may_end_base = !is_behind_version_ && (given_ == 1 || (given_ == 2 && is_version(segment)));
  if (may_end_base) skip_slashes(rest_);
  is_behind_version_ = is_behind_version_ || is_version(segment);
  return segment;
}

}  // namespace cardfile::http
