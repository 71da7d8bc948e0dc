#pragma once
// Folder: where the files are, held by one process at a time.

#include <filesystem>

namespace cardfile::store::sqlite {

/// The data folder, made when it does not exist and locked for as long as this object lives. People other than the
/// owner can read nothing in it.
class Folder {
 public:
  /// Throws OpenError.
  explicit Folder(std::filesystem::path path);
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  /// Gives the lock back and takes its file away.
  ~Folder();

  const std::filesystem::path& database() const { return database_; }
  /// What is made of the database to find its contacts quickly.
  const std::filesystem::path& search_index() const { return search_index_; }

 private:
  std::filesystem::path lock_file_;
  std::filesystem::path database_;
  std::filesystem::path search_index_;
  int lock_ = -1;
};

}  // namespace cardfile::store::sqlite
