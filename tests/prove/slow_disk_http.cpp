#include "prove/slow_disk_http.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <unistd.h>

#include "prove/json_reply.h"
#include "prove/lines.h"
#include "prove/served.h"
#include "prove/server_process.h"
#include "prove/slow_vfs.h"
#include "store/open.h"
#include "store/world.h"
#include "support/http_client.h"
#include "support/temp_folder.h"

namespace cardfile::prove {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPatience{60'000};
constexpr milliseconds kBetweenLooks{50};
constexpr std::size_t kPage = 1'000;
constexpr std::size_t kListed = 50;

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

/// What is wrong, each kind told once with the first case and how many there were: one fault shows thousands of times.
class Complaints {
 public:
  void add(const std::string& what, const std::string& first_case) {
    const auto [complaint, is_new] = complaints_.try_emplace(what, Cases{.first = first_case});
    ++complaint->second.count;
  }
  void tell(Campaign& campaign) const {
    for (const auto& [what, cases] : complaints_) {
      campaign.find(what + ", " + std::to_string(cases.count) + " times, first " + cases.first);
    }
  }

 private:
  struct Cases {
    std::string first;
    std::int64_t count = 0;
  };
  std::map<std::string, Cases> complaints_;
};

enum class Fate { under_way, done, refused };

/// One of a contact's writes: it sets the first name to "n" and its number.
struct Write {
  Fate fate = Fate::under_way;
  std::int64_t rev = 0;              // With which it is done if it is.
  std::int64_t syncs_before = 0;     // Begun when it was sent.
  std::int64_t acknowledgement = 0;  // The how manyth of all.
  bool was_seen = false;
};

std::string name_of(std::size_t number) { return "n" + std::to_string(number); }

/// A contact as its one writer knows it, who has one write under way at most.
struct Card {
  std::string id;
  std::string uuid;
  std::vector<Write> writes{{.fate = Fate::done, .rev = 1}};  // The first is its creation, without a name.
  std::int64_t rev = 1;                                       // Acknowledged.
};

/// What may be seen of the contacts, by what was answered.
class Cards {
 public:
  Cards(const SlowVfs& disk, Complaints& complaints, std::size_t count)
      : disk_(disk), complaints_(complaints), cards_(count) {}

  Card& operator[](std::size_t card) { return cards_[card]; }
  std::int64_t acknowledgements() const { return acknowledgements_; }

  /// Gives its number. To be called before it is sent.
  std::size_t begin_write(std::size_t card) {
    Card& written = cards_[card];
    written.writes.push_back({.rev = written.rev + 1, .syncs_before = disk_.begun()});
    return written.writes.size() - 1;
  }

  void note_done(std::size_t card, std::optional<std::int64_t> rev) {
    Write& write = cards_[card].writes.back();
    const std::string whose = told(card, cards_[card].writes.size() - 1);
    if (disk_.newest_done() <= write.syncs_before) {
      complaints_.add("a write is answered before a sync that followed it", whose);
    }
    if (rev != write.rev) complaints_.add("a write is answered with another revision than the next", whose);
    write.fate = Fate::done;
    write.acknowledgement = ++acknowledgements_;
    ++cards_[card].rev;
  }

  void note_refused(std::size_t card) {
    Write& write = cards_[card].writes.back();
    write.fate = Fate::refused;
    if (write.was_seen) {
      complaints_.add("a read showed a write that is refused", told(card, cards_[card].writes.size() - 1));
    }
  }

