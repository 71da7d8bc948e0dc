#pragma once
// ContactPatch: what the caller asked for, nothing else.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/ids.h"

namespace cardfile::core {

struct Directory;

/// Lengths in characters (contract, 15, question 24).
inline constexpr std::size_t kTextMax = 255;
inline constexpr std::size_t kDisplayNameMax = 2 * kTextMax + 1;  // A derived one can be sent back.
inline constexpr std::size_t kAvatarMax = 2048;
inline constexpr std::size_t kCustomValueMax = 4096;
inline constexpr std::size_t kCustomBytesMax = std::size_t{256} << 10;  // In bytes, of all values of a contact.
inline constexpr std::size_t kTagsMax = 5;
inline constexpr std::size_t kEmailSuppressionsMax = 1000;
inline constexpr std::size_t kChannelsMax = 100;
inline constexpr std::size_t kNoteMax = 1000;
inline constexpr std::size_t kNotesMax = 50;

/// What an address must look like, for the messages that say so.
inline constexpr std::string_view kPhoneRule =
    "must be 7 to 15 digits in E.164 form, without the leading + and not beginning with 0";
inline constexpr std::string_view kEmailRule = "must be an address with one @ and no blanks";

/// Values to set; none takes a field's value away.
using CustomPatch = std::map<FieldId, std::optional<std::string>>;

/// What is wrong with the value of a custom field. Keys that are no field of the team are dropped whatever they hold
/// (contract, 2.3), and which ones are is known to the directory alone.
struct CustomProblem {
  FieldId field;
  std::string message;

  friend bool operator==(const CustomProblem&, const CustomProblem&) = default;
};

/// A channel that the contact shall have. One of several values that an item brings stands for a channel of its own.
struct ChannelDraft {
  std::string type;
  std::string value;
  std::optional<std::string> handle;  // Absent: as it is stored.
  std::optional<std::string> info;
  std::optional<ChannelId> id;  // Of the channel that it was read from, if it says so.
  std::size_t item = 0;         // Its place in `contact_channels`, for what is wrong with it.

  friend bool operator==(const ChannelDraft&, const ChannelDraft&) = default;
};

/// The writable fields (contract, 2.2). An absent member keeps what is stored; an empty string clears it.
struct ContactPatch {
  std::optional<std::string> phone;
  bool clears_phone = false;  // Refused, as a phone cannot be cleared, unless the contact has none.
  std::optional<std::string> first;
  std::optional<std::string> last;
  std::optional<std::string> display_name;
  std::optional<std::string> email;
  std::optional<std::string> avatar;
  std::optional<CustomPatch> custom;
  std::optional<UserId> assignee;  // UserId() unassigns.
  std::optional<std::vector<TagId>> tags;
  std::optional<bool> opted_out;
  std::optional<std::vector<std::int64_t>> email_suppressions;
  std::optional<std::vector<ChannelDraft>> channels;
  std::optional<std::string> note;  // To be pinned on the contact beside those that it has; an empty one is none.

  /// What could not be read, or breaks a rule that needs no look at the store. A patch with problems is never applied:
  /// decide() refuses it, and names in the same answer what only the store could tell.
  std::vector<FieldError> problems;
  std::vector<CustomProblem> custom_problems;  // Those of the team's fields are problems like any other.

  friend bool operator==(const ContactPatch&, const ContactPatch&) = default;
};

/// What the channel endpoints take: one channel (contract, 6). An absent handle or info keeps what is stored.
struct ChannelPatch {
  std::string type;
  std::string value;
  std::optional<std::string> handle;
  std::optional<std::string> info;
  std::vector<FieldError> problems;  // As in ContactPatch.

  friend bool operator==(const ChannelPatch&, const ChannelPatch&) = default;
};

/// As for a contact; problems name `channel_type`, `channel_id`, `channel_handle` and `info_channel`. A type or value
/// that is empty because it could not be read has its problem already.
ChannelPatch normalised_channel(ChannelPatch patch);

/// Brings the values into their normal form (surrounding blanks off, phone digits, distinct tags, …) and adds to
/// `problems` and `custom_problems` every rule that one breaks. The wire calls it once on what it has read.
ContactPatch normalised(ContactPatch patch);

/// The patch's problems in a team with this directory; of those of custom values no more than kProblemsMax allows.
std::vector<FieldError> problems_of(const ContactPatch& patch, const Directory& directory);

}  // namespace cardfile::core
