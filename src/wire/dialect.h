#pragma once
// Dialect: what the contract leaves open and we had to judge, in one place.

#include <cstddef>
#include <cstdint>

#include "core/command.h"
#include "core/query.h"

namespace cardfile::wire {

/// What POST /v1/batch/contacts answers (contract, 3.8).
enum class BatchAnswer {
  failed,   // "ok", or the items that failed.
  contacts  // Every item: its contact, or the item that failed.
};

/// What POST /v1/contacts/count answers (contract, 3.7).
enum class CountAnswer {
  object,  // {"count": 1284}
  number   // 1284
};

/// What `id` and `contact_id` of a channel are (contract, 2.6).
enum class ChannelIds {
  integers,  // 5501 and the contact's v1 id.
  strings    // "5501" and the contact's UUID.
};

/// The judged answers, each with the one that we think right. A member that changes is a client-visible change, and
/// nothing else of the server depends on it.
struct Dialect {
  /// What a single create (POST /v1/contact, POST /v2/contact, an item of POST /v2/contacts) does with an address that
  /// a contact has already; never `keep` (contract, 3.1).
  core::OnDuplicate on_duplicate_phone = core::OnDuplicate::upsert;
  /// Where a list is asked for without `ascending`: oldest first, so that both a client that passes on the last item's
  /// `updated` and one that passes on the greatest that it has seen miss nothing (contract, 1.6).
  core::Direction list_direction = core::Direction::ascending;
  std::int64_t v1_page_base = 0;  // The number of the first page: 0 or 1; on v2 always 0 (contract, 15, question 5).
  BatchAnswer batch_answer = BatchAnswer::failed;
  CountAnswer count_answer = CountAnswer::object;
  ChannelIds channel_ids = ChannelIds::integers;
};

}  // namespace cardfile::wire
