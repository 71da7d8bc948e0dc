#pragma once
// Linearizability: whether what clients saw of one contact can be explained by a contact that does one thing at a time.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace cardfile::prove {

inline constexpr std::size_t kCustomFields = 4;

/// What writes leave behind. Values are numbers, so that no two writes need write the same; 0 stands for none.
struct Content {
  int first = 0;
  std::array<int, kCustomFields> custom{};

  friend bool operator==(const Content&, const Content&) = default;
};

enum class Kind { get, put, remove };

struct Request {
  Kind kind = Kind::get;
  int first = 0;                                           // A put gives every contact a first name.
  std::array<std::optional<int>, kCustomFields> custom{};  // What a put names of the custom values; 0 takes one away.
  bool overwrites = false;                                 // The custom values that a put does not name go.
  std::optional<std::int64_t> if_match;                    // The condition of a put or a removal.
};

enum class Result {
  done,
  not_found,
  refused,  // The condition named another revision.
  unknown   // There was no answer: it may have been done, and may be done yet.
};

struct Answer {
  Result result = Result::unknown;
  std::optional<std::int64_t> rev;  // As far as the answer tells: of the contact as it is now.
  std::optional<Content> content;
};

/// A request and its answer, with the moments between which it must have had its effect. No two moments are the same.
struct Operation {
  int client = 0;
  Request request;
  Answer answer;
  std::int64_t called = 0;
  std::int64_t answered = std::numeric_limits<std::int64_t>::max();
};

struct State {
  bool exists = true;
  std::int64_t rev = 1;
  Content content;

  friend bool operator==(const State&, const State&) = default;
};

/// The contact after `operation` has had its effect on `state`; none when the answer would have been another one, or
/// when there was no answer and there would be no effect.
std::optional<State> after(const State& state, const Operation& operation);

struct Judgement {
  bool linearizable = true;
  bool decided = true;  // False when the search was given up after so many steps.
  std::int64_t steps = 0;
  std::string explanation;  // Where every order ends, when there is none that explains all.
};

/// Looks for an order of the operations in which each has its effect between its moments, every answer is right, and
/// those without an answer are done once or not at all. The search is that of Wing and Gong: take any operation that
/// no other one has to come before, go on, and go back where that leads nowhere; with the memory of Lowe: what was
/// done, whatever the order, and what the contact was then, is never looked at twice.
Judgement judge(const std::vector<Operation>& history, const State& initial, std::int64_t steps_max = 2'000'000);

/// "client 3 put first=7 custom=[,8,,] overwrite if-match 4 -> done rev 5", for findings.
std::string to_string(const Operation& operation);

}  // namespace cardfile::prove
