#include "prove/one_contact.h"

#include <charconv>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "prove/history.h"
#include "prove/served.h"
#include "store/open.h"
#include "store/world.h"

namespace cardfile::prove {
namespace {

constexpr int kContacts = 8;
constexpr std::int64_t kInMemoryOneIn = 4;

std::string text_of(int value) { return value == 0 ? std::string() : std::to_string(value); }

int value_of(const std::string& text) {
  int value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// The i-th custom field of the team.
core::FieldId field(std::size_t i) { return core::FieldId(static_cast<std::int64_t>(i) + 1); }

Content content_of(const core::Contact& contact) {
  Content content{.first = value_of(contact.first), .custom = {}};
  for (std::size_t i = 0; i < kCustomFields; ++i) {
    const auto found = contact.custom.find(field(i));
    if (found != contact.custom.end()) content.custom[i] = value_of(found->second);
  }
  return content;
}

core::ContactPatch patch_of(const Request& put) {
  core::ContactPatch patch{.first = text_of(put.first), .custom = core::CustomPatch{}};
  for (std::size_t i = 0; i < kCustomFields; ++i) {
    if (!put.custom[i]) continue;
    auto& value = (*patch.custom)[field(i)];
    if (*put.custom[i] != 0) value = text_of(*put.custom[i]);
  }
  return patch;
}

/// Uses the store as handlers do.
class StoreClient final : public ContactClient {
 public:
  StoreClient(Campaign& campaign, store::Store& store, const core::Contact& contact)
      : campaign_(campaign), store_(store), contact_(contact) {}

  Answer ask(const Request& request) override {
    ++asked_;
    try {
      return request.kind == Kind::get ? get() : write(request);
    } catch (const core::Error& error) {
      if (error.code() == core::ErrorCode::not_found) return {.result = Result::not_found};
      if (error.code() == core::ErrorCode::precondition_failed)
        return {.result = Result::refused, .rev = error.stored_rev()};
      campaign_.find(std::string("a request failed: ") + error.what());
    } catch (const std::exception& error) {
      campaign_.find(std::string("a request failed: ") + error.what());
    }
    return {};
  }

 private:
  Answer get() {
    const auto contact = read();
    if (!contact) return {.result = Result::not_found};
    return shown(*contact);
  }

  /// By each way in turn.
  std::optional<core::Contact> read() {
    const auto first_of = [](std::vector<core::Contact> contacts) {
      return contacts.empty() ? std::nullopt : std::optional(std::move(contacts.front()));
    };
    const core::Address phone = core::address_of(core::kPhone, contact_.phone());
    switch (asked_ % 5) {
      case 0:
        return store_.contact(test::kTeam, contact_.uuid);
      case 1:
        return store_.contact_at(test::kTeam, phone);
      case 2:
        return first_of(store_.contacts_at(test::kTeam, {&phone, 1}));
      case 3: {
        core::ContactQuery query;
        query.id = contact_.id;
        return first_of(store_.contacts(test::kTeam, query));
      }
      default:
        return store_.contact(test::kTeam, contact_.id);
    }
  }

  Answer write(const Request& request) {
    std::optional<core::IfMatch> if_match;
    if (request.if_match) if_match = core::IfMatch{.any = false, .revs = {*request.if_match}};
    const core::ContactKey key = asked_ % 2 == 0 ? core::ContactKey(contact_.id) : core::ContactKey(contact_.uuid);
    if (request.kind == Kind::remove) {
      commit(core::DeleteContact{.key = key, .if_match = if_match});
      return {.result = Result::done};
    }
    const auto mode = request.overwrites ? core::CustomMode::overwrite : core::CustomMode::merge;
    const auto outcome =
        commit(core::UpdateContact{.key = key, .patch = patch_of(request), .custom_mode = mode, .if_match = if_match});
    return shown(*std::get<core::ContactSaved>(outcome).contact);
  }

  core::Outcome commit(core::Action action) { return store::commit_and_wait(store_, test::command(std::move(action))); }

  static Answer shown(const core::Contact& contact) {
    return {.result = Result::done, .rev = contact.rev, .content = content_of(contact)};
  }

  Campaign& campaign_;
  store::Store& store_;
  const core::Contact contact_;
  int asked_ = 0;
};

std::unique_ptr<store::Store> open(Campaign& campaign, const test::TempFolder& folder, Engines engines) {
  if (engines == Engines::memory || campaign.below(kInMemoryOneIn) == 0) return store::open_memory(wall_clock());
  return store::open_sqlite({.folder = folder.path()}, wall_clock());
}

void make_fields(store::Store& store) {
  core::CreateFields fields;
  for (std::size_t i = 0; i < kCustomFields; ++i)
    fields.drafts.push_back({.id = field(i), .title = "Field " + std::to_string(i)});
  store::commit_and_wait(store, test::command(fields));
}

core::Contact make_contact(store::Store& store, int number) {
  core::CreateContact create{.uuid = test::uuid(static_cast<std::uint64_t>(number)),
                             .patch = {.phone = std::to_string(13'125'550'100 + number)}};
  const auto outcome = store::commit_and_wait(store, test::command(create));
  return *std::get<core::ContactSaved>(outcome).contact;
}

}  // namespace

void one_contact(Campaign& campaign, const Plant& plant, Engines engines) {
  while (campaign.begins_unit()) {
    const test::TempFolder folder;
    const auto store = plant(open(campaign, folder, engines));
    make_team(*store, test::kTeam, "key");
    make_fields(*store);
    std::vector<std::unique_ptr<History>> histories;
    std::vector<std::vector<std::unique_ptr<ContactClient>>> clients(kContacts);
    for (int i = 0; i < kContacts; ++i) {
      const auto contact = make_contact(*store, i);
      histories.push_back(random_history(campaign));
      for (auto count = 2 + campaign.below(4); count > 0; --count)
        clients[static_cast<std::size_t>(i)].push_back(std::make_unique<StoreClient>(campaign, *store, contact));
    }
    run(histories, clients, campaign.random()());
    judge_all(campaign, histories);
  }
}

void one_contact(Campaign& campaign) { one_contact(campaign, nothing_planted, Engines::sqlite_mostly); }

}  // namespace cardfile::prove
