// Random commands: connection, server and what no command is.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"PING {|$v}"},
    {"ECHO $v"},
    {"PUBLISH $k $v"},
    {"NOSUCH $v $k"},
    {"GET"},
    {"SADD $t"},
    {"CONFIG SET {set-max-intset-entries|zset-max-listpack-entries|hash-max-listpack-entries} "
     "{3|512}"},
};

}  // namespace

RandomGroup RandomConnection() { return {.name = "connection", .templates = kTemplates}; }

}  // namespace modcert::run
