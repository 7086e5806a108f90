// The tables that random commands are made from: one group of commands, one file random_GROUP.cc.
//
// A template is one form of a command, in a small language of words:
//
//   $s $l $h ...     a key that mostly holds the type of the group with that key letter
//   $k               a key of any type
//   $v               a value; $m a member or field; $i an integer; $f a number; $n a small count
//   $A ... $Z        what the `fill` of the group makes of the capital letter
//   {a b|c|}         one of the alternatives, which may be empty; groups do not nest
//   {...}+           the group, one to three times
//
// So one more command is one more line, and how far the replies to it must agree stands beside it.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/random.h"

namespace modcert::run {

// How far the replies of two servers to the same command must agree.
enum class Agreement {
  kExact,      // to the byte
  kUnordered,  // the same elements, in any order
  kShape,      // the same types and numbers of elements: what depends on time or chance
};

// In which worlds a command is sent: some go together only by chance.
enum class When {
  kAlways,
  kExpiring,     // where keys expire. What it makes ends after a millisecond, so time passes then
  kNoneExpires,  // where none does: it may meet any of several keys that have expired
  kSwapping,     // where databases are swapped: which of several keys serves a client is drawn then
  kNoneSwapped,
};

struct RandomTemplate {
  std::string_view line;
  Agreement agreement = Agreement::kExact;
  When when = When::kAlways;
};

struct RandomGroup {
  std::string_view name;
  // Keys of the type are this letter and a digit. 0: the group has no type of its own. Taken by
  // others: k v m i f n.
  char key_letter = 0;
  std::span<const RandomTemplate> templates;
  // The word for one of the group's own placeholders, a capital letter. Nothing but `random` may
  // decide it. nullptr: the group has none.
  std::string (*fill)(char placeholder, Random& random) = nullptr;
  // Sent by clients that do nothing else, as RESP2 forbids them other commands.
  bool is_for_subscribers = false;
};

RandomGroup RandomAcl();
RandomGroup RandomBlocking();
RandomGroup RandomConnection();
RandomGroup RandomExpiry();
RandomGroup RandomGeo();
RandomGroup RandomHashes();
RandomGroup RandomKeys();
RandomGroup RandomLists();
RandomGroup RandomScripts();
RandomGroup RandomSets();
RandomGroup RandomSortedSets();
RandomGroup RandomStreams();
RandomGroup RandomStrings();
RandomGroup RandomSubscriptions();
RandomGroup RandomTracking();
RandomGroup RandomTransactions();

// All of them, in alphabetical order, one to a line.
// clang-format off
inline constexpr RandomGroup (*kRandomGroups[])() = {
    RandomAcl,
    RandomBlocking,
    RandomConnection,
    RandomExpiry,
    RandomGeo,
    RandomHashes,
    RandomKeys,
    RandomLists,
    RandomScripts,
    RandomSets,
    RandomSortedSets,
    RandomStreams,
    RandomStrings,
    RandomSubscriptions,
    RandomTracking,
    RandomTransactions,
};
// clang-format on

}  // namespace modcert::run
