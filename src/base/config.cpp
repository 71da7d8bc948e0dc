#include "base/config.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <numeric>
#include <optional>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <toml++/toml.h>
#include <unistd.h>

namespace cardfile::base {
namespace {

std::string replaced(std::string_view text, char from, char to) {
  std::string result(text);
  std::ranges::replace(result, from, to);
  return result;
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& letter : result) {
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  }
  return result;
}

/// Letters to insert, delete, change, or swap with their neighbour, to get from one word to the other.
std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last;
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t change = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, change});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row.back();
}

std::string suggestion(std::string_view word, std::span<const std::string> known) {
  const std::string meant = nearest(word, known);
  return meant.empty() ? std::string() : fmt::format(": did you mean '{}'?", meant);
}

std::string what_is_allowed(const ConfigKey& key) {
  if (std::holds_alternative<bool>(key.fallback)) return "true or false";
  if (std::holds_alternative<std::int64_t>(key.fallback)) {
    if (key.max == INT64_MAX) return fmt::format("a whole number, at least {}", key.min);
    return fmt::format("a whole number from {} to {}", key.min, key.max);
  }
  if (!key.choices.empty()) return fmt::format("one of {}", fmt::join(key.choices, ", "));
  return "a text";
}

[[noreturn]] void refuse(std::string_view where, const ConfigKey& key) {
  throw ConfigError(fmt::format("{} must be {}.", where, what_is_allowed(key)));
}

/// Whether the value keeps to what the key says, types aside.
bool is_allowed(const ConfigKey& key, const ConfigValue& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number >= key.min && *number <= key.max;
  if (const auto* text = std::get_if<std::string>(&value)) {
    return key.choices.empty() || std::ranges::find(key.choices, *text) != key.choices.end();
  }
  return true;
}

