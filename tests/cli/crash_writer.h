#pragma once
// A client that remembers what it was promised, and can tell whether the promise was kept.

#include <atomic>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "support/http_client.h"

namespace cardfile::test {

/// What all writers of a round add up.
struct Tally {
  std::atomic<std::int64_t> acknowledged = 0;
  std::atomic<std::int64_t> unknown = 0;  // Sent, and the server died before it answered.
  std::atomic<std::int64_t> landed = 0;   // Of the unknown ones, those that were found done.
};

/// A contact as it is expected.
struct ExpectedContact {
  std::string id;  // Empty: not known yet.
  std::string uuid;
  std::int64_t rev = 1;
  std::string first;
  std::string last;
  std::map<std::string, std::string> custom;

  /// Whether `json`, an answer to GET /v1/contact/{id}, shows this contact and nothing else.
  bool matches(const std::string& json, const std::string& phone) const;
};

/// Writes contacts of its own, one request at a time. It knows the last acknowledged state of each, and at most one
/// write whose outcome it was not told.
class Writer {
 public:
  Writer(int number, std::uint32_t seed);

  /// Writes until the connection breaks or an answer is wrong.
  void write_until_cut_off(HttpClient& client, Tally& tally);

  /// Compares every contact with what the server has now, and learns what became of the unknown write.
  void verify(HttpClient& client, Tally& tally);

  /// Every broken promise, a sentence each.
  const std::vector<std::string>& complaints() const { return complaints_; }
  std::int64_t contacts() const;

 private:
  using State = std::optional<ExpectedContact>;  // None: there is no such contact.

  struct Owned {
    std::string phone;
    State known;
    std::optional<State> unknown;  // What it became if the last write was done.
    std::string last_id;           // Of the contact that was deleted last.
  };

  struct Step {
    std::string method;
    std::string target;
    std::string body;
    State after;
  };

  Step next_step(const Owned& owned);
  Step create(const Owned& owned);
  std::string next_value();
  bool accept(Owned& owned, Step step, const HttpReply& reply);
  void verify(Owned& owned, HttpClient& client, Tally& tally);
  std::optional<HttpReply> look_up(const Owned& owned, HttpClient& client);
  void complain(const Owned& owned, const std::string& what);

  const int number_;
  std::mt19937 random_;
  std::int64_t values_ = 0;
  std::vector<Owned> owned_;
  std::vector<std::string> complaints_;
};

}  // namespace cardfile::test
