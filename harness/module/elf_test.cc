#include "module/elf.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>

namespace modcert::module {
namespace {

std::string FileBytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string HelloBytes() { return FileBytes(MODCERT_BINARY_DIR "/modules/hello.so"); }

// The file with one field of its header changed.
template <typename T>
std::string With(std::string bytes, size_t offset, T value) {
  std::memcpy(bytes.data() + offset, &value, sizeof(T));
  return bytes;
}

std::string ProblemOf(std::string_view bytes) {
  const Status status = CheckElfHeader(bytes, "m.so");
  return status ? "" : status.error().problem;
}

TEST(Elf, ReadsTheSymbolsOfAModule) {
  const Result<ElfFile> elf = ReadElf(HelloBytes(), "hello.so");
  ASSERT_TRUE(elf) << elf.error().ToString();
  EXPECT_TRUE(elf->Defines("RedisModule_OnLoad"));
  EXPECT_FALSE(elf->Needs("RedisModule_OnLoad"));
  EXPECT_FALSE(elf->Defines("ValkeyModule_OnLoad"));
}

TEST(Elf, SaysWhatElseAFileIs) {
  const std::string hello = HelloBytes();
  EXPECT_EQ(ProblemOf(hello), "");
  EXPECT_EQ(ProblemOf(""), "is not an ELF file");
  EXPECT_EQ(ProblemOf("#!/bin/sh\n"), "is not an ELF file");
  EXPECT_EQ(ProblemOf(hello.substr(0, 20)), "is a truncated ELF file");
  EXPECT_EQ(ProblemOf(With<uint8_t>(hello, EI_CLASS, ELFCLASS32)), "is a 32-bit file");
  EXPECT_EQ(ProblemOf(With<uint8_t>(hello, EI_DATA, ELFDATA2MSB)), "is a big-endian file");
  EXPECT_NE(ProblemOf(With<uint16_t>(hello, offsetof(Elf64_Ehdr, e_machine), EM_RISCV))
                .find("is built for RISC-V"),
            std::string::npos);
  EXPECT_EQ(ProblemOf(With<uint16_t>(hello, offsetof(Elf64_Ehdr, e_type), ET_REL)),
            "is an ELF file, but no shared object");
}

TEST(Elf, SurvivesAFileThatIsCutAnywhere) {
  const std::string hello = HelloBytes();
  for (size_t size = 0; size < hello.size(); size += 97)
    if (const Result<ElfFile> elf = ReadElf(std::string_view(hello).substr(0, size), "m.so")) {
      EXPECT_LE(elf->symbols.size(), hello.size());
    }
}

TEST(Elf, SurvivesSectionsThatLie) {
  const std::string hello = HelloBytes();
  EXPECT_TRUE(ReadElf(With<uint64_t>(hello, offsetof(Elf64_Ehdr, e_shoff), ~0ULL - 8), "m.so"));
  EXPECT_TRUE(ReadElf(With<uint16_t>(hello, offsetof(Elf64_Ehdr, e_shnum), 0xffff), "m.so"));
}

TEST(Elf, ListsTheApiNamesThatAModuleLooksUp) {
  const std::vector<std::string> names = ApiNamesIn(HelloBytes());
  EXPECT_TRUE(std::find(names.begin(), names.end(), "CreateCommand") != names.end());
  EXPECT_TRUE(std::find(names.begin(), names.end(), "OnLoad") == names.end());
  EXPECT_EQ(ApiNamesIn(std::string_view("\0RedisModule_Foo\0xRedisModule_Bar\0", 34)),
            std::vector<std::string>{"Foo"});
}

}  // namespace
}  // namespace modcert::module
