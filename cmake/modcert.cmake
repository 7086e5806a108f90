# How a folder of the harness becomes a library and a test program.

# Warnings, sanitizers and the include root of everything that is ours.
add_library(modcert_options INTERFACE)
# Designated initializers leave out what stays at its default, on purpose.
target_compile_options(modcert_options INTERFACE -Wall -Wextra -Wpedantic
  -Wno-missing-field-initializers)
# GCC 12 sees such faults in its own library's strings; Clang and the sanitizers look at the same code.
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  target_compile_options(modcert_options INTERFACE
    -Wno-array-bounds -Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread)
endif()
if(MODCERT_WERROR)
  target_compile_options(modcert_options INTERFACE -Werror)
endif()
if(MODCERT_SANITIZE)
  target_compile_options(modcert_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(modcert_options INTERFACE -fsanitize=address,undefined)
endif()
# For what takes enums of the API from modules: they may hold any number, and are to be answered.
add_library(modcert_foreign_enums INTERFACE)
if(MODCERT_SANITIZE)
  target_compile_options(modcert_foreign_enums INTERFACE -fno-sanitize=enum)
endif()
if(MODCERT_FUZZ)
  target_compile_options(modcert_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
target_include_directories(modcert_options INTERFACE
  ${PROJECT_SOURCE_DIR}/harness ${PROJECT_BINARY_DIR}/generated)

# The headers that most of our files include, compiled once: a build from nothing takes a third less. Off for those
# who write code, so that a file that lacks an include shows.
if(MODCERT_PRECOMPILE)
  # What the libraries in use define must be the same wherever a precompiled header is taken.
  target_compile_definitions(modcert_options INTERFACE _FILE_OFFSET_BITS=64)
  target_link_libraries(modcert_options INTERFACE Threads::Threads modcert::fmt)

  file(WRITE ${PROJECT_BINARY_DIR}/generated/precompiled.cc "")
  add_library(modcert_precompiled OBJECT ${PROJECT_BINARY_DIR}/generated/precompiled.cc)
  target_link_libraries(modcert_precompiled PRIVATE modcert_options modcert::fmt)
  target_precompile_headers(modcert_precompiled PRIVATE
    <algorithm> <cstdint> <functional> <map> <memory> <optional> <set> <span> <string> <string_view> <utility>
    <vector> <fmt/format.h> <tl/expected.hpp>)
  # A program, not a library, because the two differ in how their code may be placed.
  add_executable(modcert_precompiled_test ${PROJECT_BINARY_DIR}/generated/precompiled.cc)
  target_link_libraries(modcert_precompiled_test PRIVATE modcert_options modcert::fmt GTest::gtest_main)
  target_precompile_headers(modcert_precompiled_test PRIVATE <gtest/gtest.h> <fmt/format.h>
    <algorithm> <functional> <map> <memory> <optional> <span> <string> <string_view> <vector> <tl/expected.hpp>)
endif()

# Takes the precompiled header PRECOMPILED where there is one.
function(modcert_precompile name precompiled)
  if(MODCERT_PRECOMPILE)
    target_precompile_headers(${name} REUSE_FROM ${precompiled})
  endif()
endfunction()

# modcert_library(NAME SOURCES a.cc ... DEPENDS modcert_base modcert::fmt ...)
function(modcert_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC modcert_options ${ARG_DEPENDS})
  modcert_precompile(${name} modcert_precompiled)
endfunction()

# modcert_test(NAME SOURCES a_test.cc ... DEPENDS ...): one GoogleTest program for the folder.
function(modcert_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE modcert_options ${ARG_DEPENDS} GTest::gtest_main)
  modcert_precompile(${name} modcert_precompiled_test)
  target_compile_definitions(${name} PRIVATE
    MODCERT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" MODCERT_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
endfunction()
