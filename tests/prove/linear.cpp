#include "prove/linear.h"

#include <algorithm>
#include <functional>
#include <unordered_set>
#include <utility>

namespace cardfile::prove {

namespace {

constexpr std::size_t kBits = 64;
constexpr std::size_t kToldMax = 12;

/// Which operations were done, and what the contact is after them.
struct Configuration {
  std::vector<std::uint64_t> done;
  State state;

  friend bool operator==(const Configuration&, const Configuration&) = default;
};

struct Hash {
  std::size_t operator()(const Configuration& configuration) const noexcept {
    std::size_t hash = 0;
    const auto mix = [&hash](std::uint64_t value) {
      hash ^= std::hash<std::uint64_t>{}(value) + 0x9e3779b97f4a7c15ULL + (hash << 6U) + (hash >> 2U);
    };
    for (const auto bits : configuration.done) mix(bits);
    mix(configuration.state.exists ? 1 : 0);
    mix(static_cast<std::uint64_t>(configuration.state.rev));
    mix(static_cast<std::uint64_t>(configuration.state.content.first));
    for (const int value : configuration.state.content.custom) mix(static_cast<std::uint64_t>(value));
    return hash;
  }
};

/// A call or an answer in the order of their moments; a ring, from which operations are taken and put back.
struct Event {
  std::size_t operation = 0;
  bool is_call = true;
  std::size_t before = 0;
  std::size_t after = 0;
};

class Search {
 public:
  Search(std::vector<Operation> history, const State& initial, std::int64_t steps_max)
      : history_(std::move(history)), steps_max_(steps_max), now_{.done = {}, .state = initial} {
    now_.done.resize(history_.size() / kBits + 1);
    for (const Operation& operation : history_) latest_revs_.push_back(latest_rev(operation));
    link_events();
  }

  Judgement run() {
    std::size_t at = events_[kHead].after;
    while (answers_left_ > 0) {
      if (++steps_ > steps_max_) return {.linearizable = false, .decided = false, .steps = steps_, .explanation = {}};
      if (at != kHead && events_[at].is_call) {
        at = do_if_possible(at) ? events_[kHead].after : events_[at].after;
      } else if (stack_.empty()) {
        return {.linearizable = false, .decided = true, .steps = steps_, .explanation = explanation()};
      } else {
        at = events_[undo()].after;
      }
    }
    return {.linearizable = true, .decided = true, .steps = steps_, .explanation = {}};
  }

 private:
  static constexpr std::size_t kHead = 0;

  struct Step {
    std::size_t call;
    State before;
  };

  void link_events() {
    std::vector<std::pair<std::int64_t, Event>> moments;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      moments.push_back({history_[i].called, {.operation = i, .is_call = true}});
      if (!is_answered(i)) continue;
      moments.push_back({history_[i].answered, {.operation = i, .is_call = false}});
      ++answers_left_;
    }
    std::ranges::sort(moments, {}, &std::pair<std::int64_t, Event>::first);
    events_.resize(1);
    answer_of_.resize(history_.size());
    for (auto& [moment, event] : moments) {
      if (!event.is_call) answer_of_[event.operation] = events_.size();
      events_.push_back(event);
    }
    for (std::size_t i = 0; i < events_.size(); ++i) {
      events_[i].before = (i + events_.size() - 1) % events_.size();
      events_[i].after = (i + 1) % events_.size();
    }
  }

  bool is_answered(std::size_t operation) const { return history_[operation].answer.result != Result::unknown; }

  bool do_if_possible(std::size_t call) {
    const std::size_t operation = events_[call].operation;
    const auto next = after(now_.state, history_[operation]);
    if (!next || leaves_one_behind(*next, operation)) return false;
    const State before = std::exchange(now_.state, *next);
    now_.done[operation / kBits] |= std::uint64_t{1} << (operation % kBits);
    if (!seen_.insert(now_).second) {
      now_.state = before;
      now_.done[operation / kBits] &= ~(std::uint64_t{1} << (operation % kBits));
      return false;
    }
    stack_.push_back({.call = call, .before = before});
    take_out(call);
    if (is_answered(operation)) {
      take_out(answer_of_[operation]);
      --answers_left_;
    }
    if (stack_.size() > furthest_.size()) furthest_ = stack_;
    return true;
  }

  /// Whether an operation other than `done` was answered with a revision that is past after `state`. Without this look
  /// ahead, writes without an answer would be tried in every order wherever they can come.
  bool leaves_one_behind(const State& state, std::size_t done) const {
    const std::int64_t rev = state.exists ? state.rev : std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (i != done && rev > latest_revs_[i] && !is_done(i)) return true;
    }
    return false;
  }

  bool is_done(std::size_t operation) const { return (now_.done[operation / kBits] >> (operation % kBits) & 1U) != 0; }

  /// The contact's last revision before which an operation can be done, as far as its answer tells.
  static std::int64_t latest_rev(const Operation& operation) {
    const Answer& answer = operation.answer;
    const bool raises = operation.request.kind == Kind::put && answer.result == Result::done;
    return answer.rev ? *answer.rev - (raises ? 1 : 0) : std::numeric_limits<std::int64_t>::max();
  }

