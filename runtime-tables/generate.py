#!/usr/bin/env python3
"""Makes the C++ tables of src/profile from the TSV files beside it, and refuses files that are not sound.

usage: generate.py OUTPUT.hpp [DEPFILE]
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
FILES = ("start-up.tsv", "after-filter.tsv", "now-and-then.tsv")
NAME = re.compile(r"[a-z_][a-z0-9_]*")
VERSION = re.compile(r"([0-9]+)\.([0-9]+)(?:\.([0-9]+))?(?:-rc([0-9]+))?")
NEEDS = ("required", "sometimes", "spare", "unknown")
STARTS = 40


class Bad(Exception):
    pass


def rows_of(path, columns):
    """Yields ("file:line", [cell, ...]) for every row of a TSV file."""
    try:
        text = path.read_bytes().decode("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise Bad(f"{path.name}: {error}") from error
    if not text.endswith("\n"):
        raise Bad(f"{path.name}: the last line has no end")
    for number, line in enumerate(text.split("\n")[:-1], 1):
        if line.startswith("#"):
            continue
        cells = line.split("\t")
        if len(cells) != columns:
            raise Bad(f"{path.name}:{number}: {len(cells)} columns instead of {columns}: {line!r}")
        if re.search(r'["\\]', line):
            raise Bad(f"{path.name}:{number}: a quote or backslash")
        yield f"{path.name}:{number}", cells


def version_key(where, text):
    found = VERSION.fullmatch(text)
    if not found:
        raise Bad(f"{where}: {text!r} is no version")
    major, minor, patch, candidate = found.groups()
    return int(major), int(minor), int(patch or 0), int(candidate) if candidate else 1 << 30


def call(where, name):
    if not NAME.fullmatch(name):
        raise Bad(f"{where}: {name!r} is no system call name")
    return name


def read_start_up(path):
    rows, last = [], {}
    for where, (runtime, version, date, commit, _path, names) in rows_of(path, 6):
        key = version_key(where, version)
        if runtime in last and key >= last[runtime]:
            raise Bad(f"{where}: {version} does not come before the row above; newest first")
        last[runtime] = key
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", date) or not re.fullmatch(r"[0-9a-f]{40}", commit):
            raise Bad(f"{where}: no date or no commit")
        names = [call(where, name) for name in names.split(" ")]
        if sorted(set(names)) != names:
            raise Bad(f"{where}: names are not sorted, or double")
        rows.append((runtime, version, " ".join(names)))
    return rows


def read_after_filter(path):
    rows, seen = [], {}
    for where, (runtime, version, privileges, name, starts, need, occasion) in rows_of(path, 7):
        version_key(where, version)
        if privileges not in ("yes", "no") or need not in NEEDS:
            raise Bad(f"{where}: {privileges!r} or {need!r} is none of the words allowed")
        if not starts.isdigit() or int(starts) > STARTS or (int(starts) > 0) == bool(occasion):
            raise Bad(f"{where}: a call has either starts, {STARTS} at most, or an occasion")
        key = (runtime, privileges, call(where, name))
        if key in seen:
            raise Bad(f"{where}: {name} is already in {seen[key]}")
        seen[key] = where
        rows.append((runtime, version, privileges == "yes", name, int(starts), need, occasion))
    return rows


def read_now_and_then(path):
    rows = []
    for where, (runtime, name, why, source) in rows_of(path, 4):
        row = (runtime, call(where, name), why)
        if rows and row[:2] <= rows[-1][:2]:
            raise Bad(f"{where}: {runtime} {name} is double, or not in order")
        if not why or not source:
            raise Bad(f"{where}: no reason or no source")
        rows.append(row)
    return rows


def emit(start_up, after_filter, now_and_then):
    out = ["// Made from runtime-tables/ by generate.py; edit the TSV files instead.", "#pragma once", "",
           "#include <array>", "#include <string_view>", "", '#include "scgen/profile/runtime_calls.hpp"', "",
           "namespace scgen::generated {", "",
           "struct StartUp {", "    std::string_view runtime;", "    std::string_view version;",
           "    /// Names with a blank between two.", "    std::string_view names;", "};", "",
           f"constexpr std::array<StartUp, {len(start_up)}> start_up{{{{"]
    out += [f'    {{"{runtime}", "{version}",\n     "{names}"}},' for runtime, version, names in start_up]
    out += ["}};", "", f"constexpr std::array<CallAfterFilter, {len(after_filter)}> after_filter{{{{"]
    out += [f'    {{"{runtime}", "{version}", {str(privileges).lower()}, "{name}", {starts}, '
            f'CallAfterFilter::Need::{need}, "{occasion}"}},'
            for runtime, version, privileges, name, starts, need, occasion in after_filter]
    out += ["}};", "", f"constexpr std::array<CallNowAndThen, {len(now_and_then)}> now_and_then{{{{"]
    out += [f'    {{"{runtime}", "{name}", "{why}"}},' for runtime, name, why in now_and_then]
    out += ["}};", "", "}  // namespace scgen::generated"]
    return "\n".join(out) + "\n"


def main():
    output = pathlib.Path(sys.argv[1])
    start_up, after_filter, now_and_then = (HERE / name for name in FILES)
    output.write_text(emit(read_start_up(start_up), read_after_filter(after_filter), read_now_and_then(now_and_then)))
    if len(sys.argv) > 2:
        inputs = " ".join(str(HERE / name).replace(" ", "\\ ") for name in FILES)
        pathlib.Path(sys.argv[2]).write_text(f"{output}: {inputs}\n")


try:
    main()
except Bad as error:
    sys.exit(f"runtime-tables/{error}")
