#pragma once
// RandomCommands: writes of every kind, of two teams, that get in one another's way.

#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "core/command.h"

namespace cardfile::test {

/// Submissions for kTeam and kOtherTeam of "store/world.h", the same for the same seed. Most commands can be done; the
/// rest are refused for reasons of every kind.
class RandomCommands {
 public:
  static constexpr int kPhones = 40;  // Few, so that they collide: from phone_number(0) on.
  static std::string phone_number(int n) { return std::to_string(13'125'550'100 + n); }

  explicit RandomCommands(std::uint64_t seed) : random_(seed) {}

  std::vector<core::Command> submission(std::int64_t commands_max = 12);
  std::int64_t below(std::int64_t limit);

 private:
  core::Action action();
  core::Action list_action();
  core::Action webhook_action();
  core::ListContacts list_contacts();
  std::vector<core::ContactId> contact_ids();
  core::CreateContact creation();
  core::ContactKey key();
  core::ContactNames names();
  core::Status status();
  core::ChannelPatch channel();
  std::optional<core::ChannelId> channel_id();
  core::ChannelName channel_name();
  core::TagId tag();
  core::ContactPatch patch();
  core::CustomPatch custom();
  std::optional<core::IfMatch> if_match();
  std::string text();
  std::string phone();
  core::CustomMode mode();
  bool maybe() { return below(2) == 0; }

  std::mt19937_64 random_;
  std::uint64_t uuids_ = 0;
  std::uint64_t secrets_ = 0;
};

}  // namespace cardfile::test
