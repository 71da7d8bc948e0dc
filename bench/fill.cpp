// cardfile-fill: makes a data folder with a team of N contacts, those of population.h, for the programs that measure.

#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "bench/filling.h"
#include "bench/population.h"
#include "store/open.h"

namespace {

using namespace cardfile;

void fill(const std::filesystem::path& folder, std::uint64_t contacts) {
  if (std::filesystem::exists(folder)) throw std::runtime_error(folder.native() + " exists already");
  const auto store = store::open_sqlite({.folder = folder, .indexing = store::Indexing::none}, bench::now);
  const core::TeamId team = bench::create_team(*store);
  bench::create_contacts(*store, team, contacts, [contacts](std::uint64_t done) {
    std::cerr << "cardfile-fill: " << done << " of " << contacts << " contacts\n";
  });
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Makes a data folder with contacts to measure with.", "cardfile-fill");
  std::filesystem::path folder;
  std::uint64_t contacts = 10'000;
  app.add_option("--data", folder, "The folder, which must not exist yet")->required();
  app.add_option("--contacts", contacts, "How many")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{1}, bench::kContactsMax));
  try {
    app.parse(argc, argv);
    fill(folder, contacts);
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "cardfile-fill: " << error.what() << "\n";
    return 1;
  }
}
