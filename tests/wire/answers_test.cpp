#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <tuple>

#include "json_words.h"
#include "wire/v1.h"
#include "wire/v2.h"

namespace cardfile::wire {
namespace {

core::Timestamp time(std::string_view text) { return core::parse_rfc3339(text).value(); }
core::Uuid uuid(std::string_view text) { return core::Uuid::parse(text).value(); }

core::Directory directory() {
  core::Directory directory;
  directory.team = {.id = core::TeamId(12), .name = "North \"Desk\"", .created = {}};
  for (const auto& [id, name, role] : {std::tuple(77, "Ines", core::Role::admin), {78, "Tom", core::Role::member}}) {
    core::User& user = directory.users[core::UserId(id)];
    user.id = core::UserId(id);
    user.name = name;
    user.role = role;
  }
  directory.fields[core::FieldId(702)] = {.id = core::FieldId(702), .title = "Renewal date", .created = {}};
  directory.fields[core::FieldId(701)] = {.id = core::FieldId(701), .title = "Plan", .created = {}};
  directory.tags[core::TagId(9)] = {.id = core::TagId(9),
                                    .uuid = uuid("f4a1b0de-7a8b-4f5a-8f16-3a1a7ab1f0c2"),
                                    .label = "Renewal",
                                    .color = "#2E86DE",
                                    .rev = 1,
                                    .created = time("2026-03-01T00:00:00Z"),
                                    .updated = time("2026-03-02T00:00:00.5Z")};
  return directory;
}

core::Contact mina() {
  core::Contact contact;
  contact.id = core::ContactId(40117);
  contact.uuid = uuid("0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10");
  contact.rev = 1;
  contact.creator = core::UserId(77);
  contact.created = contact.updated = time("2026-03-02T09:15:00.000001Z");
  contact.first = "Mina";
  contact.last = "Okafor";
  contact.display_name = "Mina Okafor";
  contact.custom = {{core::FieldId(701), "Gold"}, {core::FieldId(702), "2026-09-30"}};
  contact.tags = {core::TagId(9)};
  contact.channels = {{.id = core::ChannelId(5500),
                       .type = "phone",
                       .value = "13125550142",
                       .handle = "",
                       .info = "",
                       .created = contact.created,
                       .updated = contact.created}};
  return contact;
}

constexpr std::string_view kMina =
    R"("id":40117,"uuid":"0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10","rev":1,"op":"create","team_id":12,"creator_id":77,)"
    R"("shared":true,"created":"2026-03-02T09:15:00.000001Z","updated":"2026-03-02T09:15:00.000001Z",)"
    R"("phone":"13125550142","first":"Mina","last":"Okafor","display_name":"Mina Okafor","email":"","avatar":"",)"
    R"("custom":{"701":"Gold","702":"2026-09-30"},"assigned_user_id":0,)"
    R"("tags":[{"tag_id":9,"tag":"Renewal","color":"#2E86DE"}],"is_opted_out":false)";

TEST(ContactAnswer, HasItsMembersInAStableOrder) {
  EXPECT_EQ(written([](JsonWriter& json) { v1::write_contact(json, mina(), directory()); }),
            "{" + std::string(kMina) + "}");
}

TEST(ContactAnswer, PrintsEveryMemberOfAnEmptyContact) {
  EXPECT_EQ(
      written([](JsonWriter& json) { v1::write_contact(json, core::Contact{}, directory()); }),
      R"({"id":0,"uuid":"00000000-0000-0000-0000-000000000000","rev":0,"op":"update","team_id":12,"creator_id":0,)"
      R"("shared":true,"created":"1970-01-01T00:00:00.000000Z","updated":"1970-01-01T00:00:00.000000Z",)"
      R"("phone":"","first":"","last":"","display_name":"","email":"","avatar":"","custom":{},)"
      R"("assigned_user_id":0,"tags":[],"is_opted_out":false})");
}

TEST(ContactAnswer, ShowsAssignmentOptOutAvatarAndTheLastOperation) {
  core::Contact contact = mina();
  contact.rev = 2;
  contact.assigned = core::UserId(78);
  contact.consent.unsubscribed_contact = true;
  contact.avatar = "https://example.org/m.png";
  contact.first = "Mi\"na\n";
  const std::string answer = written([&](JsonWriter& json) { v1::write_contact(json, contact, directory()); });
  for (const auto* part : {R"("rev":2,"op":"update",)", R"("assigned_user_id":78,)", R"("is_opted_out":true)",
                           R"("avatar":"https://example.org/m.png",)", R"("first":"Mi\"na\n",)"}) {
    EXPECT_NE(answer.find(part), std::string::npos) << part << " in " << answer;
  }
}

TEST(ContactAnswer, LeavesOutATagThatTheTeamHasNoMore) {
  core::Contact contact = mina();
  contact.tags = {core::TagId(8), core::TagId(9), core::TagId(10)};
  EXPECT_EQ(written([&](JsonWriter& json) { v1::write_contact(json, contact, directory()); }),
            "{" + std::string(kMina) + "}");
}

TEST(ContactAnswerV2, AddsTheChannels) {
  core::Contact contact = mina();
  contact.channels.push_back({.id = core::ChannelId(5502),
                              .type = "facebook",
                              .value = "mina.o",
                              .handle = "Mina",
                              .info = "page",
                              .created = contact.created,
                              .updated = time("2026-03-03T00:00:00Z")});
  EXPECT_EQ(written([&](JsonWriter& json) { v2::write_contact(json, contact, directory(), {}); }),
            "{" + std::string(kMina) +
                R"(,"contact_channels":[{"id":5500,"team_id":12,"contact_id":40117,)"
                R"("contact_uuid":"0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10","channel_type":"phone",)"
                R"("channel_id":"13125550142","info_channel":"","channel_handle":"",)"
                R"("created":"2026-03-02T09:15:00.000001Z","updated":"2026-03-02T09:15:00.000001Z"},)"
                R"({"id":5502,"team_id":12,"contact_id":40117,)"
                R"("contact_uuid":"0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10","channel_type":"facebook",)"
                R"("channel_id":"mina.o","info_channel":"page","channel_handle":"Mina",)"
                R"("created":"2026-03-02T09:15:00.000001Z","updated":"2026-03-03T00:00:00.000000Z"}]})");
}

TEST(ContactAnswerV2, PrintsAnEmptyChannelList) {
  EXPECT_EQ(written([](JsonWriter& json) { v2::write_channels(json, core::Contact{}, core::TeamId(12), {}); }), "[]");
}

TEST(SavedAnswer, NamesTheRecordAndItsRevision) {
  EXPECT_EQ(written([](JsonWriter& json) { v1::write_saved(json, mina()); }),
            R"({"id":40117,"rev":1,"uuid":"0b7d6c1e-52a4-4f0b-9c39-6f2f1f6f8a10"})");
  EXPECT_EQ(written([](JsonWriter& json) { v1::write_saved(json, directory().tags.at(core::TagId(9))); }),
            R"({"id":9,"rev":1,"uuid":"f4a1b0de-7a8b-4f5a-8f16-3a1a7ab1f0c2"})");
}

TEST(FieldAnswers, ListAllFieldsById) {
  EXPECT_EQ(written([](JsonWriter& json) { v1::write_fields(json, directory()); }),
            R"([{"id":701,"title":"Plan","name":"Plan"},{"id":702,"title":"Renewal date","name":"Renewal date"}])");
  EXPECT_EQ(written([](JsonWriter& json) { v1::write_fields(json, core::Directory{}); }), "[]");
}

TEST(FieldAnswers, MarkTitlesThatExistedAlready) {
  const core::FieldsSaved saved{.items = {{.field = directory().fields.at(core::FieldId(701)), .duplicate = true},
                                          {.field = directory().fields.at(core::FieldId(702)), .duplicate = false}}};
  EXPECT_EQ(written([&](JsonWriter& json) { v1::write_created_fields(json, saved); }),
            R"([{"id":701,"title":"Plan","duplicate":true},{"id":702,"title":"Renewal date","duplicate":false}])");
}

TEST(TagAnswer, GivesTheLabelUnderBothNames) {
  EXPECT_EQ(
      written([](JsonWriter& json) { v1::write_tag(json, directory().tags.at(core::TagId(9)), core::TeamId(12)); }),
      R"({"id":9,"tag":"Renewal","name":"Renewal","color":"#2E86DE","team_id":12,)"
      R"("created":"2026-03-01T00:00:00.000000Z","updated":"2026-03-02T00:00:00.500000Z","rev":1})");
}

TEST(TeamAnswer, ListsItsMembersWithTheirRoles) {
  EXPECT_EQ(written([](JsonWriter& json) { v1::write_team(json, directory()); }),
            R"({"id":12,"name":"North \"Desk\"","list_size":10000,"members":[)"
            R"({"id":77,"name":"Ines","role":"admin"},{"id":78,"name":"Tom","role":"member"}]})");
}

TEST(AContact, ShowsItsNotesWhenThereAreSome) {
  core::Contact contact;
  const core::Directory directory;
  const auto show = [&] { return written([&](JsonWriter& json) { v1::write_contact(json, contact, directory); }); };
  EXPECT_EQ(show().find("note"), std::string::npos);
  contact.notes = {{7, core::Timestamp(), "Called back"}};
  EXPECT_TRUE(show().ends_with(
      R"("note":[{"date":"1970-01-01T00:00:00.000000Z","id":"7","name":"","text":"Called back","user_id":0}]})"))
      << show();
}

}  // namespace
}  // namespace cardfile::wire
