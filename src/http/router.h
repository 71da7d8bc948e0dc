#pragma once
// Router: finds the route of a method and a path.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cardfile::http {

/// What matched. `parameters` are the path's segments at the pattern's {names}, in order, percent-decoded.
struct Match {
  std::size_t route = 0;  // The index that add() gave.
  std::vector<std::string> parameters;
};

class Router {
 public:
  /// `pattern` is "/v1/contact/{id}"; literal segments win over parameters, the leftmost first. Two routes with the
  /// same method and shape are a programming error (assert). Returns the route's index: 0, 1, 2, …
  std::size_t add(std::string_view method, std::string_view pattern);

  /// Literal segments are compared as sent, a parameter is percent-decoded, and one that cannot be decoded or is empty
  /// fits no route. Slashes are read as PathSegments says, HEAD is served by GET. None when no route fits; then
  /// allowed() tells 404 from 405.
  std::optional<Match> find(std::string_view method, std::string_view path) const;

  /// The methods that the path has, for Allow: "GET, HEAD, PUT"; empty when the path is unknown.
  std::string allowed(std::string_view path) const;

 private:
  struct Node {
    std::vector<std::pair<std::string, std::size_t>> literals;  // Next segment and its node.
    std::optional<std::size_t> parameter;                       // The node after a segment of any text.
    std::vector<std::pair<std::string, std::size_t>> routes;    // Method and route of a path that ends here.
  };
  struct Walk;

  std::size_t child(std::size_t node, std::string_view segment);

  std::vector<Node> nodes_{1};  // A tree of segments; the first node is its root.
  std::size_t route_count_ = 0;
};

}  // namespace cardfile::http
