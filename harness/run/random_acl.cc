// Random commands: users, what they may do, and who a client is.
//
// Rules are about what the other groups send, so that those commands meet them. `default` keeps all
// rights: a client comes back to it.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"ACL SETUSER {u1|u2} $R"},
    {"ACL SETUSER {u1|u2} $R $R $R"},
    {"ACL SETUSER {u1|u2} reset on nopass +@all ~* &*"},
    {"ACL SETUSER {u1|u2} on nopass +@all ~* {|-@list|-@hash|-@write|-@string|-@set|-@fast}"},
    {"ACL SETUSER {u1|u2} {$R $R|clearselectors} ( $R $R )"},
    {"ACL SETUSER {u1|u2} {>pw|<pw|>pv|nopass|resetpass|on|off}"},
    {"ACL GETUSER {u1|u2}", Agreement::kShape},  // single commands have no order
    {"ACL USERS"},
    {"ACL WHOAMI"},
    {"ACL CAT {read|string|geo|nosuch}", Agreement::kUnordered},
    {"ACL LOG {0|RESET|x}"},  // entries merge by real time
    {"ACL DRYRUN {u1|u2|nosuch} {GET|TYPE|SMEMBERS|LLEN} $k"},
    {"ACL DRYRUN {u1|u2} {SET|APPEND|GETSET|LPUSH|SADD} $k $v"},
    {"ACL DRYRUN {u1|u2} {MGET|DEL|SINTER|LCS} $k $k"},
    {"ACL DRYRUN {u1|u2} {SUNIONSTORE|RENAME|COPY|RPOPLPUSH} $k $k"},
    {"ACL DRYRUN {u1|u2} ZUNIONSTORE $k $n $k $k"},
    {"ACL DRYRUN {u1|u2} SORT $k {|STORE $k}"},
    {"ACL DRYRUN {u1|u2} {PUBLISH $k $v|SUBSCRIBE $k|PSUBSCRIBE a*|CONFIG GET hz|PING}"},
    {"AUTH {u1|u2} {pw|pv|x}"},
    {"AUTH {u1|u2} pw"},
    {"AUTH default x"},
    {"AUTH default x"},
    {"AUTH default x"},
};

std::string Rule(Random& random) {
  constexpr std::string_view kRules[] = {
      "+@all",        "-@all",         "+@read",      "-@read",
      "+@write",      "-@write",       "+@string",    "-@string",
      "+@list",       "-@list",        "+@hash",      "-@hash",
      "+@set",        "-@set",         "+@fast",      "-@fast",
      "+@slow",       "-@slow",        "+get",        "-get",
      "+set",         "-set",          "+acl",        "-acl|list",
      "+config",      "+config|get",   "-config",     "+object",
      "-object",      "+select|0",     "+nosuch",     "~*",
      "~s*",          "~l*",           "%R~h*",       "%W~z*",
      "%RW~t*",       "~[sl]*",        "resetkeys",   "allkeys",
      "&*",           "&s*",           "allcommands", "nocommands",
      "allchannels",  "resetchannels", "reset",       "on",
      "nopass",       "+@keyspace",    "+@dangerous", "-@dangerous",
      "+@connection", "+@transaction"};
  return std::string(kRules[random.Below(std::size(kRules))]);
}

std::string Fill(char, Random& random) { return Rule(random); }

}  // namespace

RandomGroup RandomAcl() { return {.name = "acl", .templates = kTemplates, .fill = Fill}; }

}  // namespace modcert::run
