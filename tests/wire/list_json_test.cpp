#include "wire/list_json.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "json_words.h"

namespace cardfile::wire {
namespace {

using Problems = std::vector<core::FieldError>;

/// A UUID for each contact, the n-th ending in n.
class Uuids {
 public:
  core::UuidSource source() {
    return [this] {
      core::Uuid::Bytes bytes{};
      bytes.back() = ++made_;
      return core::Uuid::from_random(bytes);
    };
  }

 private:
  std::uint8_t made_ = 0;
};

template <auto read>
auto read_with(std::string_view body) {
  JsonDocument document;
  Uuids uuids;
  return read(document.parse(body), uuids.source());
}

const auto v1_new = read_with<v1::read_new_list>;
const auto v1_update = read_with<v1::read_list_update>;
const auto v2_new = read_with<v2::read_new_list>;
const auto v2_update = read_with<v2::read_list_update>;

std::string repeated(std::string_view item, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + std::string(item);
  return text;
}

TEST(ReadNewList, TakesContactsByIdAndByAddress) {
  const auto create = v2_new(R"({"title":"Sale","local_id":"crm-1","type":"contacts","contacts":[1,"2"],
                                 "phones":["+1 312 555 0142"],"emails":["Ada@Example.org"],"x":1})");
  EXPECT_EQ(create.problems, Problems{});
  EXPECT_EQ(create.title, "Sale");
  EXPECT_EQ(create.local_id, "crm-1");
  EXPECT_EQ(create.contacts.ids, (std::vector{core::ContactId(1), core::ContactId(2)}));
  ASSERT_EQ(create.contacts.addresses.size(), 2U);
  const auto& [phone, email] = std::tie(create.contacts.addresses[0], create.contacts.addresses[1]);
  EXPECT_EQ(phone.patch.phone, "13125550142");
  EXPECT_EQ(phone.patch.email, std::nullopt);
  EXPECT_EQ(phone.on_duplicate, core::OnDuplicate::keep);
  EXPECT_EQ(email.patch.email, "Ada@Example.org");
  EXPECT_NE(phone.uuid, email.uuid);
}

TEST(ReadNewList, NeedsATitleAndOnVersionTwoALocalId) {
  EXPECT_EQ(v2_new("{}").problems, (Problems{{"title", "is required"}, {"local_id", "is required"}}));
  EXPECT_EQ(v1_new("{}").problems, (Problems{{"title", "is required"}}));
  EXPECT_EQ(v1_new(R"({"title":"Sale","local_id":""})").local_id, std::nullopt);
  EXPECT_EQ(problems_of([] { v2_new("[]"); }), (Problems{{"body", "must be a JSON object"}}));
}

TEST(ReadNewList, NamesEverythingAtFaultAtOnce) {
  EXPECT_EQ(v2_new(R"({"title":7,"local_id":"x","type":"leads","contacts":[1,-2,"x"],"phones":["911",7],"emails":{}})")
                .problems,
            (Problems{{"title", "must be a string"},
                      {"type", "must be contacts"},
                      {"contacts[1]", "must be an integer: a contact's id"},
                      {"contacts[2]", "must be an integer: a contact's id"},
                      {"phones[0]", std::string(core::kPhoneRule)},
                      {"phones[1]", "must be a string"},
                      {"emails", "must be an array of strings"}}));
}

TEST(ReadNewList, TakesAThousandItemsInAnArray) {
  const std::string head = R"({"title":"x","local_id":"y","contacts":[)";
  EXPECT_EQ(v2_new(head + repeated("7", 1000) + "]}").problems, Problems{});
  EXPECT_EQ(v2_new(head + repeated("7", 1001) + "]}").problems,
            (Problems{{"contacts", "must have at most 1000 items"}}));
}

TEST(ReadNewList, NamesAThousandContactsInAllItsArraysTogether) {
  const std::string contacts = R"("title":"x","local_id":"y","contacts":[)" + repeated("7", 998) + "]";
  EXPECT_EQ(v2_new("{" + contacts + R"(,"phones":["13125550142"],"emails":"a@b.c"})").problems, Problems{});
  const auto create = v2_new("{" + contacts + R"(,"phones":["13125550142","13125550143"],"emails":["a@b.c"]})");
  EXPECT_EQ(create.problems, (Problems{{"body",
                                        "must name at most 1000 contacts, phones and emails in all its arrays "
                                        "together: it names 1001"}}));
  EXPECT_TRUE(create.contacts.addresses.empty());
  EXPECT_EQ(v1_new("{" + contacts + R"(,"members":{"13125550142":{},"13125550143":{},"13125550144":{}}})")
                .problems.front()
                .field,
            "body");
}

TEST(ReadNewList, OfVersionOneTakesMembersWithTheirNames) {
  const auto create = v1_new(R"({"title":"Sale","members":{"+13125550142":{"f":" Ada ","l":"L"},"13125550143":{}}})");
  EXPECT_EQ(create.problems, Problems{});
  ASSERT_EQ(create.contacts.addresses.size(), 2U);
  EXPECT_EQ(create.contacts.addresses[0].patch.phone, "13125550142");
  EXPECT_EQ(create.contacts.addresses[0].patch.first, "Ada");
  EXPECT_EQ(create.contacts.addresses[0].patch.last, "L");
  EXPECT_EQ(create.contacts.addresses[1].patch.first, std::nullopt);
  EXPECT_EQ(v1_new(R"({"title":"Sale","members":[]})").problems, Problems{});
  EXPECT_EQ(
      v1_new(R"({"title":"Sale","members":{"911":{},"13125550142":7,"13125550143":{"f":7,"l":"a\nb"}}})").problems,
      (Problems{{"members.911", std::string(core::kPhoneRule)},
                {"members.13125550142", R"(must be an object with "f" and "l")"},
                {"members.13125550143.f", "must be a string"},
                {"members.13125550143.l", "must be at most 255 characters in one line"}}));
}

TEST(ReadListUpdate, OfVersionTwoReplacesAddsAndRemoves) {
  const auto update = v2_update(R"({"title":"Sale","contacts":[1],"phones":["13125550142"],"add_contacts":[2],
                                    "add_phones":["13125550143"],"add_emails":["a@b.c"],"remove_contacts":[3],
                                    "remove_phones":["+13125550144"],"remove_emails":["D@E.F"]})");
  EXPECT_EQ(update.problems, Problems{});
  EXPECT_EQ(update.title, "Sale");
  ASSERT_TRUE(update.replacement);
  EXPECT_EQ(update.replacement->contacts.ids, std::vector{core::ContactId(1)});
  EXPECT_EQ(update.replacement->contacts.addresses.size(), 1U);
  EXPECT_EQ(update.add.ids, std::vector{core::ContactId(2)});
  EXPECT_EQ(update.add.addresses.size(), 2U);
  EXPECT_EQ(update.remove, std::vector{core::ContactId(3)});
  EXPECT_EQ(update.remove_addresses, (std::vector<core::Address>{{"phone", "13125550144"}, {"email", "d@e.f"}}));
}

