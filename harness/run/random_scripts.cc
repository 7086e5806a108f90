// Random commands: scripts and functions over the keys of all types.
#include <iterator>

#include "base/hex.h"
#include "base/sha1.h"
#include "run/random_templates.h"

namespace modcert::run {
namespace {

// $S a script, $H the digest of one, $L the code of a library, $F the name of a function
constexpr RandomTemplate kTemplates[] = {
    {"EVAL $S 2 $k $k $v $i"},
    {"EVAL $S 2 $k $k $v $i"},
    {"EVAL $S 1 $k $v $f"},
    {"EVAL $S {0|-1|x|9}"},
    {"EVAL_RO $S 2 $k $k $v $i"},
    {"EVALSHA $H 2 $k $k $v $i"},
    {"EVALSHA_RO $H 2 $k $k $v $i"},
    {"SCRIPT LOAD $S"},
    {"SCRIPT EXISTS $H $H"},
    {"SCRIPT FLUSH {|SYNC|ASYNC|X}"},
    {"SCRIPT KILL"},
    {"FUNCTION LOAD {|REPLACE|REPLACE} $L"},
    {"FUNCTION DELETE {one|two|three}"},
    {"FUNCTION FLUSH {|SYNC|ASYNC|X}"},
    {"FUNCTION LIST {|WITHCODE|LIBRARYNAME t*}", Agreement::kUnordered},
    {"FUNCTION STATS"},
    {"FUNCTION DUMP", Agreement::kShape},  // in the order of a hash table
    {"FCALL $F 2 $k $k $v $i"},
    {"FCALL $F {0|x|9}"},
    {"FCALL_RO $F 2 $k $k $v $i"},
};

constexpr std::string_view kScripts[] = {
    "return {KEYS,ARGV}",
    "return redis.call('type',KEYS[1])",
    "return redis.call('get',KEYS[1])",
    "return redis.pcall('get',KEYS[1])",
    "return redis.call('set',KEYS[1],ARGV[1])",
    "return {redis.pcall('incrby',KEYS[1],ARGV[2]),redis.pcall('append',KEYS[2],ARGV[1])}",
    "redis.call('rpush',KEYS[1],ARGV[1],ARGV[2]) return redis.call('lrange',KEYS[1],0,-1)",
    "redis.call('zadd',KEYS[1],ARGV[2],ARGV[1]) return redis.call('zscore',KEYS[1],ARGV[1])",
    "redis.setresp(3) return redis.pcall('zscore',KEYS[1],ARGV[1])",
    "redis.setresp(3) return {redis.pcall('hset',KEYS[1],ARGV[1],ARGV[2]),"
    "redis.pcall('hget',KEYS[1],ARGV[1])}",
    "redis.pcall('sadd',KEYS[1],ARGV[1]) return redis.pcall('sismember',KEYS[1],ARGV[1])",
    "local n = tonumber(ARGV[2]) return n",
    "return tonumber(ARGV[2]) * 1.5",
    "return tostring(tonumber(ARGV[2]))",
    "return {double=tonumber(ARGV[2])}",
    "return {map={[ARGV[1]]=ARGV[2]}}",
    "return redis.error_reply(ARGV[1])",
    "return redis.status_reply(ARGV[1])",
    "error(ARGV[1])",
    "redis.call('set',KEYS[1],'before') error({err='CODE '..ARGV[2]})",
    "return redis.call('nosuch',KEYS[1])",
    "return redis.call(ARGV[1],KEYS[1])",
    "return redis.pcall('rename',KEYS[1],KEYS[2])",
    "return redis.pcall('copy',KEYS[1],KEYS[2],'replace')",
    "redis.call('select',1) return redis.call('exists',KEYS[1])",
    "redis.set_repl(redis.REPL_NONE) return redis.call('del',KEYS[1])",
    "#!lua flags=no-writes\nreturn redis.call('set',KEYS[1],ARGV[1])",
    "#!lua flags=no-writes\nreturn redis.call('exists',KEYS[1])",
    "#!lua\nreturn redis.pcall('lpush',KEYS[1],ARGV[1])",
    "#!lua flags=nope\nreturn 1",
    "return cjson.encode({ARGV[1],tonumber(ARGV[2]),{},true})",
    "return {pcall(cjson.decode,ARGV[1])}",
    "return cmsgpack.pack({ARGV[1],tonumber(ARGV[2])})",
    "return {pcall(cmsgpack.unpack,ARGV[1])}",
    "return struct.pack('>I2s',tonumber(ARGV[2]),ARGV[1])",
    "return bit.tohex(tonumber(ARGV[2]) or 7)",
    "return redis.sha1hex(ARGV[1])",
    "return math.random(tonumber(ARGV[2]))",
    "local t = {} for i=1,math.min(tonumber(ARGV[2]),5) do t[i] = i .. ARGV[1] end return t",
    "return string.rep(ARGV[1],3)",
    "x = 1",
    "return nothing",
    "return (",
};

constexpr std::string_view kLibraries[] = {
    "#!lua name=one\nredis.register_function('f',function(k,a) return {k,a} end)",
    "#!lua name=one\nredis.register_function('f',function(k,a) return redis.call('set',k[1],a[1]) "
    "end)",
    "#!lua name=two\nlocal n = 0\nredis.register_function('g',function() n = n + 1 return n end)\n"
    "redis.register_function{function_name='ro',callback=function(k) return "
    "redis.call('type',k[1]) "
    "end,flags={'no-writes'},description='reads'}",
    "#!lua name=three\nredis.register_function('f',function() return 3 end)",
    "#!lua name=three\nredis.register_function('h',function(k,a) error(a[1]) end)",
    "#!lua name=three\nredis.call('get','x')",
    "#!lua\nreturn 1",
    "#!lua name=three\n(",
};

constexpr std::string_view kFunctions[] = {"f", "g", "h", "ro", "F", "nope"};

std::string Digest(std::string_view script) {
  const Sha1Bytes digest = Sha1(script);
  return HexEncode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string Fill(char placeholder, Random& random) {
  const auto draw = [&](const auto& texts) {
    return std::string(texts[random.Below(std::size(texts))]);
  };
  switch (placeholder) {
    case 'S':
      return draw(kScripts);
    case 'H':
      return Digest(draw(kScripts));
    case 'L':
      return draw(kLibraries);
    default:
      return draw(kFunctions);
  }
}

}  // namespace

RandomGroup RandomScripts() { return {.name = "scripts", .templates = kTemplates, .fill = Fill}; }

}  // namespace modcert::run
