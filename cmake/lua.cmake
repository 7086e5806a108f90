# modcert::lua: Debian's Lua 5.1 with the libraries that scripts have.
#
# The variant compiled as C++: an error of Lua is an exception there, so that the objects of our own
# functions below it are destroyed. The archives are linked, not the shared libraries: a module that
# brings a Lua of its own must not meet ours. lua-cjson and lua-bitop call only the C interface, which
# both variants share.
find_path(LUA51_INCLUDE_DIR lua.hpp PATH_SUFFIXES lua5.1 REQUIRED)
find_library(LUA51_LIBRARY NAMES liblua5.1-c++.a REQUIRED)
find_library(LUA51_CJSON_LIBRARY NAMES liblua5.1-cjson.a REQUIRED)
find_library(LUA51_BITOP_LIBRARY NAMES liblua5.1-bitop.a REQUIRED)

add_library(modcert_lua INTERFACE)
add_library(modcert::lua ALIAS modcert_lua)
target_include_directories(modcert_lua SYSTEM INTERFACE ${LUA51_INCLUDE_DIR})
target_link_libraries(modcert_lua INTERFACE
  ${LUA51_CJSON_LIBRARY} ${LUA51_BITOP_LIBRARY} ${LUA51_LIBRARY} m ${CMAKE_DL_LIBS})