  /// A contact as a read shows it that was sent after so many acknowledgements.
  void see(std::size_t card, std::string_view name, std::optional<std::int64_t> rev, std::int64_t acknowledgements) {
    auto& writes = cards_[card].writes;
    const auto number = name.empty() ? 0 : number_in<std::size_t>(name.substr(1));
    if (!number || *number >= writes.size()) {
      return complaints_.add("a read shows what nobody wrote", std::string(name));
    }
    Write& write = writes[*number];
    const std::string what = told(card, *number);
    write.was_seen = true;
    if (write.fate == Fate::refused) complaints_.add("a read shows a write that was refused", what);
    if (*number > 0 && disk_.newest_done() <= write.syncs_before) {
      complaints_.add("a read shows a write that no sync has followed", what);
    }
    if (rev != write.rev) complaints_.add("a read shows another revision than the write's", what);
    const auto is_later = [&](const Write& other) {
      return other.fate == Fate::done && other.acknowledgement <= acknowledgements;
    };
    if (std::any_of(writes.begin() + static_cast<std::ptrdiff_t>(*number) + 1, writes.end(), is_later)) {
      complaints_.add("a read shows less than was acknowledged", what);
    }
  }

  void compare_with(const store::Store& store) const {
    const auto log = store.changes(test::kTeam, 0, store::kNoLimit / 2, store::kNoLimit);
    std::map<std::int64_t, Logged> logged;
    for (std::size_t card = 0; card < cards_.size(); ++card) {
      logged[number_in<std::int64_t>(cards_[card].id).value_or(0)].card = card;
    }
    for (const auto& entry : log) {
      if (entry.subject == core::Subject::contact) compare_with(entry, logged.at(entry.subject_id));
    }
    for (const auto& [id, found] : logged) compare_with(store, id, found);
  }

 private:
  struct Logged {
    std::size_t card = 0;
    std::int64_t rev = 0;
    std::set<std::size_t> writes;
  };

  static std::string told(std::size_t card, std::size_t number) {
    return "write " + std::to_string(number) + " of contact " + std::to_string(card + 1);
  }

  void compare_with(const core::ChangeEntry& entry, Logged& logged) const {
    if (entry.rev != logged.rev + 1) complaints_.add("revisions are not dense", told(logged.card, 0));
    logged.rev = entry.rev;
    if (entry.operation == core::Operation::create) return;
    const auto is_name = [](const core::FieldChange& change) { return change.field == "first"; };
    const auto change = std::ranges::find_if(entry.changes, is_name);
    const auto* name = change == entry.changes.end() ? nullptr : std::get_if<std::string>(&change->to);
    const auto number = name && !name->empty() ? number_in<std::size_t>(name->substr(1)) : std::nullopt;
    const auto& writes = cards_[logged.card].writes;
    if (!number || *number >= writes.size() || !logged.writes.insert(*number).second) {
      return complaints_.add("the log has what nobody wrote, or has it twice", told(logged.card, number.value_or(0)));
    }
    const Write& write = writes[*number];
    if (write.fate == Fate::refused) complaints_.add("a refused write is done", told(logged.card, *number));
    if (write.rev != entry.rev) complaints_.add("the log has another revision of a write", told(logged.card, *number));
  }

  void compare_with(const store::Store& store, std::int64_t id, const Logged& logged) const {
    const auto& writes = cards_[logged.card].writes;
    std::size_t last = 0;
    for (std::size_t number = 1; number < writes.size(); ++number) {
      if (writes[number].fate != Fate::done) continue;
      last = number;
      if (!logged.writes.contains(number)) {
        complaints_.add("an acknowledged write is lost", told(logged.card, number));
      }
    }
    const auto contact = store.contact(test::kTeam, core::ContactId(id));
    if (!contact || contact->rev != logged.rev || (last > 0 && contact->first != name_of(last))) {
      complaints_.add("a contact is another than was acknowledged", told(logged.card, last));
    }
  }

  const SlowVfs& disk_;
  Complaints& complaints_;
  std::vector<Card> cards_;
  std::int64_t acknowledgements_ = 0;
};

enum class Stage { slow, standing_still, fast, ending };
enum class Way { id, uuid, list, filter };
constexpr std::array kWays{Way::id, Way::uuid, Way::list, Way::filter};

class Unit {
 public:
  Unit(Campaign& campaign, const SlowDiskHttpSize& size, const SlowDiskHttpFaults& faults)
      : campaign_(campaign),
        size_(size),
        faults_(faults),
        writers_(size.writers),
        readers_(size.readers),
        cards_(disk_, complaints_, size.writers),
        served_(serve()) {
    make_contacts(*served_, static_cast<int>(size.writers));
    learn_contacts();
    lines_.emplace(served_->port(), writers_.size() + readers_.size());
  }
  ~Unit() { disk_.syncs_take(milliseconds(0)); }
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;

