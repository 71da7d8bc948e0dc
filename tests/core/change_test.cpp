#include "core/change.h"

#include <gtest/gtest.h>

#include "core/fake_team.h"

namespace cardfile::core {
namespace {

using Changes = std::vector<FieldChange>;

Contact ada() {
  Contact contact;
  contact.id = ContactId(40117);
  contact.uuid = uuid(1);
  contact.rev = 3;
  contact.creator = kOwner;
  contact.created = at("2026-01-01T00:00:00Z");
  contact.updated = at("2026-01-02T00:00:00Z");
  contact.first = "Ada";
  contact.custom = custom({{701, "free"}, {702, "London"}});
  contact.tags = tags({2, 1});
  contact.channels = {{ChannelId(1), "phone", "13125550142", "", "", contact.created, contact.created}};
  return contact;
}

Contact ada_with(void (*change)(Contact&)) {
  Contact contact = ada();
  change(contact);
  return contact;
}

TEST(Differences, OfTheSameContactAreNone) { EXPECT_EQ(differences(ada(), ada()), Changes{}); }

TEST(Differences, LeaveRevisionAndTimesToTheEntry) {
  const Contact later = ada_with([](Contact& c) {
    ++c.rev;
    c.updated += std::chrono::hours(1);
  });
  EXPECT_EQ(differences(ada(), later), Changes{});
}

TEST(Differences, SayWhatEachFieldWasAndWhatItBecame) {
  const Contact changed = ada_with([](Contact& c) {
    c.first = "Augusta";
    c.last = "King";
    c.display_name = "The Countess";
    c.avatar = "https://example.org/a.png";
    c.assigned = kColleague;
    c.tags = tags({1, 2});
    c.consent = {.blocked = true, .unsubscribed_admin = true, .unsubscribed_contact = true};
    c.email_suppressions = {5, 6};
  });
  using Ints = std::vector<std::int64_t>;
  const LogValue none;
  EXPECT_EQ(differences(ada(), changed), (Changes{{"first", "Ada", "Augusta"},
                                                  {"last", none, "King"},
                                                  {"display_name", none, "The Countess"},
                                                  {"avatar", none, "https://example.org/a.png"},
                                                  {"assigned_user_id", none, std::int64_t{78}},
                                                  {"tags", Ints{2, 1}, Ints{1, 2}},
                                                  {"blocked", none, true},
                                                  {"is_opted_out", none, true},
                                                  {"unsubscribed_admin", none, true},
                                                  {"unsubscribed_contact", none, true},
                                                  {"email_suppressions", none, Ints{5, 6}}}));
}

TEST(Differences, OfCustomValuesAreOneChangeEach) {
  const Contact changed = ada_with([](Contact& c) { c.custom = custom({{700, "new"}, {701, "pro"}, {703, ""}}); });
  const LogValue none;
  EXPECT_EQ(differences(ada(), changed), (Changes{{"custom.700", none, "new"},
                                                  {"custom.701", "free", "pro"},
                                                  {"custom.702", "London", none},
                                                  {"custom.703", none, ""}}));
  EXPECT_EQ(differences(changed, ada()), (Changes{{"custom.700", "new", none},
                                                  {"custom.701", "pro", "free"},
                                                  {"custom.702", none, "London"},
                                                  {"custom.703", "", none}}));
}

TEST(Differences, OfANewContactAreAllThatItHas) {
  const LogValue none;
  EXPECT_EQ(differences(std::nullopt, ada()), (Changes{{"uuid", none, uuid(1).to_string()},
                                                       {"creator_id", none, std::int64_t{77}},
                                                       {"first", none, "Ada"},
                                                       {"custom.701", none, "free"},
                                                       {"custom.702", none, "London"},
                                                       {"tags", none, std::vector<std::int64_t>{2, 1}},
                                                       {"channels", none, ada().channels}}));
}

TEST(Differences, SayWhetherTheContactIsOptedOutOnlyWhenThatIsNotWhatItWas) {
  const auto opted_out = [](bool by_team, bool by_contact) {
    return ada_with(by_team ? (by_contact ? +[](Contact& c) { c.consent = {false, true, true}; }
                                          : +[](Contact& c) { c.consent = {false, true, false}; })
                            : (by_contact ? +[](Contact& c) { c.consent = {false, false, true}; } : +[](Contact&) {}));
  };
  const LogValue none;
  EXPECT_EQ(differences(ada(), opted_out(false, true)),
            (Changes{{"is_opted_out", none, true}, {"unsubscribed_contact", none, true}}));
  EXPECT_EQ(differences(opted_out(false, true), opted_out(true, true)), (Changes{{"unsubscribed_admin", none, true}}));
  EXPECT_EQ(differences(opted_out(true, true), opted_out(false, true)), (Changes{{"unsubscribed_admin", true, none}}));
  EXPECT_EQ(differences(opted_out(false, true), ada()),
            (Changes{{"is_opted_out", true, none}, {"unsubscribed_contact", true, none}}));
}

TEST(Differences, OfADeletedContactAreAllThatItHadAndSinceWhen) {
  Changes gone = differences(ada(), std::nullopt);
  EXPECT_EQ(gone.at(2), (FieldChange{"created", "2026-01-01T00:00:00.000000Z", {}}));
  gone.erase(gone.begin() + 2);
  for (FieldChange& change : gone) std::swap(change.from, change.to);
  EXPECT_EQ(gone, differences(std::nullopt, ada()));
}

TEST(Differences, HaveTheChannelsWhole) {
  const Contact changed = ada_with([](Contact& c) { c.channels.front().handle = "Ada"; });
  EXPECT_EQ(differences(ada(), changed), (Changes{{"channels", ada().channels, changed.channels}}));
}

TEST(AddressChanges, AreTheAddressesGivenUpAndTaken) {
  const auto two_phones = ada_with([](Contact& c) {
    c.channels = {{ChannelId(1), "phone", "13125550143"}, {ChannelId(2), "email", "Ada@Example.org"}};
  });
  const AddressChanges changes = address_changes({ada(), two_phones});
  EXPECT_EQ(changes.released, (std::vector<Address>{{"phone", "13125550142"}}));
  EXPECT_EQ(changes.taken, (std::vector<Address>{{"email", "ada@example.org"}, {"phone", "13125550143"}}));
}

TEST(AddressChanges, AreNoneForAnotherOrderSpellingOrHandle) {
  const auto before = ada_with([](Contact& c) {
    c.channels = {{ChannelId(1), "phone", "13125550142"}, {ChannelId(2), "email", "Ada@Example.org"}};
  });
  const auto after = ada_with([](Contact& c) {
    c.channels = {{ChannelId(2), "email", "ada@example.org", "Ada"}, {ChannelId(1), "phone", "13125550142"}};
  });
  EXPECT_TRUE(address_changes({before, after}).released.empty());
  EXPECT_TRUE(address_changes({before, after}).taken.empty());
  EXPECT_TRUE(address_changes({before, before}).taken.empty());
}

TEST(AddressChanges, OfANewContactAreTakenAndOfADeletedOneReleased) {
  const std::vector<Address> phone{{"phone", "13125550142"}};
  EXPECT_EQ(address_changes({std::nullopt, ada()}).taken, phone);
  EXPECT_TRUE(address_changes({std::nullopt, ada()}).released.empty());
  EXPECT_EQ(address_changes({ada(), std::nullopt}).released, phone);
  EXPECT_TRUE(address_changes({ada(), std::nullopt}).taken.empty());
}

TEST(ChangeLog, HasItsWords) {
  EXPECT_EQ(to_string(Subject::contact), "contact");
  EXPECT_EQ(to_string(Subject::team), "team");
  EXPECT_EQ(to_string(Subject::user), "user");
  EXPECT_EQ(to_string(Subject::custom_field), "custom_field");
  EXPECT_EQ(to_string(Subject::tag), "tag");
  EXPECT_EQ(to_string(Subject::list), "list");
  EXPECT_EQ(to_string(Subject::api_key), "api_key");
  EXPECT_EQ(to_string(Subject::api_secret), "api_secret");
  EXPECT_EQ(to_string(Subject::webhook), "webhook");
  EXPECT_EQ(to_string(Operation::create), "create");
  EXPECT_EQ(to_string(Operation::update), "update");
  EXPECT_EQ(to_string(Operation::remove), "delete");
}

TEST(ChangeLog, NamesTheKeyTheSecretOrTheOperator) {
  EXPECT_EQ(Actor{KeyId(7)}.to_string(), "key:7");
  EXPECT_EQ(Actor{.secret = Uuid()}.to_string(), "secret:00000000-0000-0000-0000-000000000000");
  EXPECT_EQ(Actor{}.to_string(), "operator");
}

}  // namespace
}  // namespace cardfile::core
