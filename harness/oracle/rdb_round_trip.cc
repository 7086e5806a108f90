#include "oracle/rdb_round_trip.h"

#include <algorithm>

#include "fmt/format.h"
#include "oracle/dataset.h"
#include "oracle/owner.h"

namespace modcert::oracle {
namespace {

size_t FirstDifference(std::string_view a, std::string_view b) {
  const auto [at, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<size_t>(at - a.begin());
}

// Whether two files differ in the order of their bytes only. A hash table that is filled again may
// well have another order.
bool SameButForOrder(std::string a, std::string b) {
  constexpr size_t kChecksumSize = 8;
  for (std::string* bytes : {&a, &b}) {
    bytes->resize(bytes->size() - std::min(bytes->size(), kChecksumSize));
    std::sort(bytes->begin(), bytes->end());
  }
  return a == b;
}

}  // namespace

Findings RdbRoundTrip(module::Host& host) {
  Findings findings;
  if (CountModuleValues(host) == 0) return findings;
  const std::string_view owner = OwnerOfTypes(host);
  const std::string saved = SaveAll(host);
  auto fresh = LikeHost(host);
  if (!fresh) {
    // module.loads-again: what loads once loads again, in the same process.
    findings.push_back(MakeFinding("module.loads-again", fresh.error().ToString(), owner));
    return findings;
  }
  if (const Status loaded = LoadAll(**fresh, saved); !loaded) {
    // rdb.loads-what-it-saved: rdb_load takes what rdb_save wrote, all of it.
    findings.push_back(MakeFinding("rdb.loads-what-it-saved", loaded.error().ToString(), owner));
    TakeFrom(**fresh, findings);
    return findings;
  }
  if (const std::string before = DigestOf(host), after = DigestOf(**fresh); before != after) {
    // rdb.keeps-the-data: the digest is the same before and after.
    findings.push_back(MakeFinding(
        "rdb.keeps-the-data", fmt::format("the digest was {} and is {}", before, after), owner));
  }
  if (const std::string again = SaveAll(**fresh); !SameButForOrder(again, saved)) {
    // rdb.saves-the-same: nothing asks for it, but a type without digest shows its losses here
    // only.
    findings.push_back(
        MakeFinding("rdb.saves-the-same",
                    fmt::format("{} bytes became {}; the first difference is at byte {}",
                                saved.size(), again.size(), FirstDifference(saved, again)),
                    owner, validate::Severity::kWarning));
  }
  TakeFrom(**fresh, findings);
  return findings;
}

}  // namespace modcert::oracle
