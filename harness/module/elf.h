// What is worth knowing of an ELF file before it is loaded, read without trusting it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace modcert::module {

// The dynamic symbols and the identity of a shared object. Holds no references to the bytes.
struct ElfFile {
  struct Symbol {
    std::string name;
    bool defined;
    bool weak;
  };

  std::vector<Symbol> symbols;  // of the dynamic symbol table; empty when there is none
  std::string build_id;         // hex; empty when there is none

  bool Defines(std::string_view name) const;
  bool Needs(std::string_view name) const;
  // Whether it needs what starts threads; true when its symbols are unknown.
  bool CanStartThreads() const;
};

// Reads a 64-bit little-endian shared object for this machine. The error says what the file is
// instead; `place` is its path.
Result<ElfFile> ReadElf(std::string_view bytes, const std::string& place);

// Only the checks of ReadElf on the head of the file: cheap, for each load.
Status CheckElfHeader(std::string_view bytes, const std::string& place);

// The API functions that a module asks GetApi for, without prefix, in order of name: the texts
// "RedisModule_..." and "ValkeyModule_..." in the file. The header resolves all it declares, so a
// module may use fewer.
std::vector<std::string> ApiNamesIn(std::string_view bytes);

}  // namespace modcert::module
