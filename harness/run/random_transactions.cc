// Random commands: transactions and the choice of database.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"MULTI"},
    {"EXEC", Agreement::kUnordered},
    {"EXEC", Agreement::kUnordered},
    {"DISCARD"},
    {"WATCH $k"},
    {"UNWATCH"},
    {"SELECT {0|0|0|1}"},
    // Unordered: so are the clients that it serves.
    {"SWAPDB {0|1} {0|1}", Agreement::kUnordered, When::kSwapping},
    {"FLUSHDB"},
    {"MOVE $k {0|1}"},
};

}  // namespace

RandomGroup RandomTransactions() { return {.name = "transactions", .templates = kTemplates}; }

}  // namespace modcert::run
