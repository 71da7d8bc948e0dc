#pragma once
// Config: settings out of flags, the environment and a TOML file, in that order of precedence.

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cardfile::base {

/// A setting cannot be understood. The sentence names it, where it was given, and what is allowed.
class ConfigError : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

using ConfigValue = std::variant<std::string, std::int64_t, bool>;

/// A setting that exists. Its type is the fallback's.
struct ConfigKey {
  std::string name;  // "idle_timeout_ms": lower case, words joined by '_', the unit last.
  std::string help;
  ConfigValue fallback;
  std::int64_t min = 0;  // For numbers: the smallest and the largest allowed.
  std::int64_t max = INT64_MAX;
  std::vector<std::string> choices = {};  // For texts: what is allowed; empty means anything.
  std::string form = {};                  // For texts: how a value looks, for the help: "HOST:PORT".
  bool in_file = true;                    // Whether a file may have it.
};

/// The values of a fixed set of keys. What is read may come in any order; a flag wins over the environment, the
/// environment over the file, the file over the fallback. Every function that reads throws ConfigError.
class Config {
 public:
  /// `prefix` begins every environment variable that is ours: with "CARDFILE_", key `listen` is CARDFILE_LISTEN.
  Config(std::string prefix, std::vector<ConfigKey> keys);

  const std::vector<ConfigKey>& keys() const { return keys_; }

  void read_flag(std::string_view name, std::string_view text);
  /// `variables` as environ has them, "NAME=value"; those without the prefix are not ours. One that has the prefix and
  /// names no key is an error, because a misspelt setting would be ignored in silence. Only those are passed over by
  /// which Kubernetes tells each container of the services around it: of one that is called cardfile, CARDFILE_PORT.
  void read_environment(std::span<const std::string> variables);
  void read_file(const std::filesystem::path& file);

  const std::string& text(std::string_view name) const;
  std::int64_t number(std::string_view name) const;
  bool yes(std::string_view name) const;

  /// Whether somebody chose the value.
  bool is_given(std::string_view name) const;

 private:
  enum class Source { fallback, file, environment, flag };
  struct Setting {
    ConfigValue value;
    Source source = Source::fallback;
  };

  const ConfigKey* find(std::string_view name) const;
  const Setting& setting(std::string_view name) const;
  void set(const ConfigKey& key, ConfigValue value, Source source);
  std::vector<std::string> names() const;

  std::string prefix_;
  std::vector<ConfigKey> keys_;
  std::map<std::string, Setting, std::less<>> settings_;
};

/// `key`'s name as a flag: "--idle-timeout-ms".
std::string flag_of(const ConfigKey& key);

/// The environment of this process, as Config takes it.
std::vector<std::string> environment_variables();

/// Which of `known` somebody who wrote `word` may have meant; empty when none is near.
std::string nearest(std::string_view word, std::span<const std::string> known);

}  // namespace cardfile::base
