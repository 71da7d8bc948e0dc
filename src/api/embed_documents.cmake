# Writes OUTPUT, a .cpp with the texts of OPENAPI and PAGE; run by the build whenever one of them changes.
file(READ ${OPENAPI} openapi)
file(READ ${PAGE} page)

file(WRITE ${OUTPUT} "#include \"api/documents.h\"

namespace cardfile::api {

std::string_view openapi_json() { return R\"json(${openapi})json\"; }

std::string_view docs_page_html() { return R\"html(${page})html\"; }

}  // namespace cardfile::api
")
