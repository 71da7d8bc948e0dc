#pragma once
// Queries: contacts, one or many, out of the tables in migrations/ and what is newer than their rows.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/address.h"
#include "core/command.h"
#include "core/contact.h"
#include "core/directory.h"
#include "core/query.h"
#include "store/sqlite/db.h"
#include "store/sqlite/kept_snapshot.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/search.h"
#include "store/sqlite/uuid_guesses.h"
#include "store/sqlite/view.h"

namespace cardfile::store::sqlite {

/// Finds contacts through one connection, which no transaction is open on but the snapshot that is kept. What core says
/// of a query decides; SQL is there to come to the candidates in few steps and in the right order.
///
/// By `updated` a page is read off an index, by `id` off the table, and the search index answers filters and orders by
/// name. What neither helps is a scan of the whole team.
class Queries {
 public:
  /// All are lent.
  Queries(Connection& connection, RowReader& rows, KeptSnapshot& snapshot, const Memtable& memtable, Search& search,
          UuidGuesses& guesses);

  std::optional<core::Contact> contact(core::TeamId team, const core::ContactKey& key);
  std::optional<core::Contact> contact_at(core::TeamId team, const core::Address& address);
  std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query);
  std::int64_t count(core::TeamId team, const core::ContactQuery& query);
  std::vector<core::Contact> contacts_at(core::TeamId team, std::span<const core::Address> addresses);
  std::vector<core::ListTarget> targets(core::TeamId team, core::ListId list);

 private:
  std::optional<core::Contact> newest(core::TeamId team, core::ContactId id);
  std::vector<core::Contact> contact_with_id(core::TeamId team, const core::ContactQuery& query);
  View view_of(core::TeamId team);
  Statement& prepared(std::string sql);

  Connection& connection_;
  RowReader& rows_;
  KeptSnapshot& snapshot_;
  const Memtable& memtable_;
  Search& search_;
  UuidGuesses& guesses_;
  const NewerContacts* newer_ = nullptr;         // While a query asks which rows are behind.
  std::map<std::string, Statement> statements_;  // By their text; there are few.
};

}  // namespace cardfile::store::sqlite