  /// Gives the call that was undone.
  std::size_t undo() {
    const Step step = stack_.back();
    stack_.pop_back();
    const std::size_t operation = events_[step.call].operation;
    if (is_answered(operation)) {
      put_back(answer_of_[operation]);
      ++answers_left_;
    }
    put_back(step.call);
    now_.state = step.before;
    now_.done[operation / kBits] &= ~(std::uint64_t{1} << (operation % kBits));
    return step.call;
  }

  void take_out(std::size_t event) {
    events_[events_[event].before].after = events_[event].after;
    events_[events_[event].after].before = events_[event].before;
  }

  void put_back(std::size_t event) {
    events_[events_[event].before].after = event;
    events_[events_[event].after].before = event;
  }

  /// The end of the longest order that was found, and what none of them could be followed by.
  std::string explanation() const {
    std::vector<bool> done(history_.size());
    State state = now_.state;
    for (const Step& step : furthest_) {
      const std::size_t operation = events_[step.call].operation;
      done[operation] = true;
      state = *after(step.before, history_[operation]);
    }
    std::string text = "after " + std::to_string(furthest_.size()) + " of " + std::to_string(history_.size()) +
                       " operations the contact " +
                       (state.exists ? "has revision " + std::to_string(state.rev) : std::string("is gone"));
    const std::size_t told = std::min(furthest_.size(), kToldMax / 3);
    for (std::size_t i = furthest_.size() - told; i < furthest_.size(); ++i)
      text += "\n    done: " + to_string(history_[events_[furthest_[i].call].operation]);
    std::int64_t next_answer = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i < history_.size(); ++i)
      if (!done[i]) next_answer = std::min(next_answer, history_[i].answered);
    std::size_t left = kToldMax;
    for (std::size_t i = 0; i < history_.size(); ++i) {
      if (done[i] || history_[i].called > next_answer || left == 0) continue;
      --left;
      text += "\n    cannot be next: " + to_string(history_[i]);
    }
    return text;
  }

  const std::vector<Operation> history_;
  const std::int64_t steps_max_;
  Configuration now_;
  std::vector<std::int64_t> latest_revs_;
  std::vector<Event> events_;  // The first is the ring's head and no event.
  std::vector<std::size_t> answer_of_;
  std::size_t answers_left_ = 0;
  std::unordered_set<Configuration, Hash> seen_;
  std::vector<Step> stack_;
  std::vector<Step> furthest_;
  std::int64_t steps_ = 0;
};

void apply(Content& content, const Request& put) {
  content.first = put.first;
  if (put.overwrites) content.custom.fill(0);
  for (std::size_t i = 0; i < kCustomFields; ++i)
    if (put.custom[i]) content.custom[i] = *put.custom[i];
}

bool tells_truth(const Answer& answer, const State& state) {
  return (!answer.rev || *answer.rev == state.rev) && (!answer.content || *answer.content == state.content);
}

std::string to_string(Result result) {
  switch (result) {
    case Result::done:
      return "done";
    case Result::not_found:
      return "not found";
    case Result::refused:
      return "refused";
    case Result::unknown:
      return "no answer";
  }
  return "no answer";
}

std::string to_string(const Content& content) {
  std::string text = "first=" + std::to_string(content.first) + " custom=";
  for (const int value : content.custom) text += "/" + std::to_string(value);
  return text;
}

}  // namespace

std::optional<State> after(const State& state, const Operation& operation) {
  const Request& request = operation.request;
  const Answer& answer = operation.answer;
  if (answer.result == Result::not_found) return state.exists ? std::nullopt : std::optional(state);
  if (!state.exists) return std::nullopt;
  const bool accepted = !request.if_match || *request.if_match == state.rev;
  if (answer.result == Result::refused)
    return !accepted && tells_truth(answer, state) ? std::optional(state) : std::nullopt;
  if (!accepted) return std::nullopt;
  State next = state;
  switch (request.kind) {
    case Kind::get:
      if (answer.result == Result::unknown) return std::nullopt;
      break;
    case Kind::put:
      ++next.rev;
      apply(next.content, request);
      break;
    case Kind::remove:
      // Nothing can be seen of it any more, so all contacts that are gone are the same one.
      return State{.exists = false, .rev = 0, .content = {}};
  }
  return tells_truth(answer, next) ? std::optional(next) : std::nullopt;
}

Judgement judge(const std::vector<Operation>& history, const State& initial, std::int64_t steps_max) {
  return Search(history, initial, steps_max).run();
}

std::string to_string(const Operation& operation) {
  const Request& request = operation.request;
  std::string text = "client " + std::to_string(operation.client);
  text += request.kind == Kind::get ? " get" : request.kind == Kind::put ? " put" : " delete";
  if (request.kind == Kind::put) {
    text += " first=" + std::to_string(request.first) + " custom=";
    for (const auto& value : request.custom) text += "/" + (value ? std::to_string(*value) : std::string());
    if (request.overwrites) text += " overwrite";
  }
  if (request.if_match) text += " if-match " + std::to_string(*request.if_match);
  text += " -> " + to_string(operation.answer.result);
  if (operation.answer.rev) text += " rev " + std::to_string(*operation.answer.rev);
  if (operation.answer.content) text += " " + to_string(*operation.answer.content);
  return text + " (" + std::to_string(operation.called) + " to " +
         (operation.answer.result == Result::unknown ? std::string("?") : std::to_string(operation.answered)) + ")";
}

}  // namespace cardfile::prove
