#pragma once
// Store: remembers what core decides, and finds it again.

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/executor.h"
#include "core/change.h"
#include "core/command.h"
#include "core/contact.h"
#include "core/contact_page.h"
#include "core/decide.h"
#include "core/directory.h"
#include "core/ids.h"
#include "core/query.h"

namespace cardfile::store {

/// A command and what became of it: an Outcome, or the exception that refuses it (a core::Error, mostly).
struct Work {
  core::Command command;
  std::variant<std::monostate, core::Outcome, std::exception_ptr> result;

  /// The outcome, or throws the refusal. To be called once, when the commit is done.
  core::Outcome take();
};

inline constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

/// What the outcomes of a submission hold of the contacts that they are about.
enum class Contacts { kept, dropped };

/// Commands that are committed together, and who waits for them. The submitter owns it and keeps it alive until it is
/// resumed; the store touches it on the thread that commits, then not at all. It moves the commands out.
struct Submission {
  std::span<Work> works;
  base::Executor* executor = nullptr;
  std::coroutine_handle<> waiter;
  /// Dropped: an outcome that has a contact tells only that the command was done.
  Contacts contacts = Contacts::kept;
  /// What those that are kept may hold together (core::ContactBytes); a command that would bring more is refused.
  std::size_t contact_bytes_max = kNoLimit;
};

/// Counts what is kept of a submission's outcomes.
class KeptContacts {
 public:
  explicit KeptContacts(const Submission& submission)
      : contacts_(submission.contacts), bytes_(submission.contact_bytes_max) {}

  /// Before the command is done. Throws as core::ContactBytes does.
  void add(core::Outcome& outcome);

 private:
  Contacts contacts_;
  core::ContactBytes bytes_;
};

/// The owner of an API key.
struct KeyOwner {
  core::TeamId team;
  core::KeyId key;
  core::KeyKind kind = core::KeyKind::api;
};

/// An API secret as it is stored, and whose it is.
struct SealedSecret {
  core::TeamId team;
  std::string sealed;
};

/// What check() found. No findings: the store is sound.
struct CheckReport {
  std::int64_t contacts = 0;
  std::int64_t changes = 0;
  std::vector<std::string> findings;  // A sentence each, without personal data.
  /// The same about what is made of the rest, may be deleted and is made again.
  std::vector<std::string> index_findings;
};

/// How far check() is: rows looked at, of about how many.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;

/// One small interface for every engine. Each call names the team, and nothing of another team can be reached by it.
/// Safe to call from any thread.
class Store {
 public:
  Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;
  virtual ~Store() = default;

  /// Queues `submission`. Each command is decided in order, by core::decide(), against what is stored and what the
  /// commands before it did; an accepted one's log entries are saved in one transaction with its rows and indexes, or
  /// with as much of them as does not follow from the entries, and is seen by whoever reads afterwards. A refused one
  /// writes nothing and disturbs no other. When all of it is durable the waiter is resumed on its executor, once.
  /// While the store takes no writes every command is refused with ErrorCode::unavailable. Those whose
  /// commit failed, but for want of room, are refused so too, and may be there when the store is opened again: their
  /// message says it.
  virtual void submit(Submission& submission) = 0;

  virtual std::vector<core::TeamId> teams() const = 0;

  /// Null when there is no such team. The value is a snapshot: later changes make a new one.
  virtual std::shared_ptr<const core::Directory> directory(core::TeamId team) const = 0;

  virtual std::optional<core::Contact> contact(core::TeamId team, const core::ContactKey& key) const = 0;
  virtual std::optional<core::Contact> contact_at(core::TeamId team, const core::Address& address) const = 0;

  /// The contacts that `query` leaves in, in its order, those within its limit and offset. Throws core::Error when they
  /// hold more than it allows.
  virtual std::vector<core::Contact> contacts(core::TeamId team, const core::ContactQuery& query) const = 0;
  /// How many contacts `query` leaves in, whatever its limit and offset.
  virtual std::int64_t count(core::TeamId team, const core::ContactQuery& query) const = 0;
  /// Who has any of `addresses`, each contact once, by id and all as of one moment.
  virtual std::vector<core::Contact> contacts_at(core::TeamId team, std::span<const core::Address> addresses) const = 0;

  /// The contacts of a list that have a phone, by id. None when there is no such list.
  virtual std::vector<core::ListTarget> targets(core::TeamId team, core::ListId list) const = 0;

  /// The owner of the key with that SHA-256, unless it is revoked. The comparison takes the same time wherever two
  /// digests differ.
  virtual std::optional<KeyOwner> key_owner(std::span<const std::uint8_t, 32> digest) const = 0;

  /// The API secret with that id, unless it is revoked.
  virtual std::optional<SealedSecret> secret(const core::Uuid& id) const = 0;

  /// Up to which entry of the change log each webhook of the team has been told, at least.
  virtual std::map<core::WebhookId, std::int64_t> webhook_positions(core::TeamId team) const = 0;

  /// The change log of a team after `after_seq`, oldest first, at most `limit` entries, and no more after they take
  /// `bytes_max` in memory: none only when there are none.
  virtual std::vector<core::ChangeEntry> changes(core::TeamId team, std::int64_t after_seq, std::size_t limit,
                                                 std::size_t bytes_max) const = 0;

  /// Why no writes are taken; empty while they are. A sentence for the operator.
  virtual std::string write_failure() const = 0;

  /// Compares everything with everything: rows with indexes, the change log with rows, the files with their checksums
  /// as far as the engine has them. Reads only.
  virtual CheckReport check(const Progress& progress) const = 0;
};

/// co_await commit(store, executor, command): the outcome when it is durable, or the refusal thrown.
class Commit {
 public:
  Commit(Store& store, base::Executor& executor, core::Command command)
      : store_(store),
        work_{std::move(command), {}},
        submission_{.works = {&work_, 1}, .executor = &executor, .waiter = {}} {}
  Commit(const Commit&) = delete;
  Commit& operator=(const Commit&) = delete;
  ~Commit() = default;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) {
    submission_.waiter = waiter;
    store_.submit(submission_);
  }
  core::Outcome await_resume() { return work_.take(); }

 private:
  Store& store_;
  Work work_;
  Submission submission_;
};

/// co_await commit_all(store, executor, commands, contacts): what became of each, in their order, when all of it is
/// durable. They are one submission, and so one commit, and their contacts are those of one answer.
class CommitAll {
 public:
  CommitAll(Store& store, base::Executor& executor, std::vector<Work> works, Contacts contacts)
      : store_(store),
        works_(std::move(works)),
        submission_{.works = works_,
                    .executor = &executor,
                    .waiter = {},
                    .contacts = contacts,
                    .contact_bytes_max = core::kPageBytesMax} {}
  CommitAll(const CommitAll&) = delete;
  CommitAll& operator=(const CommitAll&) = delete;
  ~CommitAll() = default;

  /// There is nothing to wait for when nothing is to be done.
  bool await_ready() const noexcept { return works_.empty(); }
  void await_suspend(std::coroutine_handle<> waiter) {
    submission_.waiter = waiter;
    store_.submit(submission_);
  }
  std::vector<Work> await_resume() { return std::move(works_); }

 private:
  Store& store_;
  std::vector<Work> works_;
  Submission submission_;
};

/// Commits the commands of `works` together and blocks until they are durable; for the command line and for tests,
/// never on a thread that answers requests.
void commit_and_wait(Store& store, std::span<Work> works);
core::Outcome commit_and_wait(Store& store, core::Command command);

}  // namespace cardfile::store
