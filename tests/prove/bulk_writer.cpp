#include "prove/bulk_writer.h"

#include <algorithm>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace cardfile::prove {
namespace {

using nlohmann::json;
using test::HttpClient;
using test::HttpReply;

constexpr std::int64_t kFirstPhone = 13'000'000'000;

std::string name_at(std::int64_t rev) { return "At " + std::to_string(rev); }

std::optional<HttpReply> save(HttpClient& client, std::int64_t first_phone, std::int64_t contacts, std::int64_t rev) {
  json items = json::array();
  for (std::int64_t i = 0; i < contacts; ++i)
    items.push_back({{"phone", std::to_string(first_phone + i)}, {"first", name_at(rev)}});
  return client.send("POST", "/v2/contacts", json{{"contacts", std::move(items)}}.dump());
}

}  // namespace

BulkWriter::BulkWriter(const BulkSize& size, KillWriterFaults faults)
    : contacts_(size.contacts), groups_per_round_(static_cast<std::size_t>(size.calls_per_round)), faults_(faults) {
  for (std::int64_t made = 0; made < size.contacts; made += size.contacts_per_call)
    groups_.push_back(
        {.first_phone = kFirstPhone + made, .contacts = std::min(size.contacts_per_call, size.contacts - made)});
}

void BulkWriter::create(HttpClient& client) {
  for (auto& group : groups_) {
    const auto reply = save(client, group.first_phone, group.contacts, group.rev + 1);
    if (!reply || reply->status != 200)
      throw std::runtime_error("contacts are not made: " + (reply ? reply->body : std::string("no answer")));
    ++group.rev;
  }
}

void BulkWriter::write_until_cut_off(HttpClient& client, KillTally& tally, const std::atomic<bool>& is_killed) {
  for (; complaints_.empty(); next_ = (next_ + 1) % std::min(groups_per_round_, groups_.size())) {
    auto& group = groups_[next_];
    const auto reply = faults_.tears_bulk_calls ? write_half(client, group, is_killed)
                                                : save(client, group.first_phone, group.contacts, group.rev + 1);
    if (!reply) {
      if (!is_killed) complain(group, "were written when the server cut that off, while it was alive");
      unknown_ = next_;
      ++tally.cut_off;
      return;
    }
    if (reply->status != 200) complain(group, "were refused: " + std::to_string(reply->status));
    ++group.rev;
    tally.acknowledged += group.contacts;
  }
}

/// The kill comes before the other half.
std::optional<HttpReply> BulkWriter::write_half(HttpClient& client, const Group& group,
                                                const std::atomic<bool>& is_killed) {
  save(client, group.first_phone, group.contacts / 2, group.rev + 1);
  is_killed.wait(false);
  return std::nullopt;
}

void BulkWriter::verify(HttpClient& client, KillTally& tally) {
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    auto& group = groups_[i];
    const bool is_unknown = unknown_ == i;
    if (group.rev == 1 && !is_unknown) continue;
    const std::int64_t before = contacts_at(client, group, group.rev);
    if (before == group.contacts) continue;
    const std::int64_t after = is_unknown ? contacts_at(client, group, group.rev + 1) : 0;
    if (after != group.contacts) {
      complain(group, "are not what was acknowledged: " + std::to_string(before) + " of them are, and " +
                          std::to_string(after) + " are as the call that was cut off makes them");
      continue;
    }
    tally.landed += group.contacts;
    ++group.rev;
  }
  unknown_.reset();
}

std::int64_t BulkWriter::contacts_at(HttpClient& client, const Group& group, std::int64_t rev) {
  std::int64_t count = 0;
  for (std::int64_t i = 0; i < group.contacts; ++i) {
    const auto reply =
        client.send("POST", "/v1/contact/get", json{{"phone", std::to_string(group.first_phone + i)}}.dump());
    const json shown = reply ? json::parse(reply->body, nullptr, false) : json();
    if (shown.is_object() && shown.value("rev", 0) == rev && shown.value("first", "") == name_at(rev)) ++count;
  }
  return count;
}

void BulkWriter::complain(const Group& group, const std::string& what) {
  complaints_.push_back(std::to_string(group.contacts) + " contacts from phone " + std::to_string(group.first_phone) +
                        " on, last acknowledged at revision " + std::to_string(group.rev) + ", " + what);
}

}  // namespace cardfile::prove
