#pragma once
// Columns: the parts of a contact that a store keeps as compact JSON text. An empty container is the empty text.
//
// Readers get what the writers wrote, and throw std::runtime_error for anything else: the store is damaged then. They
// may be called from any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/contact.h"
#include "core/ids.h"
#include "wire/json_in.h"
#include "wire/json_out.h"

namespace cardfile::wire {

/// {"123":"Premium"}
std::string custom_column(const core::CustomValues& custom);
core::CustomValues parse_custom_column(std::string_view text);

/// [9,10]
std::string tags_column(const std::vector<core::TagId>& tags);
std::vector<core::TagId> parse_tags_column(std::string_view text);

/// ["13125550142"]
std::string texts_column(const std::vector<std::string>& texts);
std::vector<std::string> parse_texts_column(std::string_view text);

/// [1,2]
std::string users_column(const std::vector<core::UserId>& users);
std::vector<core::UserId> parse_users_column(std::string_view text);

/// [1,2]
std::string email_suppressions_column(const std::vector<std::int64_t>& ids);
std::vector<std::int64_t> parse_email_suppressions_column(std::string_view text);

/// [{"id":1,"type":"phone","value":"15105553344","created":1767225600000000}], times in microseconds of the Unix epoch.
/// "updated" is there when it differs from "created", "handle" and "info" when they are not empty.
std::string channels_column(const std::vector<core::Channel>& channels);
std::vector<core::Channel> parse_channels_column(std::string_view text);

/// [{"id":7,"date":1767225600000000,"text":"Called back"}], dates in microseconds of the Unix epoch.
std::string notes_column(const std::vector<core::Note>& notes);
std::vector<core::Note> parse_notes_column(std::string_view text);

/// One channel of that form, for other texts that hold channels. read_channel() throws std::runtime_error.
void write_channel(JsonWriter& json, const core::Channel& channel);
core::Channel read_channel(const Json& value);

}  // namespace cardfile::wire
