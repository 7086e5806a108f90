// Random commands: streams and consumer groups. No id comes from a clock (there is no XADD with
// `*`), and what shows how long ago something was agrees in shape only: the two servers have clocks
// of their own. DUMP of a stream is left out for the same reason: it has the times of what is
// pending.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr Agreement kExact = Agreement::kExact;
constexpr Agreement kShape = Agreement::kShape;

//   $A  an id to add: mostly the next within a millisecond
//   $I  an id, which may exist
//   $B  an end of a range
//   $G  a group; $C a consumer
constexpr RandomTemplate kTemplates[] = {
    {"XADD $x $A {$m $v}+"},
    {"XADD $x $A {$m $v}+"},
    {"XADD $x $A a $v b $v"},
    {"XADD $x $A a $v b $v"},
    {"XADD $x {|NOMKSTREAM} {|MAXLEN 5|MAXLEN ~ $n|MINID $I|MINID ~ $I} $A $m $v"},
    {"XADD $x MAXLEN ~ $n LIMIT $n $A $m $v"},
    {"XLEN $x"},
    {"XRANGE $x $B $B {|COUNT $i}"},
    {"XREVRANGE $x $B $B {|COUNT $i}"},
    {"XDEL $x {$I}+"},
    {"XTRIM $x MAXLEN {|=|~} {10|$n|$i}"},
    {"XTRIM $x MINID {|=|~} $I"},
    {"XTRIM $x {MAXLEN|MINID} ~ $n LIMIT {3|$i}"},
    {"XSETID $x $I {|ENTRIESADDED 50|MAXDELETEDID $I|ENTRIESADDED $i}"},
    {"XREAD {|COUNT $i} STREAMS $x $x {$I|$} $I"},
    {"XGROUP CREATE $x $G {$I|0|$} {|MKSTREAM} {|ENTRIESREAD $i}"},
    {"XGROUP CREATE $x $G {0|$} MKSTREAM"},
    {"XGROUP SETID $x $G {$I|$} {|ENTRIESREAD $i}"},
    {"XGROUP DESTROY $x $G"},
    {"XGROUP CREATECONSUMER $x $G $C"},
    {"XGROUP DELCONSUMER $x $G $C"},
    {"XREADGROUP GROUP $G $C {|NOACK} {|COUNT 1|COUNT $i} STREAMS $x >"},
    {"XREADGROUP GROUP $G $C COUNT 2 STREAMS $x >"},
    {"XREADGROUP GROUP $G $C {|COUNT $i} STREAMS $x $I"},
    {"XREADGROUP GROUP $G $C STREAMS $x $x {>|0} >"},
    {"XACK $x $G {$I}+"},
    {"XPENDING $x $G"},
    {"XPENDING $x $G {|IDLE 0|IDLE 100000000} $B $B {10|$n} {|$C}", kShape},
    {"XCLAIM $x $G $C {0|100000000} {$I}+ {|FORCE} {|JUSTID} {|RETRYCOUNT $i}"},
    {"XCLAIM $x $G $C 0 $I {|TIME 1000|LASTID $I} {|JUSTID}"},
    {"XAUTOCLAIM $x $G $C {0|100000000} $B {|COUNT $i|COUNT 2} {|JUSTID}"},
    {"XINFO STREAM $x"},
    {"XINFO STREAM $x FULL {|COUNT $n}", kShape},
    {"XINFO GROUPS $x"},
    {"XINFO CONSUMERS $x $G", kShape},
    {"DEBUG DIGEST-VALUE {$x}+"},
    {"COPY $x $x {|REPLACE}"},
    {"RENAME $x $x"},
    // those that wait, and what serves them
    {"XREAD {|COUNT 1} BLOCK 0 STREAMS $x {$|$I}"},
    {"XREAD BLOCK 0 STREAMS $x $x {$|$I} $", kExact, When::kNoneSwapped},
    {"XREADGROUP GROUP $G $C {|NOACK} BLOCK 0 STREAMS $x >"},
    {"XREADGROUP GROUP $G $C {|COUNT 1} BLOCK 0 STREAMS $x $x > >", kExact, When::kNoneSwapped},
    {"XREAD BLOCK 1 STREAMS $x $", kExact, When::kExpiring},
    {"XREADGROUP GROUP $G $C BLOCK 1 STREAMS $x >", kExact, When::kExpiring},
    {"XREAD BLOCK {-1|abc} STREAMS $x $"},
    {"XADD $x $A a $v"},
    {"XADD $x $A a $v"},
    {"XGROUP CREATE $x $G $ MKSTREAM"},
    {"CONFIG SET stream-node-max-entries {2|3|100}"},
    {"CONFIG SET stream-node-max-bytes {100|4096}"},
};

// Few moments and numbers, so that ids meet.
std::string Id(Random& random) {
  const std::string ms = std::to_string(random.Below(8));
  return random.OneIn(3) ? ms : ms + "-" + std::to_string(random.Below(6));
}

std::string IdToAdd(Random& random) {
  if (random.OneIn(12)) return Id(random);
  if (random.OneIn(40)) return "x";  // no id
  return std::to_string(random.Between(1, 7)) + "-*";
}

std::string Bound(Random& random) {
  switch (random.Below(4)) {
    case 0:
      return "-";
    case 1:
      return "+";
    case 2:
      return "(" + Id(random);
    default:
      return Id(random);
  }
}

std::string Fill(char placeholder, Random& random) {
  switch (placeholder) {
    case 'A':
      return IdToAdd(random);
    case 'I':
      return Id(random);
    case 'B':
      return Bound(random);
    case 'G':
      return random.OneIn(3) ? "h" : "g";
    default:
      return std::string(1, static_cast<char>('a' + random.Below(3)));
  }
}

}  // namespace

RandomGroup RandomStreams() {
  return {.name = "streams", .key_letter = 'x', .templates = kTemplates, .fill = Fill};
}

}  // namespace modcert::run
