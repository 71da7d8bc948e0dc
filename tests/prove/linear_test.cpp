#include "prove/linear.h"

#include <random>

#include <gmock/gmock.h>

namespace cardfile::prove {
namespace {

/// Histories in which moments are told in the order of the lines.
class History {
 public:
  /// The operation lasts from here to answered().
  std::size_t called(Request request) {
    operations_.push_back({.client = static_cast<int>(operations_.size()), .request = std::move(request)});
    operations_.back().called = ++moment_;
    return operations_.size() - 1;
  }
  void answered(std::size_t operation, Answer answer) {
    operations_[operation].answer = std::move(answer);
    operations_[operation].answered = ++moment_;
  }
  void does(Request request, Answer answer) { answered(called(std::move(request)), std::move(answer)); }

  Judgement judged() const { return judge(operations_, {}); }
  bool is_linearizable() const { return judged().linearizable; }

 private:
  std::vector<Operation> operations_;
  std::int64_t moment_ = 0;
};

Request get() { return {.kind = Kind::get}; }
Request put(int first, std::size_t field, int value) {
  Request request{.kind = Kind::put, .first = first};
  request.custom.at(field) = value;
  return request;
}
Request overwrite(int first, std::size_t field, int value) {
  Request request = put(first, field, value);
  request.overwrites = true;
  return request;
}
Request only_if(std::int64_t rev, Request request) {
  request.if_match = rev;
  return request;
}
Request remove() { return {.kind = Kind::remove}; }

Answer done() { return {.result = Result::done}; }
Answer done(std::int64_t rev) { return {.result = Result::done, .rev = rev}; }
Answer shows(std::int64_t rev, Content content) { return {.result = Result::done, .rev = rev, .content = content}; }
Answer not_found() { return {.result = Result::not_found}; }
Answer refused() { return {.result = Result::refused}; }

TEST(Linearizability, HoldsForOneClientThatSeesItsOwnWrites) {
  History history;
  history.does(put(1, 0, 1), done(2));
  history.does(overwrite(2, 1, 2), done(3));
  history.does(get(), shows(3, {.first = 2, .custom = {0, 2, 0, 0}}));
  history.does(only_if(2, put(3, 0, 3)), refused());
  history.does(only_if(3, put(4, 0, 4)), done(4));
  history.does(remove(), done());
  history.does(get(), not_found());
  history.does(put(5, 0, 5), not_found());
  EXPECT_TRUE(history.is_linearizable());
}

TEST(Linearizability, LetsOperationsThatOverlapHappenInAnyOrder) {
  History history;
  const auto one = history.called(put(1, 0, 1));
  const auto other = history.called(put(2, 1, 2));
  history.does(get(), shows(2, {.first = 2, .custom = {0, 2, 0, 0}}));
  history.answered(one, done(3));
  history.answered(other, done(2));
  history.does(get(), shows(3, {.first = 1, .custom = {1, 2, 0, 0}}));
  EXPECT_TRUE(history.is_linearizable());
}

TEST(Linearizability, LetsAnUnansweredWriteHappenLateOrNever) {
  History late;
  late.called(put(1, 0, 1));
  late.does(get(), shows(1, {}));
  late.does(put(2, 1, 2), done(2));
  late.does(get(), shows(3, {.first = 1, .custom = {1, 2, 0, 0}}));
  EXPECT_TRUE(late.is_linearizable());
  History never;
  never.called(put(1, 0, 1));
  never.does(put(2, 1, 2), done(2));
  never.does(get(), shows(2, {.first = 2, .custom = {0, 2, 0, 0}}));
  EXPECT_TRUE(never.is_linearizable());
}

TEST(Linearizability, EndsWithAnUnansweredWriteThatWasSeenAndIsGoneAgain) {
  History history;
  history.called(put(1, 0, 1));
  history.does(get(), shows(2, {.first = 1, .custom = {1, 0, 0, 0}}));
  history.does(get(), shows(1, {}));
  EXPECT_FALSE(history.is_linearizable());
}

TEST(Linearizability, EndsWithAReadOfWhatWasBeforeAnAnsweredWrite) {
  History history;
  history.does(put(1, 0, 1), done(2));
  history.does(get(), shows(1, {}));
  EXPECT_FALSE(history.is_linearizable());
}

TEST(Linearizability, EndsWithOneRevisionForTwoWrites) {
  History history;
  const auto one = history.called(put(1, 0, 1));
  const auto other = history.called(put(2, 1, 2));
  history.answered(one, done(2));
  history.answered(other, done(2));
  EXPECT_FALSE(history.is_linearizable());
}

TEST(Linearizability, EndsWithAMergeThatTakesAnotherFieldAway) {
  History history;
  history.does(put(1, 0, 1), done(2));
  history.does(put(2, 1, 2), done(3));
  history.does(get(), shows(3, {.first = 2, .custom = {0, 2, 0, 0}}));
  EXPECT_FALSE(history.is_linearizable());
}

TEST(Linearizability, EndsWithAnOverwriteOfWhichARevisionShowsHalf) {
  History history;
  history.does(put(1, 0, 1), done(2));
  const auto write = history.called(overwrite(2, 1, 2));
  history.does(get(), shows(3, {.first = 2, .custom = {1, 0, 0, 0}}));
  history.answered(write, done(3));
  EXPECT_FALSE(history.is_linearizable());
}

TEST(Linearizability, EndsWithAConditionThatDidNotHold) {
  History done_anyway;
  done_anyway.does(put(1, 0, 1), done(2));
  done_anyway.does(only_if(1, put(2, 0, 2)), done(3));
  EXPECT_FALSE(done_anyway.is_linearizable());
  History refused_anyway;
  refused_anyway.does(put(1, 0, 1), done(2));
  refused_anyway.does(only_if(2, put(2, 0, 2)), refused());
  EXPECT_FALSE(refused_anyway.is_linearizable());
}

TEST(Linearizability, EndsWithAContactThatComesBack) {
  History history;
  history.does(remove(), done());
  history.does(get(), shows(1, {}));
  EXPECT_FALSE(history.is_linearizable());
}

TEST(Linearizability, SaysWhereEveryOrderEnds) {
  History history;
  history.does(put(1, 0, 1), done(2));
  history.does(get(), shows(2, {.first = 3}));
  const auto judgement = history.judged();
  EXPECT_TRUE(judgement.decided);
  EXPECT_THAT(judgement.explanation, testing::HasSubstr("after 1 of 2 operations the contact has revision 2"));
  EXPECT_THAT(judgement.explanation, testing::HasSubstr("cannot be next: client 1 get -> done rev 2 first=3"));
}

/// A contact that does one thing at a time, with clients whose calls reach it whenever chance says.
std::vector<Operation> recorded(std::mt19937_64& random, int operations) {
  constexpr int kClients = 6;
  const auto below = [&random](std::uint64_t limit) { return static_cast<int>(random() % limit); };
  std::vector<Operation> history;
  std::array<std::optional<std::size_t>, kClients> at_work;
  std::array<bool, kClients> had_effect{};
  State state;
  std::int64_t moment = 0;
  while (static_cast<int>(history.size()) < operations) {
    const auto client = static_cast<std::size_t>(below(kClients));
    if (!at_work[client]) {
      const int value = static_cast<int>(history.size()) + 1;
      const auto field = static_cast<std::size_t>(below(kCustomFields));
      Request request = below(3) == 0   ? get()
                        : below(3) == 0 ? overwrite(value, field, value)
                                        : put(value, field, value);
      if (below(200) == 0) request = remove();
      if (request.kind != Kind::get && below(3) == 0) request.if_match = state.rev - below(2);
      at_work[client] = history.size();
      had_effect[client] = false;
      history.push_back({.client = static_cast<int>(client), .request = request, .called = ++moment});
      continue;
    }
    Operation& operation = history[*at_work[client]];
    if (!had_effect[client]) {
      had_effect[client] = true;
      if (below(20) == 0) continue;  // It is cut off before.
      for (const Result result : {Result::done, Result::refused, Result::not_found}) {
        operation.answer.result = result;
        const auto next = after(state, operation);
        if (!next) continue;
        state = *next;
        if (result == Result::done && state.exists) operation.answer = shows(state.rev, state.content);
        break;
      }
      if (below(20) == 0) operation.answer = {};  // It is cut off after.
      continue;
    }
    if (operation.answer.result != Result::unknown) operation.answered = ++moment;
    at_work[client].reset();
  }
  for (std::size_t client = 0; client < kClients; ++client)
    if (at_work[client]) history[*at_work[client]].answer = {};
  return history;
}

TEST(Linearizability, IsFoundInEveryHistoryOfAContactThatDoesOneThingAtATime) {
  std::mt19937_64 random(20'260'101);
  for (int i = 0; i < 200; ++i) {
    const auto judgement = judge(recorded(random, 200), {});
    ASSERT_TRUE(judgement.linearizable) << "history " << i << ": " << judgement.explanation;
  }
}

TEST(Linearizability, IsNotFoundWhenOneAnswerOfALongHistoryIsAnothers) {
  std::mt19937_64 random(20'260'101);
  int histories = 0;
  for (int i = 0; i < 50; ++i) {
    auto history = recorded(random, 200);
    const auto shown = [](const Operation& operation) { return operation.answer.content.has_value(); };
    const auto changed = std::ranges::find_if(history, shown);
    if (changed == history.end()) continue;
    ++histories;
    changed->answer.content->custom[3] += 1;
    const auto judgement = judge(history, {});
    ASSERT_TRUE(judgement.decided);
    ASSERT_FALSE(judgement.linearizable) << "history " << i;
  }
  EXPECT_GT(histories, 40);
}

}  // namespace
}  // namespace cardfile::prove
