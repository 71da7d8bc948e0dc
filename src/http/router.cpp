#include "http/router.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "http/path.h"
#include "http/percent.h"

namespace cardfile::http {

namespace {

// More parameters than any pattern has: what they match is kept on the stack until the route is known.
constexpr std::size_t kParametersMax = 8;

constexpr bool kPlusIsItself = false;

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

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
    const PathSegments segments(path);
    return segments.at_end() ? path == "/" && accept(nodes.front()) : descend(nodes.front(), segments, accept);
  }

 private:
  template <class Accept>
  bool descend(const Node& node, PathSegments segments, const Accept& accept) {
    const std::string_view segment = segments.next();
    if (segment.empty()) return false;
    const auto enter = [&](std::size_t next) {
      return segments.at_end() ? accept(nodes[next]) : descend(nodes[next], segments, accept);
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
  for (PathSegments segments(pattern); !segments.at_end();) {
    const std::string_view segment = segments.next();
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