TEST(ReadListUpdate, ReplacesNobodyWhenNeitherContactsNorPhonesNorEmailsAreGiven) {
  EXPECT_FALSE(v2_update(R"({"title":"Sale","contacts":null})").replacement);
  EXPECT_FALSE(v1_update(R"({"title":"Sale"})").replacement);
}

TEST(ReadListUpdate, ReplacesByNobodyOnlyOnPurpose) {
  EXPECT_TRUE(v2_update(R"({"contacts":[]})").replacement);
  EXPECT_TRUE(v2_update(R"({"phones":["13125550142"],"emails":[]})").replacement);
  EXPECT_FALSE(v2_update(R"({"title":"Sale","phones":[],"emails":[]})").replacement)
      << "a typed client fills in empty arrays";
  EXPECT_TRUE(v1_update(R"({"members":{}})").replacement);
  EXPECT_FALSE(v1_update(R"({"title":"Sale","members":[]})").replacement) << "PHP writes no members as []";
}

TEST(ReadListUpdate, KnowsTheFieldThatAsksForContacts) {
  EXPECT_EQ(v2_update(R"({"add_contacts":[],"add_phones":["13125550142"],"add_emails":["a@b.c"]})").add.field,
            "add_phones");
  EXPECT_EQ(v2_update(R"({"add_contacts":[7],"add_phones":["13125550142"]})").add.field, "add_contacts");
  EXPECT_EQ(v2_update(R"({"emails":"a@b.c"})").replacement->contacts.field, "emails");
  EXPECT_EQ(v1_update(R"({"add_phone":"13125550142"})").add.field, "add_phone");
  EXPECT_EQ(v1_update(R"({"members":{}})").replacement->contacts.field, "members");
  EXPECT_EQ(v1_new(R"({"title":"Sale","members":{"13125550142":{}}})").contacts.field, "members");
  EXPECT_EQ(v1_new(R"({"title":"Sale"})").contacts.field, "contacts");
}

