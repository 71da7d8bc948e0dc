#include <algorithm>
#include <atomic>
#include <map>
#include <thread>

#include "core/error.h"
#include "core/query.h"
#include "store/world.h"

namespace cardfile::test {
namespace {

using core::ContactOrder;
using core::ContactQuery;
using core::Direction;
using core::TextFilter;
using Ids = std::vector<std::int64_t>;

Ids ids_of(const std::vector<core::Contact>& contacts) {
  Ids ids;
  for (const auto& contact : contacts) ids.push_back(contact.id.value());
  return ids;
}

class QueriedContacts : public EveryEngine {
 protected:
  Ids found(const ContactQuery& query) { return ids_of(world.store().contacts(kTeam, query)); }
  std::int64_t counted(const ContactQuery& query) { return world.store().count(kTeam, query); }

  /// Contacts 1 to 4; the second was updated last.
  void have_four_contacts() {
    world.commit(core::CreateUser{.name = "Grace", .role = core::Role::admin});
    world.has_contact({.phone = "13125550141", .first = "bob", .last = "Young"});
    world.has_contact({.phone = "13125550142", .first = "Ada", .last = "adams", .assignee = core::UserId(1)});
    world.has_contact({.phone = "13125550143", .first = "", .email = "Zoe@Example.org"});
    world.has_contact({.phone = "442071838750", .first = "Carl", .assignee = core::UserId(1)});
    world.update(core::ContactId(2), {.avatar = "https://example.com/a.png"});
  }
};
INSTANTIATE_TEST_SUITE_P(Engines, QueriedContacts, testing::Values(Engine::memory, Engine::sqlite),
                         [](const testing::TestParamInfo<Engine>& engine) { return name_of(engine.param); });

TEST_P(QueriedContacts, ComeOldestChangeFirstUnlessAnotherOrderIsAskedFor) {
  have_four_contacts();
  EXPECT_EQ(found({}), (Ids{1, 3, 4, 2}));
  EXPECT_EQ(found({.order = ContactOrder::created}), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(found({.order = ContactOrder::id}), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(found({.order = ContactOrder::first}), (Ids{3, 2, 1, 4}));
  EXPECT_EQ(found({.order = ContactOrder::last}), (Ids{3, 4, 2, 1}));
  EXPECT_EQ(found({.order = ContactOrder::display_name}), (Ids{3, 2, 1, 4}));
}

TEST_P(QueriedContacts, ComeTheOtherWayRoundWhenDescending) {
  have_four_contacts();
  EXPECT_EQ(found({.direction = Direction::descending}), (Ids{2, 4, 3, 1}));
  EXPECT_EQ(found({.order = ContactOrder::created, .direction = Direction::descending}), (Ids{4, 3, 2, 1}));
  EXPECT_EQ(found({.order = ContactOrder::id, .direction = Direction::descending}), (Ids{4, 3, 2, 1}));
  EXPECT_EQ(found({.order = ContactOrder::last, .direction = Direction::descending}), (Ids{1, 2, 4, 3}));
}

TEST_P(QueriedContacts, AreRefusedWhenTheyHoldMoreThanIsAllowedTogether) {
  have_four_contacts();
  std::size_t bytes = 0;
  for (const auto& contact : world.store().contacts(kTeam, {})) bytes += core::size_of(contact);
  const auto is_refused = [&](ContactQuery query) {
    query.bytes_max = bytes - 1;
    try {
      found(query);
      return false;
    } catch (const core::Error& error) {
      return error.code() == core::ErrorCode::bad_data;
    }
  };
  EXPECT_TRUE(is_refused({}));
  EXPECT_TRUE(is_refused({.order = ContactOrder::last}));
  EXPECT_FALSE(is_refused({.limit = 3}));
  EXPECT_FALSE(is_refused({.filter = TextFilter("1312")}));
}

TEST_P(QueriedContacts, EndWhereMoreWouldBeTooMuchBehindThoseThatAreNeeded) {
  have_four_contacts();
  const auto all = world.store().contacts(kTeam, {});
  const auto two_fit = core::size_of(all[0]) + core::size_of(all[1]) + core::size_of(all[2]) - 1;
  EXPECT_EQ(found({.bytes_max = two_fit, .needed = 2}), (Ids{1, 3}));
  EXPECT_EQ(found({.filter = TextFilter("1"), .bytes_max = two_fit, .needed = 1}).size(), 2U);
  EXPECT_EQ(found({.order = ContactOrder::display_name, .bytes_max = two_fit, .needed = 1}).size(), 2U);
  EXPECT_THROW(found({.bytes_max = two_fit, .needed = 3}), core::Error);
}

TEST_P(QueriedContacts, ComeAsTheyAreStored) {
  have_four_contacts();
  for (const auto& contact : world.store().contacts(kTeam, {})) EXPECT_EQ(world.contact(contact.id), contact);
}

TEST_P(QueriedContacts, LieOnTheFarSideOfTheDate) {
  have_four_contacts();
  const auto third = world.contact(core::ContactId(3))->updated;
  EXPECT_EQ(found({.date = third}), (Ids{4, 2}));
  EXPECT_EQ(found({.direction = Direction::descending, .date = third}), (Ids{1}));
  EXPECT_EQ(found({.order = ContactOrder::id, .date = third}), (Ids{2, 4}));
  EXPECT_EQ(counted({.date = third}), 2);
  EXPECT_EQ(counted({.direction = Direction::descending, .date = third}), 1);
}

TEST_P(QueriedContacts, AreCutToTheLimitAfterTheOffset) {
  have_four_contacts();
  EXPECT_EQ(found({.limit = 2}), (Ids{1, 3}));
  EXPECT_EQ(found({.limit = 2, .offset = 2}), (Ids{4, 2}));
  EXPECT_EQ(found({.limit = 2, .offset = 3}), (Ids{2}));
  EXPECT_EQ(found({.limit = 2, .offset = 4}), Ids{});
  EXPECT_EQ(found({.order = ContactOrder::first, .limit = 1, .offset = 1}), (Ids{2}));
  EXPECT_EQ(found({.filter = TextFilter("a"), .limit = 1, .offset = 1}), (Ids{4}));
  EXPECT_EQ(counted({.limit = 2, .offset = 3}), 4);
}

TEST_P(QueriedContacts, AreThoseOfOneUser) {
  have_four_contacts();
  EXPECT_EQ(found({.assigned = core::UserId(1)}), (Ids{4, 2}));
  EXPECT_EQ(found({.assigned = core::UserId(9)}), Ids{});
  EXPECT_EQ(counted({.assigned = core::UserId(1)}), 2);
}

TEST_P(QueriedContacts, AreTheOneWithAnIdIfTheRestIsTrueToo) {
  have_four_contacts();
  EXPECT_EQ(found({.id = core::ContactId(3)}), (Ids{3}));
  EXPECT_EQ(found({.id = core::ContactId(9)}), Ids{});
  EXPECT_EQ(found({.assigned = core::UserId(1), .id = core::ContactId(3)}), Ids{});
  EXPECT_EQ(found({.id = core::ContactId(3), .offset = 1}), Ids{});
  EXPECT_EQ(counted({.id = core::ContactId(3)}), 1);
  EXPECT_EQ(counted({.id = core::ContactId(3), .offset = 1}), 1);
  EXPECT_EQ(counted({.assigned = core::UserId(1), .id = core::ContactId(3)}), 0);
}

TEST_P(QueriedContacts, AreNobodyBelowAParent) {
  have_four_contacts();
  EXPECT_EQ(found({.parent = core::ContactId(1)}), Ids{});
  EXPECT_EQ(counted({.parent = core::ContactId(1)}), 0);
}

TEST_P(QueriedContacts, HaveTheTextInANameThePhoneOrTheEmail) {
  have_four_contacts();
  EXPECT_EQ(found({.filter = TextFilter("YOUNG")}), (Ids{1}));
  EXPECT_EQ(found({.filter = TextFilter("bob y")}), (Ids{1}));
  EXPECT_EQ(found({.filter = TextFilter("zoe@")}), (Ids{3}));
  EXPECT_EQ(found({.filter = TextFilter("+44 (20) 7183")}), (Ids{4}));
  EXPECT_EQ(found({.direction = Direction::descending, .filter = TextFilter("555")}), (Ids{2, 3, 1}));
  EXPECT_EQ(found({.assigned = core::UserId(1), .filter = TextFilter("555")}), (Ids{2}));
  EXPECT_EQ(counted({.filter = TextFilter("555")}), 3);
  EXPECT_EQ(counted({.assigned = core::UserId(1), .filter = TextFilter("555")}), 1);
}

TEST_P(QueriedContacts, HaveTheTextToTheLetter) {
  world.has_contact({.phone = "13125550141", .first = "100% \"_\\"});
  world.has_contact({.phone = "13125550142", .email = "\"q\\\"@example.org"});
  world.has_contact({.phone = "13125550143", .first = "Zo\xc3\xab"});
  EXPECT_EQ(found({.filter = TextFilter("0% \"_\\")}), (Ids{1}));
  EXPECT_EQ(found({.filter = TextFilter("\"Q\\\"@")}), (Ids{2}));
  EXPECT_EQ(found({.filter = TextFilter("O\xc3\xab")}), (Ids{3}));
  EXPECT_EQ(found({.filter = TextFilter("%")}), (Ids{1}));
  EXPECT_EQ(found({.filter = TextFilter("_")}), (Ids{1}));
}

TEST_P(QueriedContacts, AreNotFoundByWhatOnlyTheirRowsHold) {
  world.has_contact({.phone = "13125550141", .channels = {{{.type = "facebook", .value = "fb-1"}}}});
  for (const char* text : {"facebook", "fb-1", "created", "value", "{"}) {
    EXPECT_EQ(found({.filter = TextFilter(text)}), Ids{}) << text;
    EXPECT_EQ(counted({.filter = TextFilter(text)}), 0) << text;
  }
}

TEST_P(QueriedContacts, AreThoseOfTheTeamAlone) {
  world.has_team(kOtherTeam);
  world.has_contact({.phone = "13125550141", .first = "Ada"});
  const auto theirs = world.has_contact({.phone = "13125550142", .first = "Ada"}, kOtherTeam);
  EXPECT_EQ(found({}), (Ids{1}));
  EXPECT_EQ(counted({}), 1);
  EXPECT_EQ(counted({.filter = TextFilter("ada")}), 1);
  EXPECT_EQ(world.store().contacts(kOtherTeam, {}), std::vector{theirs});
  EXPECT_EQ(world.store().contacts(core::TeamId(99), {}), std::vector<core::Contact>{});
  EXPECT_EQ(world.store().count(core::TeamId(99), {}), 0);
}

TEST_P(QueriedContacts, AreNoMoreOnceDeleted) {
  have_four_contacts();
  world.commit(core::DeleteContact{.key = core::ContactId(3)});
  EXPECT_EQ(found({}), (Ids{1, 4, 2}));
  EXPECT_EQ(counted({}), 3);
}

TEST_P(QueriedContacts, AreFoundByTheirAddressesEachOnceAndById) {
  const auto ada = world.has_contact({.phone = "13125550141", .email = "ada@example.org"});
  const auto bob = world.has_contact({.phone = "13125550142"});
  world.has_contact({.phone = "13125550143"});
  world.has_team(kOtherTeam);
  world.has_contact({.phone = "13125550149"}, kOtherTeam);
  const std::vector<core::Address> addresses = {
      core::address_of("phone", "13125550142"), core::address_of("email", "ADA@example.org"),
      core::address_of("phone", "13125550141"), core::address_of("phone", "13125550149"),
      core::address_of("email", "13125550143")};
  EXPECT_EQ(world.store().contacts_at(kTeam, addresses), (std::vector{ada, bob}));
  EXPECT_EQ(world.store().contacts_at(kTeam, {}), std::vector<core::Contact>{});
}

/// The order that SQL gives is core's: pages of random names, one after the other, are those of a sort in memory.
TEST_P(QueriedContacts, ComeInCoresOrderWhateverTheirNames) {
  const std::vector<std::string> names = {"", "a", "A", "b", "Ba", "\xc3\x84", "\xc3\xa4", "Z", "_", "[", "a b", "a-b"};
  std::vector<core::Contact> all;
  for (std::size_t i = 0; i < 60; ++i) {
    all.push_back(world.has_contact({.phone = std::to_string(13125550100 + i),
                                     .first = names[i % names.size()],
                                     .last = names[(i * 7 + i / 12) % names.size()]}));
  }
  for (const auto order : {ContactOrder::updated, ContactOrder::created, ContactOrder::id, ContactOrder::first,
                           ContactOrder::last, ContactOrder::display_name}) {
    for (const auto direction : {Direction::ascending, Direction::descending}) {
      ContactQuery query{.order = order, .direction = direction, .limit = 7};
      std::sort(all.begin(), all.end(),
                [&](const auto& left, const auto& right) { return core::comes_before(query, left, right); });
      std::vector<core::Contact> paged;
      for (;; query.offset += query.limit) {
        const auto page = world.store().contacts(kTeam, query);
        if (page.empty()) break;
        paged.insert(paged.end(), page.begin(), page.end());
      }
      EXPECT_EQ(ids_of(paged), ids_of(all)) << static_cast<int>(order) << ' ' << static_cast<int>(direction);
    }
  }
}

}  // namespace
}  // namespace cardfile::test
