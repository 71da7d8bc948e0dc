#include "core/contact_write.h"

#include <utility>

#include "core/error.h"

namespace cardfile::core {

Contact found_or_throw(const TeamState& state, const ContactKey& key) {
  auto contact = state.contact(key);
  if (!contact) throw Error(ErrorCode::not_found, "no contact has this id");
  return std::move(*contact);
}

void throw_unless_accepted(const std::optional<IfMatch>& if_match, std::int64_t rev) {
  if (if_match && !if_match->accepts(rev)) throw Error::precondition_failed(rev);
}

void record(ContactChange& change, const TeamState& state, Recorder& recorder) {
  Contact& after = *change.after;
  std::erase_if(after.tags, [&](TagId tag) { return !state.directory()->tags.contains(tag); });
  after.rev = change.before ? change.before->rev + 1 : 1;
  after.updated = recorder.time();
  if (!change.before) after.created = after.updated;
  recorder.log(Subject::contact, after.id.value(), after.rev, change.before ? Operation::update : Operation::create,
               differences(change.before, change.after));
}

Decision saved(ContactChange change, const TeamState& state, Recorder& recorder) {
  record(change, state, recorder);
  Decision decision = recorder.decision(ContactSaved{*change.after});
  decision.contacts.push_back(std::move(change));
  return decision;
}

}  // namespace cardfile::core
