#include "mutator.h"

#include <algorithm>
#include <bit>
#include <iterator>
#include <limits>
#include <utility>

namespace modcert::fuzz {
namespace {

// Both sides of each width that a length, a count or an integer is stored in.
constexpr uint64_t kBoundaryNumbers[] = {
    0,          1,          2,           63,          64,          127,
    128,        255,        256,         16383,       16384,       65535,
    65536,      0x7fffffff, 0x80000000,  0xffffffff,  0x100000000, 0x7fffffffffffffff,
    1ULL << 63, ~0ULL,      ~0ULL - 127, ~0ULL - 128,
};
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kBoundaryDoubles[] = {0.0, -0.0, 1.5, 1e308, 5e-324, kInfinity, -kInfinity};
// A string longer than this finds nothing that a shorter one does not, and takes its time.
constexpr size_t kStringSizeMax = 4096;

void SetBoundary(Item& item, Random& random) {
  switch (item.kind) {
    case Item::Kind::kSigned:
    case Item::Kind::kUnsigned:
      item.number = kBoundaryNumbers[random.Below(std::size(kBoundaryNumbers))];
      break;
    case Item::Kind::kFloat:
    case Item::Kind::kDouble: {
      const double number = kBoundaryDoubles[random.Below(std::size(kBoundaryDoubles))];
      item.number = item.kind == Item::Kind::kDouble
                        ? std::bit_cast<uint64_t>(number)
                        : std::bit_cast<uint32_t>(static_cast<float>(number));
      break;
    }
    case Item::Kind::kString:
      item.text.clear();
      break;
    case Item::Kind::kEof:
      break;
  }
}

// Numbers become texts of digits and texts become their size, so that what was close stays close.
void Retype(Item& item, Random& random) {
  const Item before = item;
  item = Item{.kind = static_cast<Item::Kind>(random.Below(Item::kKindCount)), .text = {}};
  const bool was_text = before.kind == Item::Kind::kString;
  if (item.kind == Item::Kind::kString)
    item.text = was_text ? before.text : std::to_string(before.number);
  else if (item.kind == Item::Kind::kFloat)
    item.number = static_cast<uint32_t>(before.number);
  else if (item.kind != Item::Kind::kEof)
    item.number = was_text ? before.text.size() : before.number;
}

void ChangeText(std::string& text, Random& random) {
  if (!text.empty() && random.OneIn(3)) {
    text.resize(random.Below(text.size()));
  } else if (!text.empty() && random.OneIn(2)) {
    text[random.Below(text.size())] = static_cast<char>(random.Next());
  } else if (text.size() <= kStringSizeMax / 2 && random.OneIn(3)) {
    text += text;
  } else if (text.size() < kStringSizeMax) {
    text.insert(random.Below(text.size() + 1), 1, static_cast<char>(random.Next()));
  }
}

void ChangeItem(Item& item, Random& random) {
  if (random.OneIn(3)) return SetBoundary(item, random);
  if (item.kind == Item::Kind::kString) return ChangeText(item.text, random);
  if (item.is_number()) {
    item.number += static_cast<uint64_t>(random.Between(-4, 4));
  } else if (item.kind == Item::Kind::kFloat) {
    item.number ^= uint64_t{1} << random.Below(32);
  } else if (item.kind == Item::Kind::kDouble) {
    item.number ^= uint64_t{1} << random.Below(64);
  }
}

Item NewItem(Random& random) {
  Item item{.kind = static_cast<Item::Kind>(random.Below(Item::kKindCount)), .text = {}};
  SetBoundary(item, random);
  return item;
}

}  // namespace

void MutateItems(std::vector<Item>& items, Random& random) {
  if (items.empty() || random.OneIn(8)) {
    items.insert(items.begin() + random.Below(items.size() + 1), NewItem(random));
    return;
  }
  const size_t index = random.Below(items.size());
  switch (random.Below(8)) {
    case 0:
      items.erase(items.begin() + index);
      break;
    case 1:
      items.insert(items.begin() + index, Item(items[index]));
      break;
    case 2:
      std::swap(items[index], items[random.Below(items.size())]);
      break;
    case 3:
      Retype(items[index], random);
      break;
    case 4:
      // Rarely: most of what a short stream can show, its longer one shows as well.
      if (random.OneIn(4)) items.resize(index);
      break;
    default:
      ChangeItem(items[index], random);
  }
}

std::vector<Item> CrossItems(const std::vector<Item>& head, const std::vector<Item>& tail,
                             Random& random) {
  std::vector<Item> items(head.begin(), head.begin() + random.Below(head.size() + 1));
  items.insert(items.end(), tail.begin() + random.Below(tail.size() + 1), tail.end());
  return items;
}

std::string EncodeItemsWithin(std::vector<Item> items, size_t max_size) {
  std::string bytes = EncodeItems(items);
  while (bytes.size() > max_size) {
    items.pop_back();
    bytes = EncodeItems(items);
  }
  return bytes;
}

}  // namespace modcert::fuzz
