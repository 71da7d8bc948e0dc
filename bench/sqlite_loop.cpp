// cardfile-sqlite-loop: what SQLite alone allows. Updates random contacts of a filled folder, so many to a transaction:
// the same row, the same indexes and a history entry of the same size as a server writes, but no HTTP, no JSON and no
// decision. Ends with a count: each update must have raised one revision and left one entry.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>

#include "bench/cpu.h"
#include "bench/histogram.h"
#include "bench/population.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/db.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/place.h"
#include "store/sqlite/readers.h"
#include "store/sqlite/search_file.h"

namespace {

using namespace cardfile;
using namespace cardfile::store::sqlite;
using Clock = std::chrono::steady_clock;

struct Settings {
  std::filesystem::path folder;
  double seconds = 5;
  double warmup = 1;
  std::uint64_t batch = 64;
  std::uint64_t seed = 1;
  bool json = false;
};

/// What the contacts of a filled folder hold, and one entry of their history; `write` tells one from the others.
class Values {
 public:
  explicit Values(std::uint64_t write)
      : first_(four(bench::UpdateBody::kFirstNames, write)),
        display_name_(first_ + " Okonkwo-Harrington"),
        custom_(R"({"101":"2026-09-30","102":")" + plan(write) + R"(","103":")" + mark(write) + R"("})"),
        changes_(R"({"first":)" + pair(four(bench::UpdateBody::kFirstNames, write + 1), first_) +
                 R"(,"display_name":)" + pair(display_name_, display_name_) + R"(,"custom.102":)" +
                 pair(plan(write + 1), plan(write)) + R"(,"custom.103":)" + pair(mark(write + 1), mark(write)) + "}") {}

  const std::string& first() const { return first_; }
  const std::string& display_name() const { return display_name_; }
  const std::string& custom() const { return custom_; }
  const std::string& changes() const { return changes_; }

 private:
  static std::string four(std::string_view words, std::uint64_t number) {
    return std::string(words.substr(4 * (number % (words.size() / 4)), 4));
  }
  static std::string plan(std::uint64_t write) {
    return "plan " + four(bench::UpdateBody::kPlans, write / 8) +
           ", renews every year on the day above, agreed with the customer by text message on the phone and again in "
           "June";
  }
  static std::string mark(std::uint64_t write) {
    std::string mark = "write 0000000000000000";
    bench::put_digits(mark.data() + mark.size(), write, bench::UpdateBody::kWriteDigits);
    return mark;
  }
  static std::string pair(const std::string& from, const std::string& to) {
    return R"([")" + from + R"(",")" + to + R"("])";
  }

  std::string first_;
  std::string display_name_;
  std::string custom_;
  std::string changes_;
};

struct Result {
  bench::Histogram times;  // Of a transaction, counted once for each update in it.
  double seconds = 0;
  std::chrono::nanoseconds cpu{};

  double updates_per_second() const { return static_cast<double>(times.total()) / seconds; }
  double cpu_us() const {
    return std::chrono::duration<double, std::micro>(cpu).count() /
           static_cast<double>(std::max<std::uint64_t>(times.total(), 1));
  }
};

class Loop {
 public:
  explicit Loop(const Settings& settings)
      : settings_(settings),
        options_{.file = settings.folder / "cardfile.db", .mmap_bytes = kMmapBytes, .cache_bytes = kCacheBytes},
        connection_(options_),
        search_file_(settings.folder / "search.db", false),
        no_readers_(options_, memtable_, search_file_),
        checkpointer_(options_, no_readers_,
                      {.on_failure = [](const SqliteError& error) { std::cerr << error.what() << "\n"; }}),
        random_(settings.seed) {
    connection_.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
    connection_.on_commit([this](int pages) { log_pages_ = pages; });
    team_ = core::TeamId(connection_.integer("SELECT team FROM contact LIMIT 1"));
    contacts_ = static_cast<std::uint64_t>(connection_.integer("SELECT max(id) FROM contact"));
    before_ = counted();
  }

