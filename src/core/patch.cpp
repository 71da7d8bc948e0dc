#include "core/patch.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/address.h"
#include "core/directory.h"
#include "core/text.h"

namespace cardfile::core {

namespace {

constexpr std::size_t kChannelTypeMax = 64;
constexpr std::string_view kChannelTypeRule =
    "must be phone, email or the word of an integration: at most 64 of a-z, 0-9, _ and -, and not id";
constexpr std::string_view kPlainTextRule = "must not have control characters but tabs and line ends";

bool is_longer(std::string_view text, std::size_t max) { return text.size() > max && length_of(text) > max; }

std::string length_rule(std::size_t max) { return "must be at most " + std::to_string(max) + " characters"; }

/// Collects the problems of one patch; every check names its field. A field that could not be read is not held to a
/// rule too.
class Checker {
 public:
  explicit Checker(std::vector<FieldError>& problems) : problems_(problems), unread_(problems.size()) {}

  void report(std::string_view field, std::string_view message) {
    const auto end_of_unread = problems_.begin() + static_cast<std::ptrdiff_t>(unread_);
    const auto names_it = [&](const FieldError& other) { return other.field == field; };
    if (std::any_of(problems_.begin(), end_of_unread, names_it)) return;
    // Channels of one item share its handle and info.
    FieldError problem{std::string(field), std::string(message)};
    if (std::find(end_of_unread, problems_.end(), problem) != problems_.end()) return;
    problems_.push_back(std::move(problem));
  }

  void length(std::string_view field, std::string_view text, std::size_t max) {
    if (is_longer(text, max)) report(field, length_rule(max));
  }

  void line(std::string_view field, std::string& text, std::size_t max) {
    if (const std::string_view kept = trimmed(text); kept.size() != text.size()) text = std::string(kept);
    length(field, text, max);
    if (has_control_character(text)) report(field, "must not have control characters");
  }

  void phone(std::string_view field, std::string& text) {
    if (auto digits = normalise_phone(text)) {
      text = std::move(*digits);
    } else {
      report(field, kPhoneRule);
    }
  }

  void email(std::string_view field, std::string& text) {
    if (auto address = normalise_email(text)) {
      text = std::move(*address);
    } else {
      report(field, kEmailRule);
    }
    length(field, text, kTextMax);
  }

 private:
  std::vector<FieldError>& problems_;
  std::size_t unread_;  // So many of them are of fields that could not be read.
};

void check_custom(const CustomPatch& custom, std::vector<CustomProblem>& problems) {
  for (const auto& [id, value] : custom) {
    if (!value) continue;
    if (is_longer(*value, kCustomValueMax)) problems.push_back({id, length_rule(kCustomValueMax)});
    if (!is_plain_text(*value)) problems.push_back({id, std::string(kPlainTextRule)});
  }
}

/// Leaves no more tags than allowed even when there were more, so that a refusal never lists thousands.
void check_tags(Checker& check, std::vector<TagId>& tags) {
  std::vector<TagId> distinct;
  for (const TagId tag : tags) {
    if (std::find(distinct.begin(), distinct.end(), tag) != distinct.end()) continue;
    if (distinct.size() == kTagsMax) {
      check.report("tags", "must be at most " + std::to_string(kTagsMax) + " different tags");
      break;
    }
    distinct.push_back(tag);
  }
  tags = std::move(distinct);
}

void check_suppressions(Checker& check, std::vector<std::int64_t>& ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  if (ids.size() > kEmailSuppressionsMax) {
    check.report("email_suppressions", "must be at most " + std::to_string(kEmailSuppressionsMax) + " ids");
  }
  if (!ids.empty() && (ids.front() < 1 || ids.back() > kIdMax)) {
    check.report("email_suppressions", "must be ids: integers from 1 to 9007199254740991");
  }
}

void check_note(Checker& check, std::string& note) {
  note = std::string(trimmed(note));
  check.length("note", note, kNoteMax);
  if (!is_plain_text(note)) check.report("note", kPlainTextRule);
}

bool is_type_character(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; }

/// `path` stands before the names of the fields: "contact_channels[0].".
void check_channel(Checker& check, const std::string& path, ChannelDraft& draft) {
  draft.type = lower_ascii(trimmed(draft.type));
  // "id" is what searches and bulk deletes call a contact's own UUID (contract, 2.6).
  if (draft.type.empty() || draft.type.size() > kChannelTypeMax || draft.type == "id" ||
      !std::all_of(draft.type.begin(), draft.type.end(), is_type_character)) {
    check.report(path + "channel_type", kChannelTypeRule);
  } else if (draft.type == kPhone) {
    check.phone(path + "channel_id", draft.value);
  } else if (draft.type == kEmail) {
    check.email(path + "channel_id", draft.value);
  } else {
    check.line(path + "channel_id", draft.value, kTextMax);
    if (draft.value.empty()) check.report(path + "channel_id", "must not be empty");
  }
  if (draft.handle) check.line(path + "channel_handle", *draft.handle, kTextMax);
  if (draft.info) check.line(path + "info_channel", *draft.info, kTextMax);
}

void check_channels(Checker& check, std::vector<ChannelDraft>& drafts) {
  if (drafts.size() > kChannelsMax) {
    check.report("contact_channels", "must be at most " + std::to_string(kChannelsMax) + " channels");
    return;
  }
  for (ChannelDraft& draft : drafts) {
    check_channel(check, "contact_channels[" + std::to_string(draft.item) + "].", draft);
  }
}

}  // namespace

ChannelPatch normalised_channel(ChannelPatch patch) {
  Checker check(patch.problems);
  ChannelDraft draft{.type = std::move(patch.type),
                     .value = std::move(patch.value),
                     .handle = std::move(patch.handle),
                     .info = std::move(patch.info),
                     .id = {}};
  check_channel(check, "", draft);
  patch.type = std::move(draft.type);
  patch.value = std::move(draft.value);
  patch.handle = std::move(draft.handle);
  patch.info = std::move(draft.info);
  return patch;
}

ContactPatch normalised(ContactPatch patch) {
  Checker check(patch.problems);
  if (patch.phone) check.phone("phone", *patch.phone);
  if (patch.first) check.line("first", *patch.first, kTextMax);
  if (patch.last) check.line("last", *patch.last, kTextMax);
  if (patch.display_name) check.line("display_name", *patch.display_name, kDisplayNameMax);
  if (patch.email && trimmed(*patch.email).empty()) patch.email->clear();
  if (patch.email && !patch.email->empty()) check.email("email", *patch.email);
  if (patch.avatar) check.line("avatar", *patch.avatar, kAvatarMax);
  if (patch.custom) check_custom(*patch.custom, patch.custom_problems);
  if (patch.tags) check_tags(check, *patch.tags);
  if (patch.email_suppressions) check_suppressions(check, *patch.email_suppressions);
  if (patch.channels) check_channels(check, *patch.channels);
  if (patch.note) check_note(check, *patch.note);
  return patch;
}

std::vector<FieldError> problems_of(const ContactPatch& patch, const Directory& directory) {
  std::vector<FieldError> problems = patch.problems;
  for (const CustomProblem& problem : patch.custom_problems) {
    if (problems.size() >= kProblemsMax) break;
    if (!directory.fields.contains(problem.field)) continue;
    problems.push_back({"custom." + std::to_string(problem.field.value()), problem.message});
  }
  return problems;
}

}  // namespace cardfile::core
