#include "store/sqlite/indexer.h"

#include <chrono>
#include <exception>
#include <filesystem>
#include <stdexcept>
#include <utility>

#include <sys/resource.h>

namespace cardfile::store::sqlite {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kNice = 19;                        // When processors are short, requests go first.
constexpr milliseconds kBetweenPasses{50};       // So that changes come in together.
constexpr milliseconds kUntilAnotherTry{5'000};  // After a full disk, or a lock of another program.
// Writers that change contacts faster than they can be indexed are not helped by an index that takes their processor:
// after a step during which so many commands came in, the pause is so many times as long as the step.
constexpr double kManyCommandsPerSecond = 1'000;
constexpr int kPauseInSteps = 19;
constexpr std::int64_t kContactsPerReport = 100'000;
constexpr std::int64_t kContactsWorthReporting = 10'000;

}  // namespace

Indexer::Indexer(const ConnectionOptions& contacts, const Memtable& memtable, SearchFile& file, IndexingListener tell)
    : contacts_(contacts),
      memtable_(memtable),
      file_(file),
      tell_(std::move(tell)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void Indexer::wake(std::size_t commands) {
  commands_.fetch_add(commands, std::memory_order_relaxed);
  {
    const std::lock_guard lock(mutex_);
    if (news_) return;
    news_ = true;
  }
  changed_.notify_one();
}

void Indexer::stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Indexer::run(const std::stop_token& stop) {
  ::setpriority(PRIO_PROCESS, 0, kNice);  // In Linux that is this thread alone.
  try {
    const auto writer = open(stop);
    while (writer && wait_for_news(stop)) {
      follow(*writer, stop);
      pause(stop, kBetweenPasses);
    }
    if (writer && !file_.is_usable()) throw std::runtime_error("The search index is damaged");
    if (writer) finish(*writer);
  } catch (const std::exception& error) {
    give_up(error.what());
  }
}

std::unique_ptr<SearchWriter> Indexer::open(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      return std::make_unique<SearchWriter>(contacts_, memtable_, file_);
    } catch (const SqliteError& error) {
      if (file_.is_damaged(error)) throw;
      put_off(error, stop);
    } catch (const std::filesystem::filesystem_error& error) {
      put_off(error, stop);
    }
  }
  return nullptr;
}

void Indexer::follow(SearchWriter& writer, const std::stop_token& stop) {
  if (!file_.is_usable()) throw std::runtime_error("The search index is damaged");
  try {
    catch_up(writer, stop);
    told_of_putting_off_ = false;
    if (!has_news()) writer.rest();
  } catch (const SqliteError& error) {
    if (file_.is_damaged(error)) throw;
    put_off(error, stop);
    wake(0);
  }
}

void Indexer::finish(SearchWriter& writer) const {
  try {
    writer.finish();
  } catch (const SqliteError& error) {
    if (file_.is_damaged(error)) throw;
    // What is left in the log is there for the next start.
  }
}

void Indexer::put_off(const std::exception& error, const std::stop_token& stop) {
  if (!told_of_putting_off_)
    tell(std::string(error.what()) +
         "; the search index is tried again every few seconds, and filters are slow until then.");
  told_of_putting_off_ = true;
  pause(stop, kUntilAnotherTry);
}

void Indexer::catch_up(SearchWriter& writer, const std::stop_token& stop) {
  const auto begin = steady_clock::now();
  const auto built_before = writer.progress().built;
  auto told = built_before;
  while (!stop.stop_requested() && step(writer, stop)) {
    const auto built = writer.progress().built;
    if (built - told < kContactsPerReport) continue;
    told = built;
    tell("The search index is being built: " + std::to_string(built - built_before) + " contacts so far.");
  }
  const auto built = writer.progress().built - built_before;
  if (built >= kContactsWorthReporting && !writer.progress().building) {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(steady_clock::now() - begin).count();
    tell("The search index is built: " + std::to_string(built) + " contacts in " + std::to_string(seconds) + " s.");
  }
}

bool Indexer::step(SearchWriter& writer, const std::stop_token& stop) {
  const auto begin = steady_clock::now();
  const auto commands = commands_.load(std::memory_order_relaxed);
  if (!writer.step()) return false;
  const auto taken = std::chrono::duration<double>(steady_clock::now() - begin);
  const auto arrived = static_cast<double>(commands_.load(std::memory_order_relaxed) - commands);
  if (arrived > kManyCommandsPerSecond * taken.count())
    pause(stop, std::chrono::duration_cast<milliseconds>(kPauseInSteps * taken));
  return true;
}

void Indexer::give_up(const std::string& why) {
  file_.found_damaged();
  try {
    file_.remove();
  } catch (const std::filesystem::filesystem_error&) {
    // It will be found damaged again.
  }
  tell(why + "; searching goes through all contacts until the server is started again.");
}

bool Indexer::has_news() {
  const std::lock_guard lock(mutex_);
  return news_;
}

bool Indexer::wait_for_news(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [this] { return news_; }) || stop.stop_requested()) return false;
  news_ = false;
  return true;
}

void Indexer::pause(const std::stop_token& stop, milliseconds duration) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, duration, [] { return false; });
}

void Indexer::tell(const std::string& what) const {
  if (tell_) tell_(what);
}

}  // namespace cardfile::store::sqlite