  Result run() {
    const auto length = [](double seconds) {
      return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
    };
    Statement begin(connection_, "BEGIN IMMEDIATE");
    Statement commit(connection_, "COMMIT");
    Statement update(connection_,
                     "UPDATE contact SET rev = rev + 1, updated = ?, first = ?, display_name = ?, custom = ? "
                     "WHERE place = ? RETURNING rev");
    Statement append(
        connection_,
        "INSERT INTO change_log (place, subject, subject_id, rev, at, operation, actor, request_id, changes) "
        "VALUES (?, 'contact', ?, ?, ?, 'update', 'key 1', ?, ?)");
    Result result;
    const auto measured_from = Clock::now() + length(settings_.warmup);
    const auto end = measured_from + length(settings_.seconds);
    auto cpu = bench::own_cpu_time();
    auto measured_begin = Clock::now();
    bool measuring = false;
    for (auto now = measured_begin; now < end;) {
      if (!measuring && now >= measured_from) {
        measuring = true;
        measured_begin = now;
        cpu = bench::own_cpu_time();
      }
      store::sqlite::run(begin);
      for (std::uint64_t i = 0; i < settings_.batch; ++i) write(update, append);
      store::sqlite::run(commit);
      checkpointer_.after_commit(connection_, log_pages_);
      const auto after = Clock::now();
      if (measuring) result.times.add(static_cast<std::uint64_t>((after - now).count()), settings_.batch);
      now = after;
    }
    result.seconds = std::chrono::duration<double>(Clock::now() - measured_begin).count();
    result.cpu = bench::own_cpu_time() - cpu;
    return result;
  }

  void throw_if_lost() {
    const Count after = counted();
    if (after.revisions - before_.revisions == writes_ && after.entries - before_.entries == writes_) return;
    throw std::runtime_error(std::to_string(writes_) + " updates raised " +
                             std::to_string(after.revisions - before_.revisions) + " revisions and left " +
                             std::to_string(after.entries - before_.entries) + " entries");
  }

 private:
  static constexpr std::int64_t kMmapBytes = std::int64_t{4} << 30;
  static constexpr std::int64_t kCacheBytes = std::int64_t{64} << 20;

  struct Count {
    std::int64_t revisions = 0;
    std::int64_t entries = 0;
    std::int64_t last_seq = 0;
    std::int64_t last_time = 0;
  };

  Count counted() {
    return {.revisions = connection_.integer("SELECT sum(rev) FROM contact"),
            .entries = connection_.integer("SELECT count(*) FROM change_log"),
            .last_seq = connection_.integer("SELECT max(seq) FROM change_log"),
            .last_time = connection_.integer("SELECT max(updated) FROM contact")};
  }

  void write(Statement& update, Statement& append) {
    const auto id = static_cast<std::int64_t>(1 + random_.below(contacts_));
    const std::int64_t time = before_.last_time + ++writes_;
    const Values values(static_cast<std::uint64_t>(writes_));
    std::int64_t rev = 0;
    {
      Execution row(update, time, values.first(), values.display_name(), values.custom(),
                    place_of(team_, core::ContactId(id)));
      row.next();
      rev = row.integer();
      row.next();
    }
    store::sqlite::run(append, place_of(team_, before_.last_seq + writes_), id, rev, time,
                       core::Uuid(bench::uuid_bytes(random_.next())), values.changes());
  }

  const Settings& settings_;
  ConnectionOptions options_;
  Connection connection_;
  Memtable memtable_;
  SearchFile search_file_;
  Readers no_readers_;
  Checkpointer checkpointer_;
  bench::Random random_;
  int log_pages_ = 0;
  core::TeamId team_;
  std::uint64_t contacts_ = 0;
  std::int64_t writes_ = 0;
  Count before_;
};

void print(const Settings& settings, const Result& result) {
  const auto us = [&result](double share) { return static_cast<double>(result.times.quantile(share)) / 1'000; };
  std::printf(settings.json ? "{\"requests_per_second\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f,\"server_cpu_us\":%.2f}\n"
                            : "%.0f updates/s, p50 %.0f us, p99 %.0f us, CPU %.2f us an update\n",
              result.updates_per_second(), us(0.5), us(0.99), result.cpu_us());
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Measures updates by SQLite alone.", "cardfile-sqlite-loop");
  Settings settings;
  app.add_option("folder", settings.folder, "What cardfile-fill made; it is written to")
      ->required()
      ->check(CLI::ExistingDirectory);
  app.add_option("--seconds", settings.seconds, "Seconds that are measured")->capture_default_str();
  app.add_option("--warmup", settings.warmup, "Seconds before them")->capture_default_str();
  app.add_option("--batch", settings.batch, "Updates in a transaction")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", settings.seed, "Another seed, other contacts")->capture_default_str();
  app.add_flag("--json", settings.json, "Print one JSON object");
  try {
    app.parse(argc, argv);
    Loop loop(settings);
    const Result result = loop.run();
    loop.throw_if_lost();
    print(settings, result);
    return 0;
  } catch (const CLI::ParseError& error) {
    return app.exit(error);
  } catch (const std::exception& error) {
    std::cerr << "cardfile-sqlite-loop: " << error.what() << "\n";
    return 1;
  }
}
