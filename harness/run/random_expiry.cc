// Random commands: keys that expire. Whatever ends after two milliseconds (after one, a server may
// find that it has ended already) has ended before the next
// command, on both sides; what comes next finds a key that is there and must not be seen.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr Agreement kExact = Agreement::kExact;
constexpr When kExpiring = When::kExpiring;

constexpr RandomTemplate kTemplates[] = {
    // Not GT: of two in a transaction the second is later on a server whose clock has moved
    // between.
    {"PEXPIRE $k 2 {|NX|XX|LT}", kExact, kExpiring},
    {"PEXPIRE $k 2", kExact, kExpiring},
    {"PEXPIRE $k 2", kExact, kExpiring},
    {"SET $s $v PX 2 {|NX|XX} {|GET}", kExact, kExpiring},
    {"PSETEX $s 2 $v", kExact, kExpiring},
    {"GETEX $s PX 2", kExact, kExpiring},
    {"PEXPIREAT $k 1"},
    {"EXPIRE $k -1"},
    {"EXPIREAT $k 0 {NX|XX|GT|LT}"},
};

}  // namespace

RandomGroup RandomExpiry() { return {.name = "expiry", .templates = kTemplates}; }

}  // namespace modcert::run
