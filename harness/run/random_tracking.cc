// Random commands: clients that want to be told of changes. What they are told is compared too.
#include "run/random_templates.h"

namespace modcert::run {
namespace {

constexpr RandomTemplate kTemplates[] = {
    {"CLIENT TRACKING ON {|NOLOOP|OPTIN|OPTOUT|BCAST}"},
    {"CLIENT TRACKING ON BCAST PREFIX {s|l|h|z|s1|NOLOOP}"},
    {"CLIENT TRACKING ON {OPTIN OPTOUT|PREFIX s|REDIRECT 0|FOO}"},
    {"CLIENT TRACKING OFF"},
    {"CLIENT CACHING {YES|NO}"},
    {"CLIENT TRACKINGINFO"},
    {"CLIENT GETREDIR"},
    {"HELLO 3", Agreement::kShape},
    {"HELLO {2|3|3|3}", Agreement::kShape},
    {"RESET"},
};

}  // namespace

RandomGroup RandomTracking() { return {.name = "tracking", .templates = kTemplates}; }

}  // namespace modcert::run