  void run() {
    memory_before_ = own_memory(::getpid());
    disk_.syncs_take(size_.sync);
    for (std::size_t writer = 0; writer < writers_.size(); ++writer) write(writer);
    for (std::size_t reader = 0; reader < readers_.size(); ++reader) read(reader);
    be_slow();
    stand_still();
    be_fast();
    judge();
    lines_.reset();
    served_.reset();
    compare();
    complaints_.tell(campaign_);
  }

 private:
  struct Writer {
    bool is_under_way = false;
    bool waits_from_before = false;  // Its write was sent before the disk was fast again.
    bool is_done_after = false;      // One that was sent afterwards.
    bool is_gone = false;
  };
  struct Reader {
    Way way = Way::id;
    std::size_t card = 0;
    std::int64_t acknowledgements = 0;
    Stage sent_in = Stage::slow;
    std::array<int, kWays.size()> answers_in_stall{};  // To what was sent in it, by way.
  };
  struct Due {
    steady_clock::time_point at;
    std::size_t who = 0;
  };

  std::unique_ptr<store::Store> open() const {
    return store::open_sqlite(
        {.folder = folder_.path(),
         .queue_max = faults_.has_no_bound ? std::numeric_limits<std::size_t>::max() / 2 : size_.waiting_max,
         .batch_max = size_.batch_max,
         .vfs = disk_.name(),
         .on_failure = {}},
        wall_clock());
  }

  std::unique_ptr<Served> serve() const {
    const std::string key = "key";
    auto store = faults_.plant(open());
    make_team(*store, test::kTeam, key);
    return serve_here({.store = std::move(store),
                       .key = key,
                       .clock = wall_clock(),
                       .next_uuid = uuids_from(1),
                       .on_answer = faults_.on_answer});
  }

  void learn_contacts() {
    test::HttpClient client(served_->port(), served_->headers());
    std::size_t known = 0;
    for (int page = 0; known < writers_.size(); ++page) {
      const auto reply =
          client.send("POST", "/v1/contacts",
                      R"({"order":"id","limit":)" + std::to_string(kPage) + R"(,"page":)" + std::to_string(page) + "}");
      if (!reply || reply->status != 200) throw std::runtime_error("the contacts cannot be listed");
      const JsonReply contacts(*reply);
      for (const wire::Json contact : contacts.value()) {
        Card& card = cards_[known++];
        card.id = contact.find("id")->text();
        card.uuid = contact.find("uuid")->text();
      }
      if (contacts.value().empty()) throw std::runtime_error("some contacts are not listed");
    }
  }

  void be_slow() {
    const auto end = steady_clock::now() + size_.slow;
    // On a busy machine the first answer may take long.
    const auto last = end + kPatience;
    while (now() < end || (cards_.acknowledgements() == 0 && now() < last)) step();
    if (cards_.acknowledgements() == 0) campaign_.find("no write is done on the slow disk: this shows nothing");
    campaign_.count("writes done while syncs were slow", cards_.acknowledgements());
  }

  void stand_still() {
    const std::int64_t done_before = cards_.acknowledgements();
    disk_.stand_still();
    stage_ = Stage::standing_still;
    const auto begin = now();
    while (now() < begin + size_.stall) step();
    while (!has_seen_everything() && now() < begin + size_.stall + faults_.patience) step();
    campaign_.count("s of standstill", duration_cast<std::chrono::seconds>(now() - begin).count());
    campaign_.count("writes done in it", cards_.acknowledgements() - done_before);
    campaign_.count("refusals in it", refusals_in_stall_);
    campaign_.raise("writes waiting at its end at most", waiting());
    campaign_.count("reads in it", std::ssize(read_times_of_stage_[Stage::standing_still]));
    if (!readers_are_answered()) campaign_.find("reads are held up while the disk stands still");
    if (refusals_in_stall_ == 0) campaign_.find("nothing is refused while the disk stands still, however much waits");
    if (waiting() == 0) campaign_.find("no write waits while the disk stands still: this shows nothing");
    if (!disk_.has_waiting_sync()) campaign_.find("no sync waits while the disk stands still: this shows nothing");
  }

