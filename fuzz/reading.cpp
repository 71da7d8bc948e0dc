#include "fuzz/reading.h"

#include "core/address.h"
#include "core/text.h"
#include "wire/bulk_json.h"
#include "wire/json_out.h"

namespace cardfile::fuzz {

void check(const core::ContactPatch& patch) {
  if (!patch.problems.empty() || !patch.custom_problems.empty()) return;
  promise(core::normalised(patch) == patch, "the normal form of a normal form is itself");
  if (patch.phone && !patch.phone->empty()) {
    promise(core::normalise_phone(*patch.phone) == patch.phone, "a phone is in its normal form");
  }
  if (patch.first) promise(core::length_of(*patch.first) <= core::kTextMax, "a name is within its limit");
  if (patch.tags) promise(patch.tags->size() <= core::kTagsMax, "a contact has five tags at most");
  if (patch.channels) promise(patch.channels->size() <= core::kChannelsMax, "channels are within their limit");
  if (patch.custom) {
    for (const auto& [field, value] : *patch.custom) {
      promise(field.value() > 0, "a custom field has an id");
      promise(!value || core::length_of(*value) <= core::kCustomValueMax, "a custom value is within its limit");
    }
  }
}

std::string rewritten(const wire::Json& value) {
  std::string text;
  wire::JsonWriter json(text);
  wire::write_json(json, value);
  return text;
}

}  // namespace cardfile::fuzz
