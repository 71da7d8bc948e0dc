#include "http/router.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "http/percent.h"

namespace cardfile::http {

namespace {

// More parameters than any pattern has: what they match is kept on the stack until the route is known.
constexpr std::size_t kParametersMax = 8;

constexpr bool kPlusIsItself = false;

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

void skip_slashes(std::string_view& text) { text.remove_prefix(std::min(text.find_first_not_of('/'), text.size())); }

/// The path without its leading slashes and one trailing slash; nothing when it has no leading slash.
std::optional<std::string_view> trimmed(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  skip_slashes(path);
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

/// Cuts the first segment off `rest`; `last` tells that nothing follows it.
std::string_view cut_segment(std::string_view& rest, bool& last) {
  const std::size_t slash = rest.find('/');
  last = slash == std::string_view::npos;
  const std::string_view segment = rest.substr(0, slash);
  rest.remove_prefix(last ? rest.size() : slash + 1);
  return segment;
}

template <class Pairs>
auto find_key(Pairs& pairs, std::string_view key) {
  return std::find_if(pairs.begin(), pairs.end(), [key](const auto& pair) { return pair.first == key; });
}

}  // namespace

/// Visits the nodes that a path may end at, literals before parameters, until `accept` takes one.
struct Router::Walk {
  const std::vector<Node>& nodes;
  std::array<std::string_view, kParametersMax> parameters{};
  std::size_t parameter_count = 0;

  template <class Accept>
  bool visit(std::string_view path, const Accept& accept) {
    const auto rest = trimmed(path);
    if (!rest) return false;
    return rest->empty() ? path == "/" && accept(nodes.front()) : descend(nodes.front(), *rest, accept);
  }

 private:
  template <class Accept>
  bool descend(const Node& node, std::string_view rest, const Accept& accept) {
    bool last = false;
    const std::string_view segment = cut_segment(rest, last);
    if (segment.empty()) return false;
    // A client that is given a base URL with a slash at its end, "…/" or "…/v1/", joins it with "/contact".
    if (&node == &nodes.front()) skip_slashes(rest);
    const auto enter = [&](std::size_t next) {
      return last ? accept(nodes[next]) : descend(nodes[next], rest, accept);
    };

    const auto literal = find_key(node.literals, segment);
    if (literal != node.literals.end() && enter(literal->second)) return true;
    if (!node.parameter || !is_decodable(segment)) return false;
    parameters[parameter_count++] = segment;
    if (enter(*node.parameter)) return true;
    --parameter_count;
    return false;
  }
};

std::size_t Router::child(std::size_t node, std::string_view segment) {
  if (is_parameter(segment)) {
    if (nodes_[node].parameter) return *nodes_[node].parameter;
    nodes_[node].parameter = nodes_.size();
  } else {
    const auto known = find_key(nodes_[node].literals, segment);
    if (known != nodes_[node].literals.end()) return known->second;
    nodes_[node].literals.emplace_back(segment, nodes_.size());
  }
  nodes_.emplace_back();
  return nodes_.size() - 1;
}

std::size_t Router::add(std::string_view method, std::string_view pattern) {
  assert(pattern.starts_with('/'));
  std::size_t node = 0;
  std::size_t parameters = 0;
  std::string_view rest = pattern.substr(1);
  for (bool last = rest.empty(); !last;) {
    const std::string_view segment = cut_segment(rest, last);
    parameters += is_parameter(segment) ? 1 : 0;
    node = child(node, segment);
  }
  assert(parameters <= kParametersMax);
  assert(find_key(nodes_[node].routes, method) == nodes_[node].routes.end());
  nodes_[node].routes.emplace_back(method, route_count_);
  return route_count_++;
}

std::optional<Match> Router::find(std::string_view method, std::string_view path) const {
  Walk walk{nodes_};
  std::size_t route = 0;
  const bool found = walk.visit(path, [&](const Node& node) {
    const auto known = find_key(node.routes, method);
    if (known == node.routes.end()) return false;
    route = known->second;
    return true;
  });
  if (!found) return method == "HEAD" ? find("GET", path) : std::nullopt;

  Match match{.route = route, .parameters = std::vector<std::string>(walk.parameter_count)};
  for (std::size_t i = 0; i < walk.parameter_count; ++i) {
    append_decoded(match.parameters[i], walk.parameters[i], kPlusIsItself);
  }
  return match;
}

std::string Router::allowed(std::string_view path) const {
  std::vector<std::string_view> methods;
  Walk walk{nodes_};
  walk.visit(path, [&](const Node& node) {
    for (const auto& [method, route] : node.routes) {
      methods.push_back(method);
      if (method == "GET") methods.push_back("HEAD");
    }
    return false;
  });
  std::sort(methods.begin(), methods.end());
  methods.erase(std::unique(methods.begin(), methods.end()), methods.end());

  std::string list;
  for (const std::string_view method : methods) {
    if (!list.empty()) list += ", ";
    list += method;
  }
  return list;
}

}  // namespace cardfile::http