  bool has_seen_everything() const {
    return readers_are_answered() && refusals_in_stall_ > 0 && waiting() > 0 && disk_.has_waiting_sync();
  }
  bool readers_are_answered() const {
    return std::ranges::all_of(readers_, [](const Reader& reader) {
      return std::ranges::all_of(reader.answers_in_stall, [](int answers) { return answers > 0; });
    });
  }
  std::int64_t waiting() const { return std::ranges::count_if(writers_, &Writer::is_under_way); }

  void be_fast() {
    for (auto& writer : writers_) writer.waits_from_before = writer.is_under_way;
    stage_ = Stage::fast;
    const auto begin = now();
    disk_.syncs_take(milliseconds(0));
    std::optional<milliseconds> again;
    const auto note_when_all_are_answered = [&] {
      if (!again && std::ranges::none_of(writers_, &Writer::waits_from_before)) {
        again = duration_cast<milliseconds>(now() - begin);
      }
    };
    const auto go_on = [&] {
      step();
      note_when_all_are_answered();
    };
    while (now() < begin + size_.after) go_on();
    stage_ = Stage::ending;
    const auto is_over = [&] { return lines_->under_way() == 0 && std::ranges::none_of(writers_, needs_an_answer); };
    while (!is_over() && now() < begin + size_.after + kPatience) go_on();
    const auto left = std::ranges::count_if(writers_, needs_an_answer);
    if (left > 0) campaign_.find(std::to_string(left) + " writers get nothing done after the stall");
    if (lines_->under_way() > 0) {
      campaign_.find(std::to_string(lines_->under_way()) + " requests are never answered");
    }
    if (!again) return;
    campaign_.raise("ms after it until all that waited was answered at most", again->count());
    if (*again > size_.writes_again_within) {
      campaign_.find("what waited is answered " + std::to_string(again->count()) + " ms after the stall");
    }
  }

  static bool needs_an_answer(const Writer& writer) { return !writer.is_done_after && !writer.is_gone; }

  void judge() {
    campaign_.count("writes done", cards_.acknowledgements());
    campaign_.count("refusals", refusals_);
    campaign_.count("reads", std::ssize(read_times_));
    judge_half_of_reads(Stage::slow, "while syncs are slow");
    judge_half_of_reads(Stage::standing_still, "while the disk stands still");
    judge_time("us for 99 of 100 reads at most", percentile(read_times_, 99), size_.most_reads_within,
               "one of 100 reads takes");
    judge_time("us for any read at most", percentile(read_times_, 100), size_.reads_within, "a read takes");
    campaign_.raise("KiB of memory for it at most", bytes_ / 1024);
    if (bytes_ > size_.bytes_max) campaign_.find("it takes " + std::to_string(bytes_) + " bytes of memory");
  }

  void judge_half_of_reads(Stage stage, const std::string& when) {
    judge_time("us in the middle for a read " + when + " at most", percentile(read_times_of_stage_[stage], 50),
               size_.half_of_reads_within, "half of the reads " + when + " take");
  }

  void judge_time(const std::string& figure, microseconds time, milliseconds limit, const std::string& finding) {
    campaign_.raise(figure, time.count());
    if (time > limit) campaign_.find(finding + " " + std::to_string(time.count()) + " us");
  }

  void compare() {
    const auto store = open();
    cards_.compare_with(*store);
    for (const auto& finding : store->check({}).findings) campaign_.find("check says: " + finding);
  }

  static steady_clock::time_point now() { return steady_clock::now(); }

