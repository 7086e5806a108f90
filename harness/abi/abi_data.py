"""The Module API as data: reads harness/abi/data and spells it for Redis or for Valkey.

The data has every name in Redis spelling, except for what only Valkey has, which keeps its own. A
Dialect turns that into the spelling of one of the two headers and knows which entries belong there.
"""

import json
import pathlib
import re

DATA = pathlib.Path(__file__).parent / "data"
FILES = ("functions.json", "constants.json", "structs.json")


def load(name):
    return json.loads((DATA / name).read_text(encoding="utf-8"))


class Dialect:
    """One of the two spellings, and the entries that exist in it."""

    def __init__(self, server, structs, constants):
        self.server = server
        self.prefix = {"redis": "RedisModule", "valkey": "ValkeyModule"}[server]
        kinds = ("opaque_types", "scalar_typedefs", "callbacks", "structs")
        self.valkey_only = {
            entry[key]
            for kind in kinds
            for entry in structs[kind]
            if "redis" not in entry["since"]
            for key in ("name", "alias", "tag")
            if key in entry
        }
        # Laid out otherwise in Valkey: the host has both, each under its own prefix.
        self.valkey_layouts = {
            entry["name"].replace("RedisModule", "ValkeyModule")
            for entry in structs["structs"] if differs_in_layout(entry)
        }
        self.redis_enums = {c["enum"] for c in constants if "enum" in c and "redis" in c["since"]}

    def spell(self, text):
        """Turns the names in a piece of C into this dialect."""
        if self.server == "valkey":
            text = re.sub(r"\bRedisModule", "ValkeyModule", text)
            return re.sub(r"(?<![A-Z])REDISMODULE_", "VALKEYMODULE_", text)
        return re.sub(r"\b(?:Redis|Valkey)Module(\w+)", self._redis_word, text)

    def _redis_word(self, match):
        own = "ValkeyModule" + match.group(1)
        is_own = own in self.valkey_only or match.group(0) in self.valkey_layouts
        return own if is_own else "RedisModule" + match.group(1)

    def since(self, entry):
        """'4.0.0' for what came with this server, 'Valkey 8.1.0' for what only that one has."""
        since = entry["since"]
        return since[self.server] if self.server in since else "Valkey " + since["valkey"]

    def has_type(self, entry):
        """Valkey-only types are part of the Redis spelled types too: the host serves both."""
        if "until" in entry:
            return False
        return self.server == "redis" or "valkey" in entry["since"]

    def has_function(self, function):
        return self.server in function["since"] and not function.get("release_candidate_only")

    def signature(self, function):
        """(return type, parameter list) in this dialect."""
        text = function["signature"]
        if self.server == "valkey":
            text = function.get("valkey_signature", text)
        returns, params = self.spell(text).split(" (", 1)
        return returns, "(" + params


def valkey_fields(entry):
    """The fields of a struct that Valkey declares otherwise, as those of the data are."""
    for field in entry["valkey_difference"]["fields"]:
        text, name = re.fullmatch(r"(.*?)(\w+)", field["decl"]).groups()
        yield {"type": text.rstrip(), "name": name}


def differs_in_layout(entry):
    """Whether Valkey gave the fields of a struct other types, besides other names."""
    if "valkey_difference" not in entry:
        return False
    return [f["type"] for f in valkey_fields(entry)] != [f["type"] for f in entry["fields"]]


def declare(type_text, name):
    """'void (*)(void *)' and 'free' make 'void (*free)(void *)'."""
    if "(*)" in type_text:
        return type_text.replace("(*)", "(*%s)" % name, 1)
    return type_text + ("" if type_text.endswith("*") else " ") + name
