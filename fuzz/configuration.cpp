// Settings: any file, flag and variable is understood or refused with a sentence. The first line is a flag's value,
// the second a variable, the rest the file.

#include <sys/mman.h>
#include <unistd.h>

#include <string>

#include "base/config.h"
#include "cli/settings.h"
#include "fuzz/target.h"

namespace cardfile::fuzz {

namespace {

template <class Act>
void configure(Act&& act) {
  try {
    act();
  } catch (const base::ConfigError& error) {
    promise(!std::string_view(error.what()).empty(), "a refusal says why");
  }
}

}  // namespace

void target(std::string_view bytes) {
  const std::string_view flag = cut(bytes, '\n');
  const std::string_view variable = cut(bytes, '\n');
  static const int file = ::memfd_create("settings", MFD_CLOEXEC);
  promise(::ftruncate(file, 0) == 0 && ::pwrite(file, bytes.data(), bytes.size(), 0) >= 0, "the file can be written");

  base::Config config = cli::all_settings();
  configure([&] {
    config.read_file("/proc/self/fd/" + std::to_string(file));
    cli::serve_settings(config);
  });
  for (const auto& key : config.keys()) configure([&] { config.read_flag(key.name, flag); });
  configure([&] { config.read_environment(std::vector{std::string(variable)}); });
  configure([&] { cli::serve_settings(config); });
  configure([&] { cli::parse_listen(flag); });
  base::nearest(flag, std::vector<std::string>{"listen", "data"});
}

}  // namespace cardfile::fuzz
