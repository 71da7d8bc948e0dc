#pragma once
// PathSegments: a request's path, segment by segment, as the router reads it.

#include <string_view>

namespace cardfile::http {

/// "/v1/contact/7" has "v1", "contact" and "7", as they were sent. A client that is given a base URL with a slash at
/// its end, "…/" or "…/tool/v1/", joins it with "/contact": any number of slashes count as one before the first
/// segment, after it, and after a second one that is the version ("v1"). One at the path's end is passed over. Anywhere
/// else two slashes have an empty segment between them. A path that does not begin with a slash has no segments.
class PathSegments {
 public:
  explicit PathSegments(std::string_view path);

  bool at_end() const { return at_end_; }

  /// The next segment; empty at the end.
  std::string_view next();

 private:
  std::string_view rest_;
  bool at_end_ = false;
  int given_ = 0;  // How many of them.
  bool is_behind_version_ = false;
};

}  // namespace cardfile::http
