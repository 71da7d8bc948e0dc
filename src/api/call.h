#pragma once
// Call: one request on its way through a handler, and the words in which handlers speak.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/parts.h"
#include "base/executor.h"
#include "base/task.h"
#include "core/command.h"
#include "core/contact.h"
#include "core/directory.h"
#include "core/error.h"
#include "core/ids.h"
#include "core/query.h"
#include "http/message.h"
#include "store/store.h"
#include "wire/json_in.h"

namespace cardfile::api {

/// Whether a write is done, or only decided.
enum class Run { real, dry };

/// What a handler knows. It holds until the handler has answered; the request's body and its JSON only until the
/// handler's first co_await.
struct Call {
  const http::Request& request;
  const std::vector<std::string>& path;  // The route's parameters, in order.
  base::Executor& executor;
  const Parts& parts;
  core::Uuid request_id;
  core::TeamId team;  // Whose credentials came along; none on public routes.
  core::Actor actor;
  bool draining = false;  // The server is about to stop.

  /// co_await call.commit(std::move(action)): the outcome once it is durable; of a dry run, what it would be. `action`
  /// is a named local: g++ 12 destroys an aggregate twice that is built inside of a co_await expression.
  store::Commit commit(core::Action action, Run run = Run::real) const;

  /// co_await call.commit_all(actions, contacts): what became of each, in one commit.
  store::CommitAll commit_all(std::vector<core::Action> actions, store::Contacts contacts) const;

  std::shared_ptr<const core::Directory> directory() const;

  /// What the query gives, and what takes it past core::end_of_cut_date() as far as that fits. One that may take long
  /// is answered by the worker, and refused with unavailable when too many of them wait already.
  base::Task<std::vector<core::Contact>> contacts(core::ContactQuery query) const;
  base::Task<std::int64_t> count(core::ContactQuery query) const;
  /// The contacts with a phone of each of the lists, likewise. The lists outlive the task.
  base::Task<std::vector<std::vector<core::ListTarget>>> targets(std::vector<const core::List*> lists) const;

  /// The contact that the path's id names; throws not_found.
  core::Contact contact(const core::ContactKey& key) const;

  /// The path's first parameter as an integer id of `thing` (contract, 3.2). Throws not_found for an integer that is
  /// nobody's id, and bad_data for what is no integer, naming `others` at fault in the same answer.
  std::int64_t id(std::string_view thing, std::vector<core::FieldError> others = {}) const;
  /// The same as a contact's v1 id.
  core::ContactId contact_id(std::vector<core::FieldError> others = {}) const {
    return core::ContactId(id("contact", std::move(others)));
  }
  /// The same as a v2 id; what is no UUID is no contact's, so it throws not_found (contract, 5.2).
  core::Uuid contact_uuid() const;

  /// The request's body without the byte order mark that some programs for Windows begin a file with (RFC 8259, 8.1):
  /// the text of what body() and its kin read. Throws unsupported_media_type when it is compressed.
  std::string_view body_text() const;
  /// The body's JSON; throws bad_data when there is none.
  wire::Json body() const;
  /// The body's JSON where nothing in it is required: none for an empty body, [] and null (contract, 1.1).
  std::optional<wire::Json> parameters() const;
  /// The same, as an object without members when there are none.
  wire::Json optional_body() const;

  /// The query's parameter of this name, which counts as not given, and is added to `problems`, when it is given twice
  /// with different values.
  std::optional<std::string> parameter(std::string_view name, std::vector<core::FieldError>& problems) const;

  /// `overwrite` of the query: true, false, 1 or 0 in any case, merge when absent (contract, 14, point 7). Anything
  /// else is added to `problems`.
  core::CustomMode custom_mode(std::vector<core::FieldError>& problems) const;
};

/// 200 with that body.
http::Response ok(std::string body);
/// 200 with a single contact, whose revision is its entity tag.
http::Response ok_contact(std::string body, std::int64_t rev);

}  // namespace cardfile::api
