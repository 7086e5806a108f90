// Random commands: sorted sets.
//
//   $B  an end of a range of scores; $X an end of a range of members
//   $Y  a sorted set whose scores are all equal: over others, ranges of members depend on the
//   levels
//       of a real server's skip list, which are drawn by chance
#include "run/random_templates.h"
#include "run/random_words.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"ZADD $z {|NX|XX|GT|LT} {|CH} {$f $m}+"},
    {"ZADD $z INCR $f $m"},
    {"ZINCRBY $z $f $m"},
    {"ZREM $z {$m}+"},
    {"ZSCORE $z $m"},
    {"ZMSCORE $z {$m}+"},
    {"ZCARD $z"},
    {"ZCOUNT $z $B $B"},
    {"ZLEXCOUNT $Y $X $X"},
    {"ZRANK $z $m"},
    {"ZREVRANK $z $m"},
    {"ZRANGE $z $i $i {|REV} {|WITHSCORES}"},
    {"ZRANGE $z $B $B BYSCORE {|REV} {|LIMIT 0 2} {|WITHSCORES}"},
    {"ZRANGE $Y $X $X BYLEX {|REV}"},
    {"ZREVRANGE $z $i $i {|WITHSCORES}"},
    {"ZRANGEBYSCORE $z $B $B {|WITHSCORES} {|LIMIT 1 2}"},
    {"ZREVRANGEBYSCORE $z $B $B"},
    {"ZRANGEBYLEX $Y $X $X"},
    {"ZREMRANGEBYRANK $z {0|1} {0|1|-1}"},
    {"ZREMRANGEBYSCORE $z $B $B"},
    {"ZREMRANGEBYLEX $Y $X $X"},
    {"ZRANGESTORE $z $z {0|1} {2|-1}"},
    {"ZADD $Y {0 $m}+"},
    {"ZREM $Y $m"},
    {"ZREVRANGEBYLEX $Y $X $X"},
    {"ZPOPMIN $z {|$n}"},
    {"ZPOPMAX $z {|$n}"},
    {"ZMPOP 2 $z $z {MIN|MAX} {|COUNT 2}"},
    {"ZUNION 2 $z $z {|AGGREGATE MAX} {|WITHSCORES}"},
    {"ZINTER 2 $z $z {|WEIGHTS 2 3} {|WITHSCORES}"},
    {"ZDIFF 2 $z $z {|WITHSCORES}"},
    {"ZUNIONSTORE $z 2 $z $t {|WEIGHTS 1 0.5}"},
    {"ZINTERSTORE $z 2 $z $z {|AGGREGATE MIN}"},
    {"ZDIFFSTORE $z 2 $z $z"},
    {"ZINTERCARD 2 $z $z"},
    {"ZRANDMEMBER $z", Agreement::kShape},
    {"ZRANDMEMBER $z {2|-3|-50|0}", Agreement::kShape},
    {"ZRANDMEMBER $z {2|-3} WITHSCORES", Agreement::kShape},
    {"ZRANDMEMBER $z 1000 {|WITHSCORES}", Agreement::kUnordered},
    {"ZSCAN $z 0 COUNT 1000", Agreement::kUnordered},
};

std::string ScoreBound(Random& random) {
  if (random.OneIn(5)) return random.OneIn(2) ? "-inf" : "+inf";
  return (random.OneIn(3) ? "(" : "") + RandomNumber(random);
}

std::string LexBound(Random& random) {
  if (random.OneIn(4)) return random.OneIn(2) ? "-" : "+";
  if (random.OneIn(12)) return "a";  // not a bound
  return std::string(1, random.OneIn(2) ? '[' : '(') +
         std::string(1, static_cast<char>('a' + random.Below(6)));
}

std::string Fill(char placeholder, Random& random) {
  if (placeholder == 'B') return ScoreBound(random);
  if (placeholder == 'X') return LexBound(random);
  return "y" + std::to_string(random.Below(2));
}

}  // namespace

RandomGroup RandomSortedSets() {
  return {.name = "sorted_sets", .key_letter = 'z', .templates = kTemplates, .fill = Fill};
}

}  // namespace modcert::run
