#include "prove/record.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace cardfile::prove {
namespace {

/// "<what> <check> <rest of the line>"; the seed and the commit stand alone.
void read_line(Record& record, const std::string& text) {
  std::istringstream line(text);
  std::string what;
  std::string check;
  line >> what;
  if (what == "seed") {
    line >> record.seed;
    return;
  }
  if (what == "commit") {
    line >> record.commit;
    return;
  }
  line >> check;
  CheckRecord& of_check = record.checks[check];
  if (what == "units") {
    line >> of_check.progress.units;
  } else if (what == "seconds") {
    line >> of_check.seconds;
  } else if (what == "figure") {
    Figure figure;
    line >> figure.value >> std::ws;
    std::getline(line, figure.name);
    of_check.progress.figures.push_back(figure);
  } else if (what == "finding") {
    std::string sentence;
    std::getline(line >> std::ws, sentence);
    of_check.progress.findings.push_back(sentence);
  } else {
    throw std::runtime_error("unknown line \"" + text + "\"");
  }
  if (line.fail()) throw std::runtime_error("unreadable line \"" + text + "\"");
}

}  // namespace

std::optional<Record> read_record(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return std::nullopt;
  Record record;
  for (std::string line; std::getline(in, line);) read_line(record, line);
  return record;
}

void write_record(const std::filesystem::path& file, const Record& record) {
  const std::filesystem::path draft = file.native() + ".new";
  {
    std::ofstream out(draft);
    out << "seed " << record.seed << "\ncommit " << record.commit << "\n";
    for (const auto& [name, check] : record.checks) {
      out << "units " << name << " " << check.progress.units << "\nseconds " << name << " " << check.seconds << "\n";
      for (const auto& figure : check.progress.figures)
        out << "figure " << name << " " << figure.value << " " << figure.name << "\n";
      for (const auto& finding : check.progress.findings) out << "finding " << name << " " << finding << "\n";
    }
    if (!out.flush()) throw std::runtime_error("cannot write " + draft.string());
  }
  std::filesystem::rename(draft, file);
}

}  // namespace cardfile::prove
