#include "cli/demo_data.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"

namespace cardfile::cli {
namespace {

constexpr std::size_t kContacts = 500;

constexpr std::array<std::string_view, 25> kFirstNames = {
    "Amara", "Ben",   "Chiara", "Dmitri", "Elena", "Farid", "Grace", "Hiro",  "Ines", "Jonas", "Kavya",  "Liam", "Mina",
    "Noor",  "Oscar", "Priya",  "Quinn",  "Rosa",  "Sven",  "Tala",  "Uriel", "Vera", "Wei",   "Ximena", "Yusuf"};
constexpr std::array<std::string_view, 20> kLastNames = {
    "Abbott", "Bianchi", "Castillo", "Dubois", "Eriksen", "Fischer", "Garcia",  "Haddad", "Ivanova", "Jensen",
    "Kimura", "Larsen",  "Mbeki",    "Nguyen", "Ortega",  "Patel",   "Quigley", "Rossi",  "Sato",    "Tran"};
static_assert(kFirstNames.size() * kLastNames.size() == kContacts);

constexpr std::array<std::string_view, 10> kAreaCodes = {"206", "212", "303", "312", "404",
                                                         "415", "512", "617", "702", "808"};
constexpr std::array<std::string_view, 10> kCities = {"Seattle",       "New York", "Denver", "Chicago",   "Atlanta",
                                                      "San Francisco", "Austin",   "Boston", "Las Vegas", "Honolulu"};
constexpr std::array<std::string_view, 10> kTimeZones = {
    "America/Los_Angeles", "America/New_York", "America/Denver",   "America/Chicago",     "America/New_York",
    "America/Los_Angeles", "America/Chicago",  "America/New_York", "America/Los_Angeles", "Pacific/Honolulu"};
constexpr std::array<std::string_view, 3> kMailDomains = {"example.com", "example.org", "example.net"};
constexpr std::array<std::string_view, 3> kPlans = {"Free", "Starter", "Premium"};
constexpr std::array<std::string_view, 4> kSegments = {"Consumer", "Small business", "Mid-market", "Enterprise"};
constexpr std::array<std::string_view, 8> kCompanies = {"Blue Door Bakery", "Cedar Dental",   "Harbor Cycles",
                                                        "Juniper Legal",    "Lakeside Gym",   "Maple Realty",
                                                        "Northwind Cafe",   "Summit Plumbing"};
constexpr std::array<std::string_view, 6> kJobs = {"Owner",     "Office manager", "Buyer",
                                                   "Assistant", "Sales lead",     "Accountant"};
constexpr std::array<std::string_view, 4> kLanguages = {"English", "Spanish", "French", "Vietnamese"};
constexpr std::array<std::string_view, 4> kSources = {"Website", "Referral", "Trade fair", "Walk-in"};

struct FieldRow {
  std::int64_t id;
  std::string_view title;
};
constexpr FieldRow kCompany{101, "Company"};
constexpr FieldRow kJob{102, "Job title"};
constexpr FieldRow kCity{103, "City"};
constexpr FieldRow kTimeZone{104, "Time zone"};
constexpr FieldRow kLanguage{105, "Language"};
constexpr FieldRow kAccountNumber{106, "Account number"};
constexpr FieldRow kCustomerSince{107, "Customer since"};
constexpr FieldRow kRenewalDate{108, "Renewal date"};
constexpr FieldRow kSource{109, "Source"};
constexpr FieldRow kReferredBy{110, "Referred by"};
constexpr FieldRow kPlan{123, "Plan"};
constexpr FieldRow kSegment{456, "Segment"};
constexpr std::array kFields = {kCompany,       kJob,         kCity,   kTimeZone,   kLanguage, kAccountNumber,
                                kCustomerSince, kRenewalDate, kSource, kReferredBy, kPlan,     kSegment};

struct TagRow {
  std::string_view label;
  std::string_view color;
};
constexpr std::array<TagRow, 8> kTags = {{{"VIP", "#D4AC0D"},
                                          {"Renewal", "#2E86DE"},
                                          {"New lead", "#27AE60"},
                                          {"Late payer", "#C0392B"},
                                          {"Newsletter", "#8E44AD"},
                                          {"Call back", "#E67E22"},
                                          {"Partner", "#16A085"},
                                          {"Do not call", "#7F8C8D"}}};

struct UserRow {
  std::string_view name;
  std::string_view email;
  std::string_view phone;
  core::Role role;
};
constexpr std::array<UserRow, 3> kUsers = {
    {{"Robin Vega", "robin.vega@example.com", "15105550101", core::Role::admin},
     {"Sasha Lind", "sasha.lind@example.com", "15105550102", core::Role::member},
     {"Toni Marsh", "toni.marsh@example.com", "15105550103", core::Role::member}}};

/// Chance that is the same in every run: the standard's generator, but none of its distributions, which differ from
/// library to library.
class Chance {
 public:
  std::size_t below(std::size_t end) { return generator_() % end; }
  bool one_in(std::size_t count) { return below(count) == 0; }

  template <std::size_t size>
  std::string of(const std::array<std::string_view, size>& choices) {
    return std::string(choices[below(size)]);
  }

  core::Uuid uuid() {
    core::Uuid::Bytes bytes;
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(generator_());
    return core::Uuid::from_random(bytes);
  }

