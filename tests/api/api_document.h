#pragma once
// ApiDocument: docs/openapi.json as what requests and answers are held to.

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "api/world.h"

namespace cardfile::test {

/// Safe to use from many threads.
class ApiDocument {
 public:
  /// `settings` are those that differ from their defaults, as the document's x-with-setting names them:
  /// "count_answer=number".
  explicit ApiDocument(std::string_view text, const std::set<std::string>& settings = {});
  ~ApiDocument();
  ApiDocument(const ApiDocument&) = delete;
  ApiDocument& operator=(const ApiDocument&) = delete;

  /// Where the document and the exchange differ, in sentences: a status that the operation does not have, another
  /// content type, a header that is missing or of another form, a body that its schema forbids; or a success for a
  /// request body that the document forbids. An answer to what the document has no operation for must be our 404,
  /// 405 or 501.
  std::vector<std::string> faults(std::string_view method, std::string_view target, std::string_view request_body,
                                  const Reply& reply) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace cardfile::test
