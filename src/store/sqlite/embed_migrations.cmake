# Writes OUTPUT, a .cpp with the text of every file in FOLDER; run by the build whenever one of them changes.
file(GLOB files "${FOLDER}/*.sql")
list(SORT files)

set(entries "")
set(expected 1)
foreach(file ${files})
  get_filename_component(name ${file} NAME)
  string(REGEX MATCH "^([0-9][0-9][0-9][0-9])_" _ ${name})
  string(REGEX REPLACE "^0+" "" version "${CMAKE_MATCH_1}")
  if(NOT version EQUAL expected)
    message(FATAL_ERROR "${name}: the number should be ${expected}.")
  endif()
  math(EXPR expected "${expected} + 1")
  file(READ ${file} sql)
  string(APPEND entries "    {${version}, R\"sql(${sql})sql\"},\n")
endforeach()

file(WRITE ${OUTPUT} "#include \"store/sqlite/migrations.h\"

namespace cardfile::store::sqlite {
namespace {

constexpr Migration kMigrations[] = {
${entries}};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace cardfile::store::sqlite
")
