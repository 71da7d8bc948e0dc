#include "base/vault.h"

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/syncs.h"
#include "support/temp_folder.h"

namespace cardfile::base {
namespace {

using test::TempFolder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

Vault::Key key_of(std::uint8_t byte) {
  Vault::Key key;
  key.fill(byte);
  return key;
}

std::string read_text(const std::string& file) {
  std::ifstream stream(file);
  return {std::istreambuf_iterator<char>(stream), {}};
}

void write_text(const std::string& file, const std::string& text) { std::ofstream(file) << text; }

/// A vault with a new key, which is in `file` from then on.
std::unique_ptr<Vault> save_new(const std::string& file) {
  auto vault = Vault::with_new_key();
  vault->save(file);
  return vault;
}

/// Why the key file is refused.
std::string refusal_of(const std::string& file) {
  try {
    Vault::open(file);
  } catch (const VaultError& error) {
    return error.what();
  }
  return "(not refused)";
}

TEST(Vault, GivesBackWhatItSealed) {
  const Vault vault(key_of(1));
  for (const std::string& text :
       {std::string(), std::string("a"), std::string("with \0 within", 13), std::string(5'000, 'x')}) {
    const std::string sealed = vault.seal(text, "context");
    EXPECT_EQ(vault.unseal(sealed, "context"), text);
    EXPECT_THAT(sealed, MatchesRegex("[A-Za-z0-9_-]+"));
  }
}

TEST(Vault, GivesBackTheLongestTextThatItSeals) {
  const Vault vault(key_of(1));
  const std::string longest(1 << 20, 'x');
  EXPECT_TRUE(vault.unseal(vault.seal(longest, ""), "") == longest);
  EXPECT_THROW(vault.seal(longest + "x", ""), std::runtime_error);
}

TEST(Vault, SealsTheSameTextDifferentlyEachTime) {
  const Vault vault(key_of(1));
  EXPECT_NE(vault.seal("text", ""), vault.seal("text", ""));
}

TEST(Vault, OpensNothingForAnotherContextOrUnderAnotherKey) {
  const Vault vault(key_of(1));
  const std::string sealed = vault.seal("text", "team 1");
  EXPECT_EQ(vault.unseal(sealed, "team 2"), std::nullopt);
  EXPECT_EQ(vault.unseal(sealed, ""), std::nullopt);
  EXPECT_EQ(Vault(key_of(2)).unseal(sealed, "team 1"), std::nullopt);
}

TEST(Vault, OpensNothingThatWasChanged) {
  const Vault vault(key_of(1));
  const std::string sealed = vault.seal("text", "");
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(vault.unseal(changed, ""), std::nullopt) << i;
  }
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    EXPECT_EQ(vault.unseal(sealed.substr(0, size), ""), std::nullopt) << size;
  }
  EXPECT_EQ(vault.unseal(sealed + "AAAA", ""), std::nullopt);
}

TEST(VaultKeyFile, IsMadeForItsOwnerAloneAndReadAgain) {
  const TempFolder folder;
  const std::string file = folder / "vault.key";
  const mode_t before = ::umask(0);
  const std::string sealed = save_new(file)->seal("text", "");
  ::umask(before);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
  EXPECT_THAT(read_text(file), MatchesRegex("[A-Za-z0-9_-]+\n"));
  EXPECT_EQ(Vault::open(file)->unseal(sealed, ""), "text");
  EXPECT_FALSE(std::filesystem::exists(file + ".draft"));
}

TEST(VaultKeyFile, IsNeverMadeInPlaceOfAnother) {
  const TempFolder folder;
  const std::string file = folder / "vault.key";
  save_new(file);
  const std::string text = read_text(file);
  EXPECT_THROW(save_new(file), VaultError);
  EXPECT_EQ(read_text(file), text);
}

TEST(VaultKeyFile, IsThereAfterAPowerCutWithAllThatIsInIt) {
  const TempFolder folder;
  const test::Syncs syncs;
  save_new(folder / "vault.key");
  EXPECT_THAT(syncs.seen(), ElementsAre(folder / "vault.key.draft", folder.path()));
}

TEST(VaultKeyFile, ThatCannotBeSyncedIsRefused) {
  const TempFolder folder;
  for (const auto& failing : {folder / "vault.key.draft", folder.path().native()}) {
    test::Syncs syncs;
    syncs.fail(failing, EIO);
    EXPECT_THROW(save_new(folder / "vault.key"), VaultError);
  }
}

TEST(VaultKeyFile, HasAKeyOfItsOwnEachTime) {
  const TempFolder folder;
  save_new(folder / "one");
  save_new(folder / "two");
  EXPECT_NE(read_text(folder / "one"), read_text(folder / "two"));
}

TEST(VaultKeyFile, IsRefusedWhenOthersMayUseIt) {
  const TempFolder folder;
  const std::string file = folder / "vault.key";
  save_new(file);
  for (const mode_t mode : {0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666, 0777}) {
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    EXPECT_THAT(refusal_of(file), HasSubstr("may be used by others")) << mode;
    EXPECT_THAT(refusal_of(file), HasSubstr("chmod 600 " + file));
  }
  ASSERT_EQ(::chmod(file.c_str(), 0400), 0);
  EXPECT_EQ(refusal_of(file), "(not refused)");
}

TEST(VaultKeyFile, IsRefusedWhenItIsNone) {
  const TempFolder folder;
  const std::string file = folder / "vault.key";
  EXPECT_THAT(refusal_of(file), HasSubstr("cannot be opened: No such file"));
  save_new(file);
  std::filesystem::create_symlink("vault.key", folder / "link");
  EXPECT_THAT(refusal_of(folder / "link"), HasSubstr("cannot be opened"));
  EXPECT_THAT(refusal_of(folder / "."), HasSubstr("is no regular file"));
  const std::string text = read_text(file);
  for (const std::string& other : {std::string(), std::string("\n"), text.substr(1), text + "\n", " " + text,
                                   text.substr(0, 20), std::string(10'000, 'A')}) {
    write_text(file, other);
    EXPECT_THAT(refusal_of(file), HasSubstr("holds no key")) << other;
  }
}

TEST(Vault, SavedByRootIsTheOwnersOfTheFolder) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root makes files for others";
  constexpr uid_t kOther = 65534;
  const TempFolder folder;
  ASSERT_EQ(::chown(folder.path().c_str(), kOther, kOther), 0);
  save_new(folder / "secrets.key");
  struct stat status {};
  ASSERT_EQ(::stat((folder / "secrets.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, kOther);
  EXPECT_EQ(status.st_gid, kOther);
  EXPECT_EQ(status.st_mode & 07777U, 0600U);
}

}  // namespace
}  // namespace cardfile::base
