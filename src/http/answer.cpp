#include "http/answer.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>

namespace cardfile::http {

namespace {

void append_number(std::string& out, std::size_t number) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  out.append(digits.data(), end);
}

void append_status_line(std::string& out, int status) {
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::size_t>(status));
  out += ' ';
  out += reason_phrase(status);
  out += "\r\n";
}

/// An answer of these has no body, and a length would promise one (RFC 9110, section 8.6).
bool is_bodiless(int status) { return status == 204 || status == 304; }

}  // namespace

void append_head(std::string& out, const Response& response, const AnswerForm& form) {
  append_status_line(out, response.status);
  out += form.date_header;
  if (!is_bodiless(response.status)) {
    out += "Content-Type: ";
    out += response.content_type;
    out += "\r\nContent-Length: ";
    append_number(out, response.body.size());
    out += "\r\n";
  }
  for (const auto& [name, value] : response.headers) {
    assert(value.find_first_of("\r\n") == std::string::npos);
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
  }
  if (form.close) {
    out += "Connection: close\r\n";
  } else if (!form.http_11) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

bool body_follows(const Response& response, const AnswerForm& form) {
  return !form.head && !is_bodiless(response.status);
}

std::string date_header(std::time_t now) {
  // strftime would take the day's and month's names from the process's locale.
  constexpr std::string_view kDays = "SunMonTueWedThuFriSat";
  constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::string text = "Date: ";
  const auto append_padded = [&text](int number, char end) {
    if (number < 10) text += '0';
    append_number(text, static_cast<std::size_t>(number));
    text += end;
  };
  text += kDays.substr(static_cast<std::size_t>(utc.tm_wday) * 3, 3);
  text += ", ";
  append_padded(utc.tm_mday, ' ');
  text += kMonths.substr(static_cast<std::size_t>(utc.tm_mon) * 3, 3);
  text += ' ';
  append_padded(utc.tm_year + 1900, ' ');
  append_padded(utc.tm_hour, ':');
  append_padded(utc.tm_min, ':');
  append_padded(utc.tm_sec, ' ');
  text += "GMT\r\n";
  return text;
}

}  // namespace cardfile::http
