#pragma once
// Record: what a campaign has come to, kept in a file so that it can be resumed.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "prove/campaign.h"

namespace cardfile::prove {

struct CheckRecord {
  Progress progress;
  std::int64_t seconds = 0;

  friend bool operator==(const CheckRecord&, const CheckRecord&) = default;
};

struct Record {
  std::uint64_t seed = 0;
  std::string commit;
  std::map<std::string, CheckRecord> checks;  // By name.

  friend bool operator==(const Record&, const Record&) = default;
};

/// None when there is no such file. Throws std::runtime_error when it is something else.
std::optional<Record> read_record(const std::filesystem::path& file);
/// Replaces the file in one step. Throws std::runtime_error.
void write_record(const std::filesystem::path& file, const Record& record);

}  // namespace cardfile::prove