  /// Hears what has come, and sends what is due.
  void step() {
    lines_->hear(milliseconds(1), [this](std::size_t line, const std::optional<Heard>& answer, microseconds time) {
      if (line < writers_.size()) {
        hear_writer(line, answer);
      } else {
        hear_reader(line - writers_.size(), answer, time);
      }
    });
    const auto time = now();
    for (; !writers_due_.empty() && writers_due_.front().at <= time; writers_due_.pop_front()) {
      const std::size_t writer = writers_due_.front().who;
      if (stage_ != Stage::ending || needs_an_answer(writers_[writer])) write(writer);
    }
    for (; !readers_due_.empty() && readers_due_.front().at <= time; readers_due_.pop_front()) {
      if (stage_ != Stage::ending) read(readers_due_.front().who);
    }
    if (time < next_look_) return;
    next_look_ = time + kBetweenLooks;
    bytes_ = std::max(bytes_, own_memory(::getpid()) - memory_before_);
  }

  /// In three ways in turn.
  void write(std::size_t writer) {
    const std::size_t number = cards_.begin_write(writer);
    const Card& card = cards_[writer];
    const std::string with_phone =
        R"({"phone":")" + phone_of(static_cast<int>(writer) + 1) + R"(","first":")" + name_of(number) + R"("})";
    writers_[writer].is_under_way = true;
    switch (number % 3) {
      case 0:
        return lines_->ask(writer, request(*served_, "POST /v1/contact", with_phone));
      case 1:
        return lines_->ask(writer, request(*served_, "PUT /v1/contact/" + card.id, with_phone));
      default:
        return lines_->ask(
            writer, request(*served_, "PUT /v2/contact/" + card.uuid, R"({"first":")" + name_of(number) + R"("})"));
    }
  }

  void hear_writer(std::size_t number, const std::optional<Heard>& answer) {
    Writer& writer = writers_[number];
    writer.is_under_way = false;
    const bool was_sent_before = std::exchange(writer.waits_from_before, false);
    if (!answer) {
      writer.is_gone = true;
      return complaints_.add("a connection ends without an answer", "writer " + std::to_string(number));
    }
    if (answer->status() == 200) {
      cards_.note_done(number, JsonReply(reply_of(*answer)).integer("rev"));
      writer.is_done_after = stage_ >= Stage::fast && !was_sent_before;
    } else {
      hear_refusal(number, *answer);
    }
    writers_due_.push_back({.at = now() + size_.pause, .who = number});
  }

  void hear_refusal(std::size_t writer, const Heard& answer) {
    cards_.note_refused(writer);
    if (answer.status() != 503) {
      return complaints_.add("a write is answered neither 200 nor 503", std::string(answer.text()));
    }
    ++refusals_;
    if (stage_ == Stage::standing_still) ++refusals_in_stall_;
    const auto seconds = answer.header("Retry-After");
    if (!seconds || number_in<int>(*seconds).value_or(0) <= 0) {
      complaints_.add("a refusal does not say when to come again", std::string(answer.text()));
    }
  }

  /// In four ways in turn, a contact that chance picks.
  void read(std::size_t number) {
    Reader& reader = readers_[number];
    reader.way = kWays[(static_cast<std::size_t>(reader.way) + 1) % kWays.size()];
    reader.card = static_cast<std::size_t>(campaign_.below(std::ssize(writers_)));
    reader.acknowledgements = cards_.acknowledgements();
    reader.sent_in = stage_;
    lines_->ask(writers_.size() + number, request_of(reader));
  }

  std::string request_of(const Reader& reader) {
    switch (reader.way) {
      case Way::id:
        return request(*served_, "GET /v1/contact/" + cards_[reader.card].id, "");
      case Way::uuid:
        return request(*served_, "GET /v2/contact/" + cards_[reader.card].uuid, "");
      case Way::list:
        return request(*served_, "POST /v1/contacts", R"({"ascending":false,"limit":)" + std::to_string(kListed) + "}");
      case Way::filter:
        return request(*served_, "POST /v1/contacts",
                       R"({"filter":")" + phone_of(static_cast<int>(reader.card) + 1) + R"("})");
    }
    return {};
  }

