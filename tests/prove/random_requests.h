#pragma once
// RandomRequests: requests of every route, both versions mixed, that get in one another's way.

#include <cstdint>
#include <initializer_list>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "support/http_client.h"

namespace cardfile::prove {

/// Whose credentials a request has.
enum class Sender { team, other_team, n8n };

struct RandomRequest {
  Sender sender = Sender::team;
  std::string method;
  std::string target;
  std::string body;
  std::map<std::string, std::string> headers;
};

/// The same for the same seed and the same answers. Most requests can be done; the rest are refused for reasons of
/// every kind. Phones, names and ids are few, so that requests meet.
class RandomRequests {
 public:
  explicit RandomRequests(std::uint64_t seed) : random_(seed) {}

  RandomRequest next();

  /// Takes the UUIDs out of an answer, for requests to come.
  void learn(const std::string& body);

 private:
  using Member = std::pair<std::string_view, std::string>;  // A name, and JSON; no member when that is empty.

  RandomRequest contact_request();
  RandomRequest many_contacts_request();
  RandomRequest channel_request();
  RandomRequest status_request();
  RandomRequest directory_request();
  RandomRequest list_request();
  RandomRequest n8n_request();
  RandomRequest odd_request();

  std::string contact_body(bool with_phone, std::vector<Member> more = {});
  std::string query_body();
  std::string search_body();
  std::string channel_body();
  std::string channels();
  std::string custom();
  std::string tags();
  std::string phones();
  std::string ids();

  std::string contact_path(bool first_version);
  std::string overwrite();
  std::string uuid();
  std::string phone();
  std::string text();
  std::string email();
  std::string date();
  std::string number(std::int64_t limit) { return std::to_string(below(limit) + 1); }
  std::string one_of(std::initializer_list<std::string_view> choices);

  std::int64_t below(std::int64_t limit) { return std::uniform_int_distribution<std::int64_t>(0, limit - 1)(random_); }
  bool one_in(std::int64_t count) { return below(count) == 0; }
  /// The member's JSON in one case of so many, and no member in the others.
  template <class Value>
  std::string sometimes(std::int64_t one_in_so_many, Value value) {
    return one_in(one_in_so_many) ? value() : std::string();
  }

  std::mt19937_64 random_;
  std::vector<std::string> uuids_;  // The last ones seen.
};

}  // namespace cardfile::prove
