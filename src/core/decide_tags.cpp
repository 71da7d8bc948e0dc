#include "core/decide_tags.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/directory_write.h"
#include "core/error.h"

namespace cardfile::core {

namespace {

constexpr std::size_t kTagsPerTeamMax = 10'000;
constexpr std::string_view kDefaultTagColor = "#8A8D91";

using Tags = std::map<TagId, Tag>;

/// The chosen id, or the next one. The id of a deleted tag is not given again, not even when it is chosen: a contact
/// that was not written since holds it still. So a chosen id has to be past every one given before.
TagId granted_tag_id(std::optional<TagId> chosen, const Tags& tags, Recorder& recorder) {
  const TagId last = std::max(recorder.last_tag(), tags.empty() ? TagId() : tags.rbegin()->first);
  if (chosen && tags.contains(*chosen)) throw Error(ErrorCode::conflict, {{"id", "is taken already"}});
  if (chosen && *chosen <= last) {
    throw Error(ErrorCode::conflict, {{"id", "must be past the last one given, " + std::to_string(last.value())}});
  }
  const TagId granted = chosen.value_or(TagId(last.value() + 1));
  recorder.use_tag(granted);
  return granted;
}

const Tag& found_or_throw(const Tags& tags, TagId id) {
  const auto found = tags.find(id);
  if (found == tags.end()) throw Error(ErrorCode::not_found, "no tag has this id");
  return found->second;
}

void throw_if_label_is_taken(const Tags& tags, const Tag& tag) {
  for (const auto& [id, other] : tags) {
    if (id == tag.id || !same_title(other.label, tag.label)) continue;
    throw Error(ErrorCode::conflict, {{"tag", "belongs to tag " + std::to_string(id.value()) + " already"}});
  }
}

std::vector<FieldChange> differences(const Tag& from, const Tag& to) {
  std::vector<FieldChange> changes;
  if (from.label != to.label) changes.push_back({"tag", from.label, to.label});
  if (from.color != to.color) changes.push_back({"color", from.color, to.color});
  return changes;
}

}  // namespace

Decision decide_action(CreateTag& action, const TeamState& state, Recorder& recorder) {
  Texts texts(std::move(action.problems));
  const std::string label = texts.name("tag", action.label);
  texts.throw_if_bad();
  const auto& tags = state.directory()->tags;
  for (const auto& [id, tag] : tags) {
    if (same_title(tag.label, label)) return recorder.decision(TagSaved{tag});
  }
  if (tags.size() == kTagsPerTeamMax) {
    throw Error(ErrorCode::bad_data, {{"tag", "a team has at most " + std::to_string(kTagsPerTeamMax) + " tags"}});
  }
  const Timestamp at = recorder.time();
  const Tag tag{.id = granted_tag_id(action.id, tags, recorder),
                .uuid = action.uuid,
                .label = label,
                .color = action.color.empty() ? std::string(kDefaultTagColor) : action.color,
                .rev = 1,
                .created = at,
                .updated = at};
  recorder.log(Subject::tag, tag.id.value(), tag.rev, Operation::create,
               {{"uuid", {}, tag.uuid.to_string()}, {"tag", {}, tag.label}, {"color", {}, tag.color}});
  Decision decision = recorder.decision(TagSaved{tag});
  decision.directory.emplace_back(tag);
  return decision;
}

Decision decide_action(UpdateTag& action, const TeamState& state, Recorder& recorder) {
  const Tags& tags = state.directory()->tags;
  const Tag& before = found_or_throw(tags, action.id);
  Texts texts(std::move(action.problems));
  Tag after = before;
  if (action.label) after.label = texts.name("tag", *action.label);
  if (action.color && !action.color->empty()) after.color = *action.color;
  texts.throw_if_bad();
  throw_if_label_is_taken(tags, after);
  ++after.rev;
  after.updated = recorder.time();
  recorder.log(Subject::tag, after.id.value(), after.rev, Operation::update, differences(before, after));
  Decision decision = recorder.decision(TagSaved{after});
  decision.directory.emplace_back(std::move(after));
  return decision;
}

Decision decide_action(DeleteTag& action, const TeamState& state, Recorder& recorder) {
  const Tag& tag = found_or_throw(state.directory()->tags, action.id);
  recorder.log(Subject::tag, tag.id.value(), tag.rev + 1, Operation::remove,
               {{"uuid", tag.uuid.to_string(), {}}, {"tag", tag.label, {}}, {"color", tag.color, {}}});
  Decision decision = recorder.decision(TagDeleted{});
  decision.directory.emplace_back(TagRemoval{tag.id});
  return decision;
}

}  // namespace cardfile::core