  void hear_reader(std::size_t number, const std::optional<Heard>& answer, microseconds time) {
    Reader& reader = readers_[number];
    if (!answer) return complaints_.add("a connection ends without an answer", "reader " + std::to_string(number));
    read_times_.push_back(time);
    read_times_of_stage_[reader.sent_in].push_back(time);
    if (reader.sent_in == Stage::standing_still && stage_ == Stage::standing_still) {
      ++reader.answers_in_stall[static_cast<std::size_t>(reader.way)];
    }
    if (answer->status() == 200) {
      see(reader, *answer);
    } else {
      complaints_.add("a read is answered " + std::to_string(answer->status()), std::string(answer->text()));
    }
    readers_due_.push_back({.at = now() + size_.read_pause, .who = number});
  }

  void see(const Reader& reader, const Heard& answer) {
    const test::HttpReply reply = reply_of(answer);
    const JsonReply json(reply);
    std::size_t seen = 0;
    const auto see_one = [&](const wire::Json& contact) {
      const auto phone = contact.find("phone");
      const auto first = contact.find("first");
      const auto rev = contact.find("rev");
      const auto card = phone ? card_of(phone->text()) : std::nullopt;
      if (!card || !first || !rev) return complaints_.add("a read shows no contact", reply.body);
      if (reader.way != Way::list && *card != reader.card) complaints_.add("a read shows another contact", reply.body);
      cards_.see(*card, first->text(), rev->integer(), reader.acknowledgements);
      ++seen;
    };
    if (json.value().is(wire::JsonKind::object)) {
      see_one(json.value());
    } else {
      for (const wire::Json contact : json.value()) see_one(contact);
    }
    const std::size_t expected = reader.way == Way::list ? std::min(kListed, writers_.size()) : 1;
    if (seen != expected) complaints_.add("a read shows " + std::to_string(seen) + " contacts", reply.body);
  }

  /// The other way round than phone_of(), for the contacts that there are.
  std::optional<std::size_t> card_of(std::string_view phone) const {
    static const auto first = number_in<std::size_t>(phone_of(1)).value();
    const auto number = number_in<std::size_t>(phone);
    if (!number || *number < first || *number - first >= writers_.size()) return std::nullopt;
    return *number - first;
  }

  static test::HttpReply reply_of(const Heard& answer) {
    return {.status = answer.status(), .headers = {}, .body = std::string(answer.body())};
  }

  Campaign& campaign_;
  const SlowDiskHttpSize& size_;
  const SlowDiskHttpFaults& faults_;
  std::vector<Writer> writers_;
  std::vector<Reader> readers_;
  const test::TempFolder folder_{test::folder_in_memory()};
  SlowVfs disk_;
  Complaints complaints_;
  Cards cards_;
  std::unique_ptr<Served> served_;
  std::optional<Lines> lines_;

  Stage stage_ = Stage::slow;
  std::deque<Due> writers_due_;  // All pause as long, so the first is due first.
  std::deque<Due> readers_due_;
  std::int64_t refusals_ = 0;
  std::int64_t refusals_in_stall_ = 0;
  std::vector<microseconds> read_times_;
  std::map<Stage, std::vector<microseconds>> read_times_of_stage_;
  std::int64_t memory_before_ = 0;
  std::int64_t bytes_ = 0;
  steady_clock::time_point next_look_{};
};

}  // namespace

void slow_disk_http(Campaign& campaign, const SlowDiskHttpSize& size, const SlowDiskHttpFaults& faults) {
  constexpr std::size_t kOthers = 300;
  // Both ends are in this process.
  allow_descriptors(2 * (size.writers + size.readers) + kOthers);
  while (campaign.begins_unit()) Unit(campaign, size, faults).run();
}

void slow_disk_http(Campaign& campaign) { slow_disk_http(campaign, {}, {}); }

}  // namespace cardfile::prove
