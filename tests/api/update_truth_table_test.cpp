// The truth table of docs/update-truth-table.md, cell by cell: the table is the expectation, this file only carries it
// out. A row says what is sent for one field; a cell says what one of the four ways of sending it answers and stores.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "api/world.h"
#include "core/text.h"
#include "wire/columns.h"
#include "wire/json_out.h"
#include "wire/v2.h"

namespace cardfile::test {
namespace {

constexpr std::string_view kContactBefore = R"({
  "phone": "13125550142", "first": "Ada", "last": "Lovelace", "display_name": "The Countess",
  "email": "ada@example.org", "avatar": "https://example.org/ada.png", "custom": {"12": "free", "13": "London"},
  "assignee_id": 2, "tags": [{"tag_id": 1}, {"tag_id": 2}], "is_opted_out": true, "email_suppressions": [7]})";

struct Cell {
  std::string field;
  std::string input;     // The row's title: "absent", "null", "too long", …
  std::string sent;      // JSON; empty: the field is not sent.
  std::string way;       // "v1 merge", …
  std::string expected;  // "200 `<stored>`" or "<status> <message>".
};

void PrintTo(const Cell& cell, std::ostream* out) { *out << cell.field << ' ' << cell.input << ' ' << cell.way; }

std::vector<std::string> split_row(const std::string& line) {
  std::vector<std::string> columns;
  std::size_t begin = 1;
  for (std::size_t end = line.find('|', begin); end != std::string::npos; end = line.find('|', begin)) {
    columns.emplace_back(core::trimmed(std::string_view(line).substr(begin, end - begin)));
    begin = end + 1;
  }
  return columns;
}

std::string without_backticks(std::string text) {
  std::erase(text, '`');
  return text;
}

/// Writes "a"×300 out in full.
std::string expanded(std::string text) {
  constexpr std::string_view kMark = "\"a\"×";
  const std::size_t at = text.find(kMark);
  if (at == std::string::npos) return text;
  std::size_t digits = 0;
  const int times = std::stoi(text.substr(at + kMark.size()), &digits);
  return text.replace(at, kMark.size() + digits, '"' + std::string(static_cast<std::size_t>(times), 'a') + '"');
}

std::vector<Cell> read_table() {
  std::ifstream file(CARDFILE_SOURCE_DIR "/docs/update-truth-table.md");
  std::vector<Cell> cells;
  std::vector<std::string> ways;
  std::string field;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## `")) field = without_backticks(line.substr(3));
    if (!line.starts_with("| ") || line.starts_with("| ---")) continue;
    const auto columns = split_row(line);
    if (columns.front() == "input") {
      ways.assign(columns.begin() + 2, columns.end());
      continue;
    }
    for (std::size_t i = 0; i < ways.size(); ++i) {
      cells.push_back({field, columns.at(0), expanded(without_backticks(columns.at(1))), ways[i], columns.at(i + 2)});
    }
  }
  return cells;
}

/// The stored value as JSON, by the name under which it is written.
std::string stored_value(World& world, core::ContactId id, const std::string& field) {
  const core::Contact contact = *world.stored(id);
  std::string out;
  wire::JsonWriter json(out);
  if (field == "phone") json.string(contact.phone());
  if (field == "first") json.string(contact.first);
  if (field == "last") json.string(contact.last);
  if (field == "display_name") json.string(contact.display_name);
  if (field == "email") json.string(contact.email());
  if (field == "avatar") json.string(contact.avatar);
  if (field == "custom") json.raw(contact.custom.empty() ? "{}" : wire::custom_column(contact.custom));
  if (field == "assignee_id") json.integer(contact.assigned.value());
  if (field == "tags") json.raw(contact.tags.empty() ? "[]" : wire::tags_column(contact.tags));
  if (field == "is_opted_out") json.boolean(contact.consent.opted_out());
  if (field == "email_suppressions") {
    const auto& ids = contact.email_suppressions;
    json.raw(ids.empty() ? "[]" : wire::email_suppressions_column(ids));
  }
  if (field == "contact_channels") {
    json.begin_array();
    for (const core::Channel& channel : contact.channels) json.string(channel.type + ":" + channel.value);
    json.end_array();
  }
  return out;
}

std::string message_for(const Reply& reply) {
  const std::string message = reply["message"];
  const std::size_t colon = message.find(": ");
  return colon == std::string::npos ? message : message.substr(colon + 2);
}

std::string what_happens(const Cell& cell) {
  World world;
  const core::Contact before = world.has_contact(kContactBefore);
  const bool v1 = cell.way.starts_with("v1");
  std::string body = v1 && cell.field != "phone" ? R"({"phone":"13125550142")" : "{";
  if (!cell.sent.empty()) body += (body.size() > 1 ? ",\"" : "\"") + cell.field + "\":" + cell.sent;
  body += '}';
  const std::string query = cell.way.ends_with("overwrite") ? "?overwrite=true" : "";
  const Reply reply = world.put((v1 ? v1_path(before) : v2_path(before)) + query, body);
  const core::Contact after = *world.stored(before.id);
  if (reply.status == 200) {
    EXPECT_EQ(after.rev, before.rev + 1);
    return "200 `" + stored_value(world, before.id, cell.field) + "`";
  }
  EXPECT_EQ(after, before) << "a refused write changed something";
  EXPECT_TRUE(reply["field"].starts_with(cell.field)) << reply.body;
  return std::to_string(reply.status) + " " + message_for(reply);
}

class UpdateTruthTable : public testing::TestWithParam<Cell> {};

TEST_P(UpdateTruthTable, HoldsInEveryCell) { EXPECT_EQ(what_happens(GetParam()), GetParam().expected); }

std::string cell_name(const testing::TestParamInfo<Cell>& info) {
  std::string name = info.param.field + "_" + info.param.input + "_" + info.param.way;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Docs, UpdateTruthTable, testing::ValuesIn(read_table()), cell_name);

TEST(UpdateTruthTableItself, HasEveryFieldEveryInputAndEveryWay) {
  const auto cells = read_table();
  for (const char* field : {"phone", "first", "last", "display_name", "email", "avatar", "custom", "assignee_id",
                            "tags", "is_opted_out", "email_suppressions", "contact_channels"}) {
    for (const char* input : {"absent", "null", "empty string", "empty object", "empty array", "wrong type", "too long",
                              "valid", "valid with blanks"}) {
      for (const char* way : {"v1 merge", "v1 overwrite", "v2 merge", "v2 overwrite"}) {
        EXPECT_EQ(1, std::count_if(cells.begin(), cells.end(),
                                   [&](const Cell& cell) {
                                     return cell.field == field && cell.input == input && cell.way == way;
                                   }))
            << field << ", " << input << ", " << way;
      }
    }
  }
}

}  // namespace
}  // namespace cardfile::test
