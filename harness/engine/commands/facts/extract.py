#!/usr/bin/env python3
"""Asks a running redis-server 7.0.15 for the facts of its commands and writes commands.json.

Usage: extract.py SOCKET [OUTPUT]

Only facts are taken: names, numbers, flags, key specs, the tree of arguments. The server's prose
(summary, complexity, history, notes on key specs) is left out; the summaries are our own sentences
from summaries.json. Of "replaced by" only the command words are kept.
"""

import json
import os
import re
import socket
import sys
import textwrap

HERE = os.path.dirname(os.path.abspath(__file__))

# The bits in the order in which the server prints them; each command seen is held against it.
FLAGS = """write readonly denyoom module admin pubsub noscript blocking loading stale skip_monitor
skip_slowlog asking fast no_auth no_mandatory_keys no_async_loading no_multi movablekeys
allow_busy""".split()
CATEGORIES = """keyspace read write set sortedset list hash string bitmap hyperloglog geo stream
pubsub admin fast slow blocking dangerous connection transaction scripting""".split()
KEY_FLAGS = """RO RW OW RM access update insert delete not_key incomplete variable_flags""".split()
ARGUMENT_FLAGS = ["optional", "multiple", "multiple_token"]
DOC_FLAGS = ["deprecated", "syscmd"]


class Connection:
    """A RESP3 connection over a unix socket: just enough to ask questions."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.stream = self.socket.makefile("rb")
        self.ask("HELLO", "3")

    def ask(self, *words):
        parts = [b"*%d\r\n" % len(words)]
        for word in words:
            parts.append(b"$%d\r\n%s\r\n" % (len(word.encode()), word.encode()))
        self.socket.sendall(b"".join(parts))
        return self.read()

    def read(self):
        line = self.stream.readline()[:-2]
        kind, rest = line[:1], line[1:].decode()
        if kind == b"-":
            raise SystemExit("the server answered: " + rest)
        if kind == b":":
            return int(rest)
        if kind == b"+":
            return rest
        if kind == b"_":
            return None
        if kind in (b"$", b"="):
            return self.stream.read(int(rest) + 2)[:-2].decode()
        if kind in (b"*", b"~"):
            return [self.read() for _ in range(int(rest))]
        if kind == b"%":
            return {self.read(): self.read() for _ in range(int(rest))}
        raise SystemExit("unexpected reply type: %r" % line)


def in_order(names, order):
    """The names as a list, after making sure that they stand in the order we know."""
    positions = [order.index(name) for name in names]
    if positions != sorted(positions):
        raise SystemExit("the server prints %s, which is not the order of %s" % (names, order))
    return list(names)


def step(facts):
    """One half of a key spec: its type and the numbers that belong to it."""
    return {"type": facts["type"], **facts["spec"]}


def key_spec(facts):
    return {"flags": in_order(facts["flags"], KEY_FLAGS),
            "begin_search": step(facts["begin_search"]), "find_keys": step(facts["find_keys"])}


def argument(facts):
    result = {key: facts[key] for key in ("name", "type", "token", "display_text", "key_spec_index",
                                          "since", "deprecated_since") if key in facts}
    if "flags" in facts:
        result["flags"] = in_order(facts["flags"], ARGUMENT_FLAGS)
    if "arguments" in facts:
        result["arguments"] = [argument(inner) for inner in facts["arguments"]]
    return result


def command(info, docs, summaries):
    name, arity, flags, first, last, key_step, categories, tips, specs, subcommands = info
    result = {
        "name": name, "arity": arity, "flags": in_order(flags, FLAGS),
        "keys": [first, last, key_step],
        "categories": in_order([name.removeprefix("@") for name in categories], CATEGORIES),
        "tips": tips, "key_specs": [key_spec(spec) for spec in specs],
        "group": docs["group"], "since": docs["since"]}
    if name in summaries:
        result["summary"] = summaries[name]
    if "doc_flags" in docs:
        result["doc_flags"] = in_order(docs["doc_flags"], DOC_FLAGS)
    if "deprecated_since" in docs:
        result["deprecated_since"] = docs["deprecated_since"]
        result["replaced_by"] = re.findall("`([^`]*)`", docs["replaced_by"])
    result["arguments"] = [argument(facts) for facts in docs.get("arguments", [])]
    inner = docs.get("subcommands", {})
    result["subcommands"] = [command(sub, inner[sub[0]], summaries) for sub in sorted(subcommands)]
    return result


def layout(value, indent=0):
    """JSON that reads well: what fits on a line stands on one line."""
    flat = json.dumps(value)
    if len(flat) + indent <= 96 or not value:
        return flat
    space = " " * (indent + 1)
    if isinstance(value, list) and isinstance(value[0], str):
        return "[" + textwrap.fill(flat[1:-1], 96 - indent).replace("\n", "\n" + space) + "]"
    if isinstance(value, list):
        lines = [layout(item, indent + 1) for item in value]
        return "[\n" + ",\n".join(space + line for line in lines) + "]"
    lines = [json.dumps(key) + ": " + layout(item, indent + 1) if isinstance(item, (list, dict))
             else json.dumps(key) + ": " + json.dumps(item) for key, item in value.items()]
    return "{" + (",\n" + space).join(lines) + "}"


def main():
    connection = Connection(sys.argv[1])
    output = sys.argv[2] if len(sys.argv) > 2 else os.path.join(HERE, "commands.json")
    version = re.search(r"redis_version:(\S+)", connection.ask("INFO", "server")).group(1)
    with open(os.path.join(HERE, "summaries.json")) as file:
        summaries = json.load(file)
    docs = connection.ask("COMMAND", "DOCS")
    commands = [command(info, docs[info[0]], summaries) for info in sorted(connection.ask("COMMAND"))]
    facts = {"server": version, "absent": ["complexity", "history", "key_specs notes"],
             "flags": FLAGS, "categories": CATEGORIES, "key_flags": KEY_FLAGS,
             "argument_flags": ARGUMENT_FLAGS, "doc_flags": DOC_FLAGS, "commands": commands}
    with open(output, "w") as file:
        file.write(layout(facts) + "\n")


if __name__ == "__main__":
    main()