 private:
  std::mt19937 generator_{15105553344u % 1'000'003u};
};

core::FieldId id_of(const FieldRow& field) { return core::FieldId(field.id); }

core::CustomPatch custom_values(std::size_t number, std::size_t region, Chance& chance) {
  core::CustomPatch custom;
  custom[id_of(kCity)] = std::string(kCities[region]);
  custom[id_of(kTimeZone)] = std::string(kTimeZones[region]);
  custom[id_of(kAccountNumber)] = fmt::format("A-{:05}", 20'000 + 7 * number);
  custom[id_of(kPlan)] = chance.of(kPlans);
  custom[id_of(kSegment)] = chance.of(kSegments);
  custom[id_of(kLanguage)] = chance.of(kLanguages);
  custom[id_of(kSource)] = chance.of(kSources);
  custom[id_of(kCustomerSince)] =
      fmt::format("{}-{:02}-{:02}", 2018 + chance.below(7), 1 + chance.below(12), 1 + chance.below(28));
  if (!chance.one_in(3)) custom[id_of(kCompany)] = chance.of(kCompanies);
  if (!chance.one_in(3)) custom[id_of(kJob)] = chance.of(kJobs);
  if (chance.one_in(2))
    custom[id_of(kRenewalDate)] = fmt::format("2027-{:02}-{:02}", 1 + chance.below(12), 1 + chance.below(28));
  if (chance.one_in(5)) custom[id_of(kReferredBy)] = chance.of(kFirstNames) + " " + chance.of(kLastNames);
  return custom;
}

std::vector<core::TagId> some_tags(Chance& chance) {
  std::vector<core::TagId> tags;
  for (std::size_t count = chance.below(4); count > 0; --count) {
    const core::TagId tag(static_cast<std::int64_t>(1 + chance.below(kTags.size())));
    if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(tag);
  }
  return tags;
}

/// `number` is 0 to 499, each with another name. 7 and 500 have no common divisor, so the order looks like chance.
core::CreateContact contact(std::size_t number, Chance& chance) {
  const std::size_t name = number * 7 % kContacts;
  const std::size_t region = number % kAreaCodes.size();
  core::ContactPatch patch;
  patch.first = std::string(kFirstNames[name % kFirstNames.size()]);
  patch.last = std::string(kLastNames[name / kFirstNames.size()]);
  // 555-0100 to 555-0199 are the numbers that nobody has.
  patch.phone = fmt::format("1{}5550{}", kAreaCodes[region], 100 + number / kAreaCodes.size());
  patch.email = core::lower_ascii(*patch.first + "." + *patch.last + "@") + chance.of(kMailDomains);
  patch.custom = custom_values(number, region, chance);
  patch.tags = some_tags(chance);
  if (chance.one_in(2)) patch.assignee = core::UserId(static_cast<std::int64_t>(1 + chance.below(kUsers.size())));
  if (chance.one_in(20)) patch.opted_out = true;
  const core::ContactId id(kDemoContact.value() - static_cast<std::int64_t>(kContacts - number));
  return {.uuid = chance.uuid(), .id = id, .patch = core::normalised(std::move(patch))};
}

core::CreateContact example_contact() {
  core::ContactPatch patch;
  patch.phone = std::string(kDemoContactPhone);
  patch.first = "Ada";
  patch.last = "Okafor";
  patch.email = "ada.okafor@example.com";
  patch.custom = core::CustomPatch{{id_of(kCompany), "Okafor Garden Design"},
                                   {id_of(kCity), "Oakland"},
                                   {id_of(kPlan), "Basic"},
                                   {id_of(kSegment), "Small business"}};
  patch.tags = {core::TagId(1), core::TagId(2)};
  patch.assignee = core::UserId(2);
  return {
      .uuid = *core::Uuid::parse(kDemoContactUuid), .id = kDemoContact, .patch = core::normalised(std::move(patch))};
}

core::CreateFields fields() {
  core::CreateFields create;
  for (const FieldRow& field : kFields)
    create.drafts.push_back({.id = id_of(field), .title = std::string(field.title)});
  return create;
}

}  // namespace

std::vector<core::Action> demo_actions() {
  Chance chance;
  std::vector<core::Action> actions;
  actions.emplace_back(core::CreateTeam{.name = "Demo"});
  for (std::size_t i = 0; i < kUsers.size(); ++i) {
    const UserRow& user = kUsers[i];
    actions.emplace_back(core::CreateUser{.id = core::UserId(static_cast<std::int64_t>(i + 1)),
                                          .name = std::string(user.name),
                                          .email = std::string(user.email),
                                          .phone = std::string(user.phone),
                                          .role = user.role});
  }
  actions.emplace_back(core::CreateInbox{.id = core::InboxId(1),
                                         .name = "Support",
                                         .phones = {"15105550110"},
                                         .members = {core::UserId(1), core::UserId(2), core::UserId(3)}});
  actions.emplace_back(core::CreateInbox{.id = core::InboxId(2),
                                         .name = "Sales",
                                         .phones = {"15105550120", "15105550121"},
                                         .members = {core::UserId(1), core::UserId(3)}});
  actions.emplace_back(fields());
  for (std::size_t i = 0; i < kTags.size(); ++i) {
    actions.emplace_back(core::CreateTag{.uuid = chance.uuid(),
                                         .id = core::TagId(static_cast<std::int64_t>(i + 1)),
                                         .label = std::string(kTags[i].label),
                                         .color = std::string(kTags[i].color),
                                         .problems = {}});
  }
  for (std::size_t number = 0; number < kContacts; ++number) actions.emplace_back(contact(number, chance));
  actions.emplace_back(example_contact());
  return actions;
}

}  // namespace cardfile::cli
