// cardfile-fill: makes a data folder with a team of N contacts, those of population.h, for the programs that measure.

#include <chrono>
#include <cstdint>
#include <exception>
#include <filesystem>
#include <iostream>
#include <stdexcept>

#include <CLI/CLI.hpp>

#include "bench/filling.h"
#include "bench/population.h"
#include "store/open.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/search_file.h"
#include "store/sqlite/search_writer.h"

namespace {

using namespace cardfile;

void fill(const std::filesystem::path& folder, const bench::Population& population) {
  if (std::filesystem::exists(folder)) throw std::runtime_error(folder.native() + " exists already");
  const auto store = store::open_sqlite({.folder = folder, .indexing = store::Indexing::none}, bench::now);
  const core::TeamId team = bench::create_team(*store);
  bench::create_contacts(*store, team, population, [&population](std::uint64_t done) {
    std::cerr << "cardfile-fill: " << done << " of " << population.contacts << " contacts\n";
  });
}

/// As a server would do it beside its other work; programs that measure want to have it behind them.
void index(const std::filesystem::path& folder) {
  const auto begin = std::chrono::steady_clock::now();
  store::sqlite::SearchFile file(folder / "search.db", false);
  const store::sqlite::Memtable nothing_newer;
  store::sqlite::SearchWriter writer({.file = folder / "cardfile.db"}, nothing_newer, file);
  while (writer.step()) {
  }
  writer.finish();
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  std::cerr << "cardfile-fill: the search index took " << taken.count() << " s\n";
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Makes a data folder with contacts to measure with.", "cardfile-fill");
  std::filesystem::path folder;
  bench::Population population{.contacts = 10'000};
  app.add_option("--data", folder, "The folder, which must not exist yet")->required();
  app.add_option("--contacts", population.contacts, "How many")
      ->capture_default_str()
      ->check(CLI::Range(std::uint64_t{0}, bench::kContactsMax));
  app.add_option("--custom-size", population.custom_size, "Characters of each one's custom values")
      ->capture_default_str()
      ->check(CLI::Range(bench::UpdateBody::kCustomSize, bench::UpdateBody::kCustomSizeMax));
  try {
    app.parse(argc, argv);
    fill(folder, population);
    index(folder);
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "cardfile-fill: " << error.what() << "\n";
    return 1;
  }
}
