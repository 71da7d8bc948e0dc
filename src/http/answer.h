#pragma once
// Answers as bytes.

#include <ctime>
#include <string>
#include <string_view>

#include "http/message.h"

namespace cardfile::http {

/// What an answer's form depends on beside the response.
struct AnswerForm {
  bool head = false;                  // The request was HEAD: the length is told, the body is not sent.
  bool close = false;                 // The connection ends after this answer.
  bool http_11 = true;                // To HTTP/1.0, staying open must be said.
  std::string_view date_header = {};  // "Date: …\r\n" or nothing.
};

/// Appends status line and headers; the body is the caller's to send when body_follows().
void append_head(std::string& out, const Response& response, const AnswerForm& form);
bool body_follows(const Response& response, const AnswerForm& form);

/// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n".
std::string date_header(std::time_t now);

}  // namespace cardfile::http
