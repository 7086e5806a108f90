# How a folder of the harness becomes a library and a test program.

# Warnings, sanitizers and the include root of everything that is ours.
add_library(modcert_options INTERFACE)
# Designated initializers leave out what stays at its default, on purpose.
target_compile_options(modcert_options INTERFACE -Wall -Wextra -Wpedantic
  -Wno-missing-field-initializers)
if(MODCERT_WERROR)
  target_compile_options(modcert_options INTERFACE -Werror)
endif()
if(MODCERT_SANITIZE)
  target_compile_options(modcert_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(modcert_options INTERFACE -fsanitize=address,undefined)
endif()
if(MODCERT_FUZZ)
  target_compile_options(modcert_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
target_include_directories(modcert_options INTERFACE
  ${PROJECT_SOURCE_DIR}/harness ${PROJECT_BINARY_DIR}/generated)

# modcert_library(NAME SOURCES a.cc ... DEPENDS modcert_base fmt::fmt ...)
function(modcert_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC modcert_options ${ARG_DEPENDS})
endfunction()

# modcert_test(NAME SOURCES a_test.cc ... DEPENDS ...): one GoogleTest program for the folder.
function(modcert_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE modcert_options ${ARG_DEPENDS} GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    MODCERT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" MODCERT_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
endfunction()
