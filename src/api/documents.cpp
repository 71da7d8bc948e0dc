#include "api/documents.h"

#include <string>

#include "api/conditional.h"
#include "base/crypto.h"

namespace cardfile::api {

namespace {

constexpr std::string_view kHtml = "text/html; charset=utf-8";

/// A text of the program with the tag that changes with it.
struct Document {
  explicit Document(std::string_view document) : text(document), tag(base::to_hex(base::sha256(document))) {}

  std::string_view text;
  std::string tag;
};

/// A browser asks each time whether it has the text still: another version of the server may have another one.
http::Response show(const Call& call, const Document& document) {
  http::Response response;
  if (none_match_names(call.request, document.tag)) {
    response.status = 304;
  } else {
    response.body = document.text;
  }
  response.headers.emplace_back("ETag", '"' + document.tag + '"');
  response.headers.emplace_back("Cache-Control", "no-cache");
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return response;
}

/// Of what stands between <element> and </element>, as a Content-Security-Policy names inline code.
std::string hash_of(std::string_view element) {
  const std::string open = '<' + std::string(element) + '>';
  const std::string close = "</" + std::string(element) + '>';
  const std::string_view page = docs_page_html();
  const std::size_t begin = page.find(open) + open.size();
  const base::Digest digest = base::sha256(page.substr(begin, page.find(close, begin) - begin));
  return "'sha256-" + base::to_base64url(digest) + "='";
}

/// The page's own script and style, /openapi.json, and nothing else.
std::string content_security_policy() {
  return "default-src 'none'; script-src " + hash_of("script") + "; style-src " + hash_of("style") +
         "; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
}

}  // namespace

base::Task<http::Response> get_openapi(const Call& call) {
  static const Document document(openapi_json());
  co_return show(call, document);
}

base::Task<http::Response> get_docs(const Call& call) {
  static const Document page(docs_page_html());
  static const std::string policy = content_security_policy();
  http::Response response = show(call, page);
  response.content_type = kHtml;
  response.headers.emplace_back("Content-Security-Policy", policy);
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  co_return response;
}

}  // namespace cardfile::api
