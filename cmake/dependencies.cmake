# Everything comes from Debian 12's packages; packages.txt names them.
find_package(Threads REQUIRED)
find_package(Boost 1.74 REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 3.40 REQUIRED)
find_package(simdjson REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(mimalloc 2.0 REQUIRED)
find_package(GTest REQUIRED)
find_package(nlohmann_json REQUIRED)  # With valijson, which is headers only: for tests.

# Library headers are not held to our warnings.
foreach(library Boost::headers simdjson::simdjson fmt::fmt spdlog::spdlog CLI11::CLI11 tomlplusplus::tomlplusplus)
  get_target_property(folders ${library} INTERFACE_INCLUDE_DIRECTORIES)
  if(folders)
    set_target_properties(${library} PROPERTIES INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${folders}")
  endif()
endforeach()