TEST(ReadListUpdate, NamesAThousandContactsInAllItsArraysTogether) {
  const std::string body = R"({"add_contacts":[)" + repeated("7", 600) + R"(],"remove_contacts":[)";
  EXPECT_EQ(v2_update(body + repeated("8", 400) + "]}").problems, Problems{});
  const auto update = v2_update(body + repeated("8", 401) + "]}");
  ASSERT_EQ(update.problems.size(), 1U);
  EXPECT_EQ(update.problems.front().field, "body");
  EXPECT_TRUE(update.add.ids.empty());
}

TEST(ReadListUpdate, OfVersionOneTakesPhonesOneOrMany) {
  const auto update = v1_update(R"({"members":{"13125550142":{"f":"Ada"}},"add_phone":"13125550143",
                                    "remove_phone":["13125550144","13125550145"]})");
  EXPECT_EQ(update.problems, Problems{});
  ASSERT_TRUE(update.replacement);
  EXPECT_TRUE(update.replacement->keeps_without_phone);
  EXPECT_EQ(update.replacement->contacts.addresses.front().patch.first, "Ada");
  EXPECT_EQ(update.add.addresses.size(), 1U);
  EXPECT_EQ(update.remove_addresses.size(), 2U);
  EXPECT_EQ(v1_update(R"({"title":7,"add_phone":7,"remove_phone":"x"})").problems,
            (Problems{{"title", "must be a string"},
                      {"add_phone", "must be an array of strings"},
                      {"remove_phone", std::string(core::kPhoneRule)}}));
}

TEST(WriteList, ShowsItsTargetsByPhone) {
  core::List list{.id = core::ListId(7),
                  .uuid = {},
                  .name = "Sale",
                  .local_id = "crm-1",
                  .creator = core::UserId(3),
                  .size = 2,
                  .rev = 4,
                  .created = {},
                  .updated = {}};
  EXPECT_EQ(written([&](JsonWriter& json) {
              v1::write_list(json, list, {{"13125550142", "Ada", "L"}, {"13125550143", "", ""}}, core::TeamId(1));
            }),
            R"({"id":7,"name":"Sale","local_id":"crm-1",)"
            R"("targets":{"13125550142":{"f":"Ada","l":"L"},"13125550143":{"f":"","l":""}},)"
            R"("team_id":1,"creator_id":3,"shared":true,"created":"1970-01-01T00:00:00.000000Z",)"
            R"("updated":"1970-01-01T00:00:00.000000Z","rev":4,"archived":false})");
  EXPECT_EQ(written([&](JsonWriter& json) { v2::write_created_list(json, list); }),
            R"({"id":7,"rev":4,"uuid":"00000000-0000-0000-0000-000000000000"})");
  EXPECT_EQ(written([&](JsonWriter& json) { write_updated_list(json, list); }), R"({"id":7,"rev":4})");
}

}  // namespace
}  // namespace cardfile::wire
