# Language level, warnings and sanitizers: the same for every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor
                    -Woverloaded-virtual -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # g++ 12 reports these in correct library code when it inlines deeply (GCC bugs 105329 and 105651).
  add_compile_options(-Wno-restrict -Wno-maybe-uninitialized)
else()
  # The API's document is one string literal.
  add_compile_options(-Wno-overlength-strings)
endif()

option(CARDFILE_FUZZ "Build the fuzz targets with libFuzzer (clang, with sanitizers)" OFF)
set(CARDFILE_SANITIZE "" CACHE STRING "Sanitizers to build with, as -fsanitize= takes them")
if(CARDFILE_SANITIZE)
  add_compile_options(-fsanitize=${CARDFILE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${CARDFILE_SANITIZE})
  if(CARDFILE_FUZZ)
    # clang 14 cannot put what the function sanitizer needs before a coroutine.
    add_compile_options(-fsanitize=fuzzer-no-link -fno-sanitize=function)
  endif()
else()
  add_compile_options($<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2> -fstack-protector-strong)
  add_link_options(-pie -Wl,-z,relro,-z,now)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()
