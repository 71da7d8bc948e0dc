#pragma once
// Indexer: the thread that keeps the search index.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "store/sqlite/db.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/search_file.h"
#include "store/sqlite/search_writer.h"

namespace cardfile::store::sqlite {

/// As SqliteOptions::on_indexing.
using IndexingListener = std::function<void(const std::string& what)>;

/// Works when there is news and yields to everybody else: its thread has the lowest priority, while many writes come in
/// it takes small steps and long pauses, and the writer waits for it no longer than it takes to copy the memtable.
class Indexer {
 public:
  /// `memtable` and `file` are lent. `tell` is called on the indexer's thread.
  Indexer(const ConnectionOptions& contacts, const Memtable& memtable, SearchFile& file, IndexingListener tell);
  Indexer(const Indexer&) = delete;
  Indexer& operator=(const Indexer&) = delete;
  ~Indexer() { stop(); }

  /// So many commands were committed. Cheap; from any thread.
  void wake(std::size_t commands);

  /// Ends after the step that is being taken.
  void stop();

 private:
  void run(const std::stop_token& stop);
  /// Null when the thread is to end.
  std::unique_ptr<SearchWriter> open(const std::stop_token& stop);
  void follow(SearchWriter& writer, const std::stop_token& stop);
  void catch_up(SearchWriter& writer, const std::stop_token& stop);
  /// Takes one step; false when there was nothing to do.
  bool step(SearchWriter& writer, const std::stop_token& stop);
  /// The store is closed.
  void finish(SearchWriter& writer) const;
  /// Until later, what cannot be done now; tells of it the first time.
  void put_off(const std::exception& error, const std::stop_token& stop);
  /// For as long as the store is open.
  void give_up(const std::string& why);
  bool has_news();
  /// False when the thread is to end.
  bool wait_for_news(const std::stop_token& stop);
  void pause(const std::stop_token& stop, std::chrono::milliseconds duration);
  void tell(const std::string& what) const;

  const ConnectionOptions contacts_;
  const Memtable& memtable_;
  SearchFile& file_;
  const IndexingListener tell_;

  std::atomic<std::uint64_t> commands_ = 0;
  bool told_of_putting_off_ = false;  // Of the indexer's thread.

  std::mutex mutex_;
  std::condition_variable_any changed_;
  bool news_ = true;  // Guarded by mutex_.

  std::jthread thread_;  // Last, so that it ends first.
};

}  // namespace cardfile::store::sqlite