std::optional<ConfigValue> parse(const ConfigKey& key, std::string_view text) {
  if (std::holds_alternative<std::string>(key.fallback)) return std::string(text);
  if (std::holds_alternative<bool>(key.fallback)) {
    if (text == "true" || text == "1") return true;
    if (text == "false" || text == "0") return false;
    return std::nullopt;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// `where` is how the setting is called there: "--threads", "CARDFILE_THREADS".
ConfigValue parse_or_refuse(const ConfigKey& key, std::string_view text, std::string_view where) {
  auto value = parse(key, text);
  if (!value || !is_allowed(key, *value)) refuse(where, key);
  return *std::move(value);
}

std::optional<ConfigValue> value_of(const ConfigKey& key, const toml::node& node) {
  if (std::holds_alternative<std::string>(key.fallback)) {
    if (const auto* text = node.as_string()) return text->get();
  } else if (std::holds_alternative<bool>(key.fallback)) {
    if (const auto* yes = node.as_boolean()) return yes->get();
  } else if (const auto* number = node.as_integer()) {
    return number->get();
  }
  return std::nullopt;
}

bool is_digits(std::string_view word) {
  return !word.empty() && std::ranges::all_of(word, [](char letter) { return letter >= '0' && letter <= '9'; });
}

/// <SERVICE>_SERVICE_HOST, <SERVICE>_SERVICE_PORT and _SERVICE_PORT_<NAME>, <SERVICE>_PORT with a URL, and
/// <SERVICE>_PORT_<number>_<protocol> with _ADDR, _PORT and _PROTO.
bool tells_of_a_service(std::string_view name, std::string_view text) {
  std::string_view before;
  while (!name.empty()) {
    const std::string_view word = name.substr(0, name.find('_'));
    name.remove_prefix(std::min(word.size() + 1, name.size()));
    if (before == "SERVICE" && (word == "HOST" || word == "PORT")) return true;
    if (before == "PORT" && is_digits(word)) return true;
    before = word;
  }
  return before == "PORT" && text.find("://") != std::string_view::npos;
}

toml::table parse_file(const std::filesystem::path& file) {
  std::error_code hidden;
  if (std::filesystem::is_directory(file, hidden)) {
    // As a stream it would be an empty file.
    throw ConfigError(fmt::format("The configuration file {} cannot be read: it is a folder.", file.native()));
  }
  try {
    return toml::parse_file(file.native());
  } catch (const toml::parse_error& error) {
    const auto place = error.source().begin;
    if (!place) {
      throw ConfigError(
          fmt::format("The configuration file {} cannot be read. Check its path and permissions.", file.native()));
    }
    throw ConfigError(
        fmt::format("{}, line {}, column {}: {}", file.native(), place.line, place.column, error.description()));
  }
}

}  // namespace

Config::Config(std::string prefix, std::vector<ConfigKey> keys) : prefix_(std::move(prefix)), keys_(std::move(keys)) {
  for (const ConfigKey& key : keys_) settings_.emplace(key.name, Setting{key.fallback, Source::fallback});
}

void Config::read_flag(std::string_view name, std::string_view text) {
  const ConfigKey* key = find(name);
  assert(key);
  set(*key, parse_or_refuse(*key, text, flag_of(*key)), Source::flag);
}

void Config::read_environment(std::span<const std::string> variables) {
  for (const std::string& variable : variables) {
    if (!variable.starts_with(prefix_)) continue;
    const auto end = variable.find('=');
    const std::string name = variable.substr(0, end);
    const auto text = end == std::string::npos ? std::string_view() : std::string_view(variable).substr(end + 1);
    const auto key =
        std::ranges::find(keys_, name, [this](const ConfigKey& known) { return prefix_ + upper(known.name); });
    if (key == keys_.end()) {
      if (tells_of_a_service(name, text)) continue;
      std::vector<std::string> known = names();
      for (std::string& each : known) each = prefix_ + upper(each);
      throw ConfigError(fmt::format("unknown environment variable '{}'{}", name, suggestion(name, known)));
    }
    set(*key, parse_or_refuse(*key, text, name), Source::environment);
  }
}

void Config::read_file(const std::filesystem::path& file) {
  const toml::table table = parse_file(file);
  for (const auto& [name, node] : table) {
    const ConfigKey* key = find(name.str());
    if (!key) {
      throw ConfigError(fmt::format("unknown key '{}' in {}{}", name.str(), file.filename().native(),
                                    suggestion(name.str(), names())));
    }
    if (!key->in_file) {
      throw ConfigError(fmt::format("'{}' in {} has no effect: give it as {} or in the environment.", key->name,
                                    file.filename().native(), flag_of(*key)));
    }
    auto value = value_of(*key, node);
    if (!value || !is_allowed(*key, *value)) {
      refuse(fmt::format("'{}' in {}", key->name, file.filename().native()), *key);
    }
    set(*key, *std::move(value), Source::file);
  }
}

const std::string& Config::text(std::string_view name) const { return std::get<std::string>(setting(name).value); }

std::int64_t Config::number(std::string_view name) const { return std::get<std::int64_t>(setting(name).value); }

bool Config::yes(std::string_view name) const { return std::get<bool>(setting(name).value); }

bool Config::is_given(std::string_view name) const { return setting(name).source != Source::fallback; }

const ConfigKey* Config::find(std::string_view name) const {
  const auto key = std::ranges::find(keys_, name, &ConfigKey::name);
  return key == keys_.end() ? nullptr : &*key;
}

const Config::Setting& Config::setting(std::string_view name) const {
  const auto found = settings_.find(name);
  assert(found != settings_.end());
  return found->second;
}

void Config::set(const ConfigKey& key, ConfigValue value, Source source) {
  Setting& setting = settings_.find(key.name)->second;
  if (source >= setting.source) setting = {std::move(value), source};
}

std::vector<std::string> Config::names() const {
  std::vector<std::string> names;
  for (const ConfigKey& key : keys_) names.push_back(key.name);
  return names;
}

std::string flag_of(const ConfigKey& key) { return "--" + replaced(key.name, '_', '-'); }

std::vector<std::string> environment_variables() {
  std::vector<std::string> variables;
  for (char** variable = environ; variable && *variable; ++variable) variables.emplace_back(*variable);
  return variables;
}

std::string nearest(std::string_view word, std::span<const std::string> known) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 4) + 1;
  for (const std::string& candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace cardfile::base
