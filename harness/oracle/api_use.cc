// How use is told from look-up: GetApi was given the address of the module's own pointer for each
// name. Code reaches such a pointer either directly, relative to the instruction, or through a slot
// of the global offset table that holds its address. Instructions that do so are counted; the
// look-up itself is one of them.
#include "oracle/api_use.h"

#include <link.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

#include "module/shared_object.h"

namespace modcert::oracle {
namespace {

#if defined(__x86_64__)
constexpr bool kUnderstandsCode = true;
#else
constexpr bool kUnderstandsCode = false;
#endif

// A mapped part of the module.
struct Segment {
  const uint8_t* begin;
  size_t size;
  bool executable;
};

struct Search {
  const module::SharedObject& object;
  std::vector<Segment> segments;
};

int AddSegments(dl_phdr_info* info, size_t, void* data) {
  auto& search = *static_cast<Search*>(data);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    if (header.p_type != PT_LOAD || (header.p_flags & PF_R) == 0) continue;
    const auto* begin = reinterpret_cast<const uint8_t*>(info->dlpi_addr + header.p_vaddr);
    if (!search.object.Contains(begin)) return 0;
    search.segments.push_back({begin, header.p_memsz, (header.p_flags & PF_X) != 0});
  }
  return 0;
}

template <typename T>
T ReadAt(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

// Places that stand for a pointer: it itself, and the slots that hold its address.
using Places = std::unordered_map<uintptr_t, uintptr_t>;

void AddSlots(const Segment& segment, Places& places, const std::vector<uintptr_t>& pointers) {
  for (size_t at = 0; at + sizeof(uintptr_t) <= segment.size; at += sizeof(uintptr_t)) {
    const auto value = ReadAt<uintptr_t>(segment.begin + at);
    if (std::ranges::binary_search(pointers, value))
      places.emplace(reinterpret_cast<uintptr_t>(segment.begin + at), value);
  }
}

// Counts the instructions that address a place relative to themselves. Such an operand is a byte
// xx000101 and four bytes of distance from the end of the instruction, which may have a constant of
// one or four bytes behind that (a comparison with null).
void CountReferences(const Segment& code, const Places& places,
                     std::unordered_map<uintptr_t, int>& counts) {
  constexpr size_t kDistanceSize = 4;
  for (size_t at = 0; at + 1 + kDistanceSize + 4 <= code.size; ++at) {
    if ((code.begin[at] & 0xC7) != 0x05) continue;
    const auto end = reinterpret_cast<uintptr_t>(code.begin + at + 1 + kDistanceSize);
    const auto target = end + static_cast<uintptr_t>(ReadAt<int32_t>(code.begin + at + 1));
    for (const uintptr_t constant_size : {0, 1, 4}) {
      const auto place = places.find(target + constant_size);
      if (place == places.end()) continue;
      ++counts[place->second];
      break;
    }
  }
}

std::unordered_map<uintptr_t, int> References(const module::Module& module,
                                              const module::SharedObject& object) {
  Search search{object, {}};
  dl_iterate_phdr(AddSegments, &search);
  Places places;
  std::vector<uintptr_t> pointers;
  for (const auto& resolved : module.resolved) {
    const auto pointer = reinterpret_cast<uintptr_t>(resolved.target);
    places.emplace(pointer, pointer);
    pointers.push_back(pointer);
  }
  std::ranges::sort(pointers);
  std::unordered_map<uintptr_t, int> counts;
  for (const Segment& segment : search.segments)
    if (!segment.executable) AddSlots(segment, places, pointers);
  for (const Segment& segment : search.segments)
    if (segment.executable) CountReferences(segment, places, counts);
  return counts;
}

std::string WithoutPrefix(std::string_view name) {
  for (const std::string_view prefix : {"RedisModule_", "ValkeyModule_"})
    if (name.starts_with(prefix)) return std::string(name.substr(prefix.size()));
  return std::string(name);
}

// The names of the newest calls that the host remembers.
std::set<std::string> CalledLately(const module::Host& host) {
  constexpr size_t kAll = 64;  // as many as it keeps
  std::set<std::string> names;
  for (const std::string& call : host.trace.Last(kAll))
    names.insert(call.substr(0, call.find('(')));
  return names;
}

}  // namespace

ApiUses FindApiUses(const module::Host& host, module::Module& module) {
  ApiUses uses;
  const auto counts =
      kUnderstandsCode ? References(module, module.object()) : std::unordered_map<uintptr_t, int>();
  const std::set<std::string> called = CalledLately(host);
  // Where nothing but look-ups is seen, the code is not what is read here.
  uses.tells_use = std::ranges::any_of(
      counts, [](const auto& pointer_and_count) { return pointer_and_count.second > 1; });
  std::map<std::string, ApiUse> by_name;
  for (const auto& resolved : module.resolved) {
    const auto count = counts.find(reinterpret_cast<uintptr_t>(resolved.target));
    const int references = count == counts.end() ? 0 : count->second;
    const std::string plain_name = WithoutPrefix(resolved.name);
    ApiUse& use = by_name[plain_name];
    use.name = plain_name;
    use.found |= resolved.found;
    use.used |= !uses.tells_use || references > 1 || called.contains(use.name);
  }
  for (auto& [name, use] : by_name) uses.functions.push_back(std::move(use));
  return uses;
}

}  // namespace modcert::oracle
