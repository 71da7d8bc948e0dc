#pragma once
// Ownership: what root makes in the folder of another user has to be that user's, or the user's server cannot open it.

#include <filesystem>

namespace cardfile::base {

/// When this process is root's, gives a file that it has just made, and that `file` names, the owner and group of its
/// folder. False, with errno, when that fails. Never for a file that was there: its name may be a link of that user's.
bool give_to_owner_of_folder(int descriptor, const std::filesystem::path& file);

/// Opens `file` for reading and writing; when there is none, makes it, for the folder's owner alone. -1, with errno,
/// when that fails. `further_flags` such as O_NOFOLLOW.
int open_or_make(const std::filesystem::path& file, int further_flags = 0);

}  // namespace cardfile::base
