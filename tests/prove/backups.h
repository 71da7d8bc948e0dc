#pragma once
// backups: a backup that is made under load is a state that there was.

#include <cstddef>
#include <filesystem>
#include <functional>

#include "prove/campaign.h"

namespace cardfile::prove {

struct BackupSize {
  std::size_t steps = 400;  // Of the script that runs meanwhile.
  int writers = 8;          // That write besides, as fast as they can.
};

/// Makes the data folder `to` of the one at `from`.
using BackUp = std::function<void(const std::filesystem::path& from, const std::filesystem::path& to)>;

/// `cardfile backup`, in a process of its own. Throws std::runtime_error with what it said when it fails.
void back_up_by_command(const std::filesystem::path& from, const std::filesystem::path& to);

/// A unit: backups are made one after another while a script runs, other writers write and the log is copied into the
/// database. Each backup opens, passes check(), has everything that was acknowledged before it was begun and nothing
/// that was not sent before it was done, no part of a submission, and each team's log is a prefix of the team's log.
void backups(Campaign& campaign, const BackupSize& size, const BackUp& back_up);
void backups(Campaign& campaign);

}  // namespace cardfile::prove
