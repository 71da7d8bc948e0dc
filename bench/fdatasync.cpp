// cardfile-fdatasync: what the disk alone allows. Writes 4 KiB to the end of a file and waits until they are durable,
// over and over, and tells how long that takes.

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <string>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include "bench/histogram.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBlock = 4096;

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

/// A file that is gone when the program is.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& folder) : path_(folder + "/fdatasync.scratch") {
    descriptor_ = open(path_.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor_ < 0) fail(path_);
    unlink(path_.c_str());
  }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() { close(descriptor_); }

  void write_durably(const std::array<char, kBlock>& block, std::uint64_t index) const {
    const auto at = static_cast<off_t>(index * kBlock);
    if (pwrite(descriptor_, block.data(), block.size(), at) != static_cast<ssize_t>(block.size())) fail(path_);
    if (fdatasync(descriptor_) != 0) fail(path_);
  }

 private:
  std::string path_;
  int descriptor_ = -1;
};

/// The times of as many writes as fit into `seconds`. With `blocks` the file has that size beforehand and is written
/// over again from its start, as a log is that is used again; without, each write makes it longer, which is dearer.
cardfile::bench::Histogram measure(const ScratchFile& file, double seconds, std::uint64_t blocks) {
  std::array<char, kBlock> block{};
  block.fill('x');
  for (std::uint64_t i = 0; i < blocks; ++i) file.write_durably(block, i);
  cardfile::bench::Histogram times;
  auto now = Clock::now();
  const auto end = now + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  for (std::uint64_t i = 0; now < end; ++i) {
    file.write_durably(block, blocks == 0 ? i : i % blocks);
    const auto after = Clock::now();
    times.add(static_cast<std::uint64_t>((after - now).count()));
    now = after;
  }
  return times;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures 4 KiB of writing and fdatasync.", "cardfile-fdatasync");
  std::string folder = ".";
  double seconds = 5;
  bool overwrite = false;
  bool json = false;
  app.add_option("folder", folder, "Where to write: on the disk in question")->required();
  app.add_option("--seconds", seconds, "How long")->capture_default_str();
  app.add_flag("--overwrite", overwrite, "Write over 4 MiB that are there already instead of appending");
  app.add_flag("--json", json, "Print one JSON object");
  try {
    app.parse(argc, argv);
    constexpr std::uint64_t kBlocks = 1024;
    const auto times = measure(ScratchFile(folder), seconds, overwrite ? kBlocks : 0);
    const auto us = [&times](double share) { return static_cast<double>(times.quantile(share)) / 1'000; };
    std::printf(json ? "{\"writes_per_second\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f}\n"
                     : "%.0f writes/s, p50 %.0f us, p99 %.0f us\n",
                static_cast<double>(times.total()) / seconds, us(0.5), us(0.99));
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "cardfile-fdatasync: " << error.what() << "\n";
    return 1;
  }
}
