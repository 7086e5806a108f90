#include "run/random_commands.h"

#include <array>
#include <set>

#include "base/require.h"

namespace modcert::run {
namespace {

// A template is a line of words.
//   $s $l $h $t $z   a key that mostly holds a string, list, hash, set or sorted set
//   $k               a key of any type
//   $y               a sorted set whose scores are all equal: over others, ranges of members depend
//                    on the levels of a real server's skip list, which are drawn by chance
//   $v               a value; $m a member or field; $i an integer; $f a number; $n a small count
//   $b               an end of a range of scores; $x an end of a range of members
//   word+            the word and what follows it in the group, one to three times
//   {a b|c|}         one of the alternatives, which may be empty
struct Template {
  std::string_view line;
  Agreement agreement = Agreement::kExact;
};

constexpr Agreement kUnordered = Agreement::kUnordered;
constexpr Agreement kShape = Agreement::kShape;

// The moments are far away, so that no key expires while two servers run at different speeds.
constexpr Template kTemplates[] = {
    // strings
    {"SET $s $v {|NX|XX} {|GET} {|KEEPTTL|EX 100000|PXAT 4102444800000}"},
    {"GET $s"},
    {"GETSET $s $v"},
    {"GETDEL $s"},
    {"GETEX $s {|PERSIST|EXAT 4102444800|EX 100000}"},
    {"SETNX $s $v"},
    {"SETEX $s {100000|0|-1} $v"},
    {"PSETEX $s 100000000 $v"},
    {"MSET {$s $v}+"},
    {"MSETNX {$s $v}+"},
    {"MGET {$k}+"},
    {"INCR $s"},
    {"DECR $s"},
    {"INCRBY $s $i"},
    {"DECRBY $s $i"},
    {"INCRBYFLOAT $s $f"},
    {"APPEND $s $v"},
    {"STRLEN $s"},
    {"SETRANGE $s {$n|-1|300} $v"},
    {"GETRANGE $s $i $i"},
    {"LCS $s $s {|LEN|IDX|IDX MINMATCHLEN 2 WITHMATCHLEN}"},
    // keys of any type
    {"DEL {$k}+"},
    {"UNLINK $k"},
    {"EXISTS {$k}+"},
    {"TYPE $k"},
    {"TOUCH {$k}+"},
    {"KEYS {*|s*|?1|[lz]*}", kUnordered},
    {"SCAN 0 COUNT 1000 {|MATCH *1|TYPE zset}", kUnordered},
    {"DBSIZE"},
    {"RANDOMKEY", kShape},
    {"RENAME $k $k"},
    {"RENAMENX $k $k"},
    {"COPY $k $k {|REPLACE}"},
    {"OBJECT ENCODING $k"},
    {"EXPIREAT $k {4102444800|4102444900|1} {|NX|XX|GT|LT}"},
    {"PEXPIREAT $k 4102444800000"},
    {"EXPIRE $k {100000|-1|$i}"},
    {"PERSIST $k"},
    {"TTL $k", kShape},
    {"PTTL $k", kShape},
    {"EXPIRETIME $k", kShape},
    {"DUMP $s", kShape},  // the order in a hash table is drawn by chance
    {"SORT $l {|ALPHA|ALPHA DESC|LIMIT 1 2 ALPHA}"},
    {"SORT $t ALPHA"},
    {"SORT $z ALPHA STORE $l"},
    // hashes
    {"HSET $h {$m $v}+"},
    {"HMSET $h {$m $v}+"},
    {"HSETNX $h $m $v"},
    {"HGET $h $m"},
    {"HMGET $h {$m}+"},
    {"HDEL $h {$m}+"},
    {"HEXISTS $h $m"},
    {"HLEN $h"},
    {"HSTRLEN $h $m"},
    {"HINCRBY $h $m $i"},
    {"HINCRBYFLOAT $h $m $f"},
    {"HGETALL $h", kUnordered},
    {"HKEYS $h", kUnordered},
    {"HVALS $h", kUnordered},
    {"HRANDFIELD $h", kShape},
    {"HSCAN $h 0 COUNT 1000", kUnordered},
    // lists
    {"LPUSH $l {$v}+"},
    {"RPUSH $l {$v}+"},
    {"LPUSHX $l $v"},
    {"RPUSHX $l $v"},
    {"LPOP $l {|$n}"},
    {"RPOP $l {|$n}"},
    {"LLEN $l"},
    {"LRANGE $l $i $i"},
    {"LINDEX $l $i"},
    {"LSET $l $n $v"},
    {"LINSERT $l {BEFORE|AFTER} $v $v"},
    {"LREM $l {0|1|-1|2} $v"},
    {"LTRIM $l {0|1|-3} {-1|2|$i}"},
    {"LPOS $l $v {|RANK -1|COUNT 0}"},
    {"LMOVE $l $l {LEFT|RIGHT} {LEFT|RIGHT}"},
    {"RPOPLPUSH $l $l"},
    {"LMPOP 2 $l $l {LEFT|RIGHT} {|COUNT 2}"},
    // sets
    {"SADD $t {$m}+"},
    {"SREM $t {$m}+"},
    {"SMOVE $t $t $m"},
    {"SISMEMBER $t $m"},
    {"SMISMEMBER $t {$m}+"},
    {"SCARD $t"},
    {"SMEMBERS $t", kUnordered},
    {"SRANDMEMBER $t", kShape},
    {"SSCAN $t 0 COUNT 1000", kUnordered},
    {"SINTER {$t}+", kUnordered},
    {"SUNION {$t}+", kUnordered},
    {"SDIFF {$t}+", kUnordered},
    {"SINTERSTORE $t {$t}+"},
    {"SUNIONSTORE $t {$t}+"},
    {"SDIFFSTORE $t {$t}+"},
    {"SINTERCARD 2 $t $t {|LIMIT 1}"},
    // sorted sets
    {"ZADD $z {|NX|XX|GT|LT} {|CH} {$f $m}+"},
    {"ZADD $z INCR $f $m"},
    {"ZINCRBY $z $f $m"},
    {"ZREM $z {$m}+"},
    {"ZSCORE $z $m"},
    {"ZMSCORE $z {$m}+"},
    {"ZCARD $z"},
    {"ZCOUNT $z $b $b"},
    {"ZLEXCOUNT $y $x $x"},
    {"ZRANK $z $m"},
    {"ZREVRANK $z $m"},
    {"ZRANGE $z $i $i {|REV} {|WITHSCORES}"},
    {"ZRANGE $z $b $b BYSCORE {|REV} {|LIMIT 0 2} {|WITHSCORES}"},
    {"ZRANGE $y $x $x BYLEX {|REV}"},
    {"ZREVRANGE $z $i $i {|WITHSCORES}"},
    {"ZRANGEBYSCORE $z $b $b {|WITHSCORES} {|LIMIT 1 2}"},
    {"ZREVRANGEBYSCORE $z $b $b"},
    {"ZRANGEBYLEX $y $x $x"},
    {"ZREMRANGEBYRANK $z {0|1} {0|1|-1}"},
    {"ZREMRANGEBYSCORE $z $b $b"},
    {"ZREMRANGEBYLEX $y $x $x"},
    {"ZRANGESTORE $z $z {0|1} {2|-1}"},
    {"ZADD $y {0 $m}+"},
    {"ZREM $y $m"},
    {"ZREVRANGEBYLEX $y $x $x"},
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
    {"ZRANDMEMBER $z", kShape},
    {"ZSCAN $z 0 COUNT 1000", kUnordered},
    // transactions, connection, server
    {"MULTI"},
    {"EXEC", kUnordered},
    {"EXEC", kUnordered},
    {"DISCARD"},
    {"WATCH $k"},
    {"UNWATCH"},
    {"SELECT {0|0|0|1}"},
    {"SWAPDB 0 1"},
    {"MOVE $k {0|1}"},
    {"PING {|$v}"},
    {"ECHO $v"},
    {"PUBLISH $k $v"},
    {"NOSUCH $v $k"},
    {"GET"},
    {"SADD $t"},
    {"CONFIG SET {set-max-intset-entries|zset-max-listpack-entries|hash-max-listpack-entries} "
     "{3|512}"},
};

// Names stand out less often the longer a run is: four of each type are enough for them to meet.
constexpr int kKeysPerType = 4;

std::string_view FirstWord(std::string_view line) { return line.substr(0, line.find(' ')); }

// The end of the group that opens at `start`; groups do not nest.
size_t GroupEnd(std::string_view text, size_t start) {
  const size_t end = text.find('}', start);
  Require(end != std::string_view::npos, "a template with an open group");
  return end;
}

}  // namespace

std::vector<std::string> RandomCommands::CommandNames() {
  std::set<std::string> names;
  for (const Template& row : kTemplates) {
    std::string name(FirstWord(row.line));
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    names.insert(std::move(name));
  }
  return {names.begin(), names.end()};
}

RandomCommand RandomCommands::Next() {
  const Template& row = kTemplates[random_.Below(std::size(kTemplates))];
  RandomCommand command{.agreement = row.agreement};
  AppendWords(row.line, command.argv);
  return command;
}

void RandomCommands::AppendWords(std::string_view text, std::vector<std::string>& argv) {
  while (!text.empty()) {
    if (text.front() == ' ') {
      text.remove_prefix(1);
      continue;
    }
    if (text.front() != '{') {
      const std::string_view word = FirstWord(text);
      AppendWord(word, argv);
      text.remove_prefix(word.size());
      continue;
    }
    const size_t end = GroupEnd(text, 0);
    const std::string_view group = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    uint64_t times = 1;
    if (!text.empty() && text.front() == '+') {
      text.remove_prefix(1);
      times += random_.Below(3);
    }
    std::vector<std::string_view> alternatives;
    for (size_t start = 0; start <= group.size();) {
      const size_t bar = std::min(group.find('|', start), group.size());
      alternatives.push_back(group.substr(start, bar - start));
      start = bar + 1;
    }
    for (; times > 0; --times) AppendWords(alternatives[random_.Below(alternatives.size())], argv);
  }
}

void RandomCommands::AppendWord(std::string_view word, std::vector<std::string>& argv) {
  if (word.size() == 2 && word[0] == '$')
    argv.push_back(Fill(word[1]));
  else
    argv.emplace_back(word);
}

std::string RandomCommands::Fill(char placeholder) {
  switch (placeholder) {
    case 'v':
      return Value();
    case 'm':
      return random_.OneIn(3) ? std::to_string(random_.Below(6))
                              : std::string(1, static_cast<char>('a' + random_.Below(6)));
    case 'i':
      return Integer();
    case 'f':
      return Number();
    case 'n':
      return std::to_string(random_.Below(4));
    case 'b':
      return ScoreBound();
    case 'x':
      return LexBound();
    default:
      return Key(placeholder);
  }
}

std::string RandomCommands::Key(char type) {
  constexpr std::string_view kTypes = "slhtz";
  if (type == 'y') return "y" + std::to_string(random_.Below(2));
  // One time in twelve a key of another type: WRONGTYPE has its own branches.
  if (type == 'k' || random_.OneIn(12)) type = kTypes[random_.Below(kTypes.size())];
  return type + std::to_string(random_.Below(kKeysPerType));
}

std::string RandomCommands::Value() {
  switch (random_.Below(10)) {
    case 0:
      return "";
    case 1:
      return Integer();
    case 2:
      return Number();
    case 3:
      return std::string(random_.Below(80), 'x');
    case 4:
      return std::string("\x00\r\n\xff", 4);
    default:
      return std::string(1, static_cast<char>('a' + random_.Below(4)));
  }
}

std::string RandomCommands::Integer() {
  static constexpr std::array<std::string_view, 10> kOdd = {"9223372036854775807",
                                                            "-9223372036854775808",
                                                            "9223372036854775808",
                                                            "007",
                                                            "+1",
                                                            "-0",
                                                            "1.0",
                                                            "abc",
                                                            "",
                                                            " 1"};
  if (random_.OneIn(12)) return std::string(kOdd[random_.Below(kOdd.size())]);
  return std::to_string(random_.Between(-5, 5));
}

std::string RandomCommands::Number() {
  static constexpr std::array<std::string_view, 12> kOdd = {
      "inf", "-inf",  "nan", "1e3", "0x10",    "1e-5", "3.0000000000000001",
      "-0",  "1e400", "abc", "",    "1.5e+300"};
  if (random_.OneIn(8)) return std::string(kOdd[random_.Below(kOdd.size())]);
  if (random_.OneIn(2)) return std::to_string(random_.Between(-3, 6));
  return std::to_string(random_.Between(-30, 60)) + "." + std::to_string(random_.Below(100));
}

std::string RandomCommands::ScoreBound() {
  if (random_.OneIn(5)) return random_.OneIn(2) ? "-inf" : "+inf";
  return (random_.OneIn(3) ? "(" : "") + Number();
}

std::string RandomCommands::LexBound() {
  if (random_.OneIn(4)) return random_.OneIn(2) ? "-" : "+";
  if (random_.OneIn(12)) return "a";  // not a bound
  return std::string(1, random_.OneIn(2) ? '[' : '(') +
         std::string(1, static_cast<char>('a' + random_.Below(6)));
}

}  // namespace modcert::run
