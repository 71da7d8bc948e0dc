#include "core/contact_write.h"

#include <utility>

#include "core/error.h"

namespace cardfile::core {

SharedContact found_or_throw(const TeamState& state, const ContactKey& key) {
  auto contact = state.contact(key);
  if (!contact) throw Error(ErrorCode::not_found, "no contact has this id");
  return contact;
}

void throw_unless_accepted(const std::optional<IfMatch>& if_match, std::int64_t rev) {
  if (if_match && !if_match->accepts(rev)) throw Error::precondition_failed(rev);
}

ContactChange recorded(SharedContact before, Contact after, const TeamState& state, Recorder& recorder) {
  std::erase_if(after.tags, [&](TagId tag) { return !state.directory()->tags.contains(tag); });
  after.rev = before ? before->rev + 1 : 1;
  after.updated = recorder.time();
  if (!before) after.created = after.updated;
  ContactChange change{.before = std::move(before), .after = std::move(after)};
  recorder.log(Subject::contact, change.after->id.value(), change.after->rev,
               change.before ? Operation::update : Operation::create, differences(change.before, change.after));
  return change;
}

Decision saved(ContactChange change, Recorder& recorder) {
  Decision decision = recorder.decision(ContactSaved{change.after});
  decision.contacts.push_back(std::move(change));
  return decision;
}

}  // namespace cardfile::core
