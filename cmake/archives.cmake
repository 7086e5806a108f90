# Libraries that are linked into the program where their archives are installed. Each shared library
# has five mappings, and a process that is forked for a scenario gets copies of them all.

# modcert_archives(NAME SHARED a ARCHIVES a b ...): modcert::NAME, from liba.a, libb.a ..., or else
# from the shared libraries.
function(modcert_archives name)
  cmake_parse_arguments(ARG "" "" "SHARED;ARCHIVES" ${ARGN})
  set(paths "")
  foreach(archive ${ARG_ARCHIVES})
    find_library(${archive}_ARCHIVE NAMES lib${archive}.a)
    if(NOT ${archive}_ARCHIVE)
      message(STATUS "modcert: lib${archive}.a is not installed, so ${name} is linked shared")
      set(paths ${ARG_SHARED})
      break()
    endif()
    list(APPEND paths ${${archive}_ARCHIVE})
  endforeach()
  add_library(modcert_${name} INTERFACE)
  add_library(modcert::${name} ALIAS modcert_${name})
  target_link_libraries(modcert_${name} INTERFACE ${paths})
endfunction()

find_package(PkgConfig REQUIRED)
pkg_check_modules(re2 REQUIRED re2)
pkg_check_modules(hiredis REQUIRED hiredis)
find_package(pugixml REQUIRED)

# RE2 because it neither throws nor recurses over a long reply.
modcert_archives(re2 SHARED ${re2_LINK_LIBRARIES} ARCHIVES re2)
modcert_archives(hiredis SHARED ${hiredis_LINK_LIBRARIES} ARCHIVES hiredis)
target_include_directories(modcert_hiredis SYSTEM INTERFACE ${hiredis_INCLUDE_DIRS})
target_compile_options(modcert_hiredis INTERFACE ${hiredis_CFLAGS_OTHER})
modcert_archives(pugixml SHARED pugixml::pugixml ARCHIVES pugixml)
# What a crash report reads debug information with.
modcert_archives(dw SHARED dw ARCHIVES dw elf z bz2 lzma)

# modcert::fmt: {fmt}, compiled here.
add_library(modcert_fmt STATIC ${CMAKE_CURRENT_LIST_DIR}/fmt_library.cc)
add_library(modcert::fmt ALIAS modcert_fmt)
target_include_directories(modcert_fmt SYSTEM PUBLIC
  $<TARGET_PROPERTY:fmt::fmt,INTERFACE_INCLUDE_DIRECTORIES>)
