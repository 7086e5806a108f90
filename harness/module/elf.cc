#include "module/elf.h"

#include <elf.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <optional>
#include <set>

#include "base/hex.h"
#include "fmt/format.h"

namespace modcert::module {
namespace {

#if defined(__x86_64__)
constexpr uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kMachine = EM_AARCH64;
#else
#error "name the ELF machine of this platform"
#endif

std::string MachineName(uint16_t machine) {
  switch (machine) {
    case EM_386:
      return "32-bit x86";
    case EM_X86_64:
      return "x86-64";
    case EM_ARM:
      return "32-bit ARM";
    case EM_AARCH64:
      return "AArch64";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "PowerPC 64";
    case EM_S390:
      return "S/390";
    default:
      return fmt::format("machine {}", machine);
  }
}

// Copies a T out of the file; nothing when it does not lie inside.
template <typename T>
std::optional<T> ReadAt(std::string_view bytes, uint64_t offset) {
  if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

// The part of the file that a section covers; empty when it does not lie inside.
std::string_view Slice(std::string_view bytes, const Elf64_Shdr& section) {
  if (section.sh_type == SHT_NOBITS || section.sh_offset > bytes.size()) return {};
  return bytes.substr(section.sh_offset, section.sh_size);
}

std::string TextAt(std::string_view table, uint64_t offset) {
  if (offset >= table.size()) return {};
  const std::string_view rest = table.substr(offset);
  return std::string(rest.substr(0, rest.find('\0')));
}

std::vector<Elf64_Shdr> Sections(std::string_view bytes, const Elf64_Ehdr& header) {
  std::vector<Elf64_Shdr> sections;
  if (header.e_shentsize != sizeof(Elf64_Shdr)) return sections;
  for (uint64_t i = 0; i < header.e_shnum; ++i) {
    const auto section = ReadAt<Elf64_Shdr>(bytes, header.e_shoff + i * sizeof(Elf64_Shdr));
    if (!section) break;
    sections.push_back(*section);
  }
  return sections;
}

void ReadSymbols(std::string_view bytes, const Elf64_Shdr& table, std::string_view names,
                 std::vector<ElfFile::Symbol>& symbols) {
  const std::string_view entries = Slice(bytes, table);
  for (uint64_t offset = sizeof(Elf64_Sym); offset + sizeof(Elf64_Sym) <= entries.size();
       offset += sizeof(Elf64_Sym)) {
    const Elf64_Sym symbol = *ReadAt<Elf64_Sym>(entries, offset);
    std::string name = TextAt(names, symbol.st_name);
    if (name.empty()) continue;
    symbols.push_back(
        {std::move(name), symbol.st_shndx != SHN_UNDEF, ELF64_ST_BIND(symbol.st_info) == STB_WEAK});
  }
}

std::string BuildId(std::string_view note) {
  const auto header = ReadAt<Elf64_Nhdr>(note, 0);
  if (!header || header->n_type != NT_GNU_BUILD_ID || header->n_namesz != 4) return {};
  const size_t start = sizeof(Elf64_Nhdr) + 4;
  if (note.size() < start || note.size() - start < header->n_descsz) return {};
  return HexEncode(note.substr(start, header->n_descsz));
}

bool IsNameCharacter(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

}  // namespace

bool ElfFile::Defines(std::string_view name) const {
  return std::any_of(symbols.begin(), symbols.end(),
                     [&](const Symbol& s) { return s.defined && s.name == name; });
}

bool ElfFile::Needs(std::string_view name) const {
  return std::any_of(symbols.begin(), symbols.end(),
                     [&](const Symbol& s) { return !s.defined && s.name == name; });
}

bool ElfFile::CanStartThreads() const {
  if (symbols.empty()) return true;
  return std::any_of(symbols.begin(), symbols.end(), [](const Symbol& symbol) {
    return !symbol.defined && (symbol.name == "pthread_create" || symbol.name == "thrd_create" ||
                               symbol.name.find("_M_start_thread") != std::string::npos);
  });
}

Status CheckElfHeader(std::string_view bytes, const std::string& place) {
  const auto header = ReadAt<Elf64_Ehdr>(bytes, 0);
  if (bytes.substr(0, SELFMAG) != ELFMAG)
    return Fail(place, "is not an ELF file", "give the shared object (.so) that the build made");
  if (!header) return Fail(place, "is a truncated ELF file", "build or copy it again");
  if (header->e_ident[EI_CLASS] != ELFCLASS64)
    return Fail(place, "is a 32-bit file", "build it for " + MachineName(kMachine));
  if (header->e_ident[EI_DATA] != ELFDATA2LSB)
    return Fail(place, "is a big-endian file", "build it for " + MachineName(kMachine));
  if (header->e_machine != kMachine)
    return Fail(place,
                fmt::format("is built for {}, and this machine is {}",
                            MachineName(header->e_machine), MachineName(kMachine)),
                "build it for this machine");
  if (header->e_type != ET_DYN)
    return Fail(place, "is an ELF file, but no shared object",
                "link it with -shared (and compile with -fPIC)");
  return {};
}

Result<ElfFile> ReadElf(std::string_view bytes, const std::string& place) {
  if (Status status = CheckElfHeader(bytes, place); !status)
    return tl::unexpected<Error>(status.error());
  const Elf64_Ehdr header = *ReadAt<Elf64_Ehdr>(bytes, 0);
  const std::vector<Elf64_Shdr> sections = Sections(bytes, header);
  ElfFile file;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type == SHT_DYNSYM && section.sh_link < sections.size())
      ReadSymbols(bytes, section, Slice(bytes, sections[section.sh_link]), file.symbols);
    if (section.sh_type == SHT_NOTE && file.build_id.empty())
      file.build_id = BuildId(Slice(bytes, section));
  }
  return file;
}

std::vector<std::string> ApiNamesIn(std::string_view bytes) {
  std::set<std::string> names;
  for (const std::string_view prefix : {"RedisModule_", "ValkeyModule_"}) {
    for (size_t at = bytes.find(prefix); at != std::string_view::npos;
         at = bytes.find(prefix, at + 1)) {
      // A whole text of its own, as GetApi is asked with: NUL before and behind.
      if (at > 0 && bytes[at - 1] != '\0') continue;
      size_t end = at + prefix.size();
      while (end < bytes.size() && IsNameCharacter(bytes[end])) ++end;
      if (end == bytes.size() || bytes[end] != '\0' || end == at + prefix.size()) continue;
      const std::string_view name = bytes.substr(at + prefix.size(), end - at - prefix.size());
      if (name == "OnLoad" || name == "OnUnload" || name == "GetApi") continue;
      names.emplace(name);
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace modcert::module
