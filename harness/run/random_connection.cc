// Random commands: connection, server and what no command is.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"PING {|$v}"},
    {"RESET"},
    {"HELLO {|2|3}", Agreement::kShape},
    {"CLIENT SETNAME {a|b}"},
    {"CLIENT GETNAME"},
    {"ECHO $v"},
    {"PUBLISH $k $v"},
    {"SPUBLISH $k $v"},
    {"PUBSUB CHANNELS {|*|k?}", Agreement::kUnordered},
    {"PUBSUB NUMSUB {$k}+"},
    {"PUBSUB NUMPAT"},
    {"CONFIG SET notify-keyspace-events {KEA|KEA|KEAmn|KA|E$|}"},
    {"NOSUCH $v $k"},
    {"GET"},
    {"SADD $t"},
    {"CONFIG SET {set-max-intset-entries|zset-max-listpack-entries|hash-max-listpack-entries} "
     "{3|512}"},
};

}  // namespace

RandomGroup RandomConnection() { return {.name = "connection", .templates = kTemplates}; }

}  // namespace modcert::run
