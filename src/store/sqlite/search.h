#pragma once
// Search: the queries that the search index answers.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/contact.h"
#include "core/query.h"
#include "store/sqlite/db.h"
#include "store/sqlite/memtable.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/search_file.h"

namespace cardfile::store::sqlite {

/// Answers filters and orders by name in few steps, and gives none where the index is of no use: when it is not there,
/// still being built, far behind, damaged, or when so many contacts match that a walk in order finds a page sooner.
///
/// What it answers is exact, as of one moment of the contacts. Those that changed after the index last looked are read
/// themselves, whatever the index says of them; of the others the index names candidates, and the contact decides.
class Search {
 public:
  /// All are lent. No transaction is open on the connection.
  Search(Connection& contacts, RowReader& rows, const Memtable& memtable, SearchFile& file);
  Search(const Search&) = delete;
  Search& operator=(const Search&) = delete;
  ~Search();

  std::optional<std::vector<core::Contact>> contacts(core::TeamId team, const core::ContactQuery& query);
  /// Where only a filter is asked for, the index's texts decide: it has those of the contacts that did not change.
  std::optional<std::int64_t> count(core::TeamId team, const core::ContactQuery& query);

 private:
  class Index;
  struct Moment;

  /// What `answer` gives, called with one moment of index and contacts.
  template <class Result>
  std::optional<Result> at_one_moment(core::TeamId team,
                                      const std::function<std::optional<Result>(const Moment&)>& answer);
  /// Null when there is none to be used.
  Index* index();
  std::optional<std::set<core::ContactId>> changed_since(core::TeamId team, const Watermark& watermark);

  std::optional<std::vector<core::Contact>> by_candidates(const Moment& moment, const core::ContactQuery& query);
  std::vector<core::Contact> by_name(const Moment& moment, const core::ContactQuery& query);
  /// Of what is found here only that is there which contacts are ordered by.
  std::optional<std::vector<core::Contact>> candidates(const Moment& moment, const core::ContactQuery& query);
  std::vector<core::Contact> changed(const Moment& moment, const core::ContactQuery& query);

  Connection& contacts_;
  RowReader& rows_;
  const Memtable& memtable_;
  ChangeLogReader log_;
  Statement changes_;
  SearchFile& file_;
  std::unique_ptr<Index> index_;  // Opened when it is first asked.
};

}  // namespace cardfile::store::sqlite
