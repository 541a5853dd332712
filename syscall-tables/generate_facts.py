#!/usr/bin/env python3
"""Makes what src/profile knows of runtimes' defaults, of risks and of siblings from the files beside it, and refuses
files that are not sound.

usage: generate_facts.py OUTPUT.hpp [DEPFILE]

A default becomes JSON in the superset of OCI's that Docker reads, so that one reader serves it and users' files.
"""

import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
NAME = re.compile(r"[a-z_][a-z0-9_]*")
VERSION = re.compile(r"[0-9]+(\.[0-9]+)*")
CAPABILITY = re.compile(r"CAP_[A-Z_]+")
HEAD = {"schema", "project", "version", "covers", "tag", "commit", "date", "path", "source", "license", "default",
        "arches", "rules"}
# Docker's words for native ABIs, where they are not libseccomp's.
DOCKER_WORDS = {"x86_64": "amd64", "aarch64": "arm64"}
NOT_TABLES = {"archs", "audit-aliases", "risks", "siblings", "multiplexed"}


class Bad(Exception):
    pass


def need(truth, where, message):
    if not truth:
        raise Bad(f"{where}: {message}")


def rows_of(path, columns):
    """Yields ("file:line", [cell, ...]) for every row of a TSV file."""
    for number, line in enumerate(path.read_bytes().decode("ascii").splitlines(), 1):
        if line.startswith("#"):
            continue
        cells = line.split("\t")
        need(len(cells) == columns, f"{path.name}:{number}", f"{len(cells)} columns instead of {columns}")
        yield f"{path.name}:{number}", cells


def known_names():
    names = set()
    for path in HERE.glob("*.tsv"):
        if path.stem not in NOT_TABLES:
            names.update(cells[1] for _, cells in rows_of(path, 3))
    return names


def condition(where, given, allowed):
    """`when` or `unless` as Docker's includes or excludes."""
    need(set(given) <= allowed and given, where, f"a condition of {', '.join(given) or 'nothing'}")
    result = {}
    for cap in given.get("caps", []):
        need(CAPABILITY.fullmatch(cap), where, f"{cap!r} is no capability")
        result.setdefault("caps", []).append(cap)
    for arch in given.get("arches", []):
        result.setdefault("arches", []).append(DOCKER_WORDS.get(arch, arch))
    if "minKernel" in given:
        need(re.fullmatch(r"[0-9]+\.[0-9]+", given["minKernel"]), where, "minKernel is not <kernel>.<major>")
        result["minKernel"] = given["minKernel"]
    return result


def docker_rule(where, rule):
    need(set(rule) <= {"names", "action", "errno", "args", "when", "unless"}, where, f"fields {', '.join(rule)}")
    need(rule["names"] and all(NAME.fullmatch(name) for name in rule["names"]), where, "a name that is none")
    result = {"names": rule["names"], "action": "SCMP_ACT_" + rule["action"]}
    if "errno" in rule:
        need(rule["action"] == "ERRNO", where, "an errno without ERRNO")
        result["errnoRet"] = rule["errno"]
    if "args" in rule:
        result["args"] = [{"index": arg["index"], "value": arg["value"], "valueTwo": arg["value2"],
                           "op": "SCMP_CMP_" + arg["op"]} for arg in rule["args"]]
    if "when" in rule:
        result["includes"] = condition(where, rule["when"], {"caps", "arches", "minKernel"})
    if "unless" in rule:
        result["excludes"] = condition(where, rule["unless"], {"caps", "arches"})
    return result


def read_baseline(path):
    try:
        data = json.loads(path.read_bytes().decode("ascii"))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Bad(f"defaults/{path.name}: {error}") from error
    where = f"defaults/{path.name}"
    need(set(data) - {"derived"} == HEAD, where, f"fields {', '.join(sorted(set(data) ^ HEAD))} are amiss")
    need(data["schema"] == "scgen-baseline/1", where, "another schema")
    need(path.stem == f"{data['project']}-{data['version']}", where, "the file is named otherwise than its content")
    need(VERSION.fullmatch(data["version"]) and re.fullmatch(r"\d{4}-\d\d-\d\d", data["date"]), where, "version or date")
    need(data["source"].startswith("https://") and data["license"], where, "no source or no license")
    covers = []
    for first, last in data["covers"]:
        need(VERSION.fullmatch(first) and VERSION.fullmatch(last), where, f"covers {first}..{last}")
        covers.append(f"{first}..{last}")
    document = {"defaultAction": "SCMP_ACT_" + data["default"]["action"],
                "defaultErrnoRet": data["default"]["errno"],
                "archMap": [{"architecture": "SCMP_ARCH_" + entry["arch"].upper(),
                             "subArchitectures": ["SCMP_ARCH_" + sub.upper() for sub in entry["sub"]]}
                            for entry in data["arches"]],
                "syscalls": [docker_rule(f"{where}: rule {index}", rule) for index, rule in enumerate(data["rules"])]}
    text = json.dumps(document, separators=(",", ":"))
    need('")~' not in text, where, "text that ends a raw string")
    return dict(project=data["project"], version=data["version"], date=data["date"], covers=" ".join(covers),
                source=data["source"].split(" ")[0], text=text)


def version_key(baseline):
    return [int(part) for part in baseline["version"].split(".")]


def read_baselines():
    """Newest first within a project, projects in order of name."""
    found = [read_baseline(path) for path in sorted((HERE / "defaults").glob("*.json"))]
    need(found, "defaults", "no files")
    found.sort(key=version_key, reverse=True)
    return sorted(found, key=lambda baseline: baseline["project"])


def read_risks(names):
    risks = []
    for where, (name, kind, severity, capability, reason, source) in rows_of(HERE / "risks.tsv", 6):
        need(name in names, where, f"no table has a call named {name}")
        need(severity in ("high", "medium", "low"), where, f"severity {severity!r}")
        need(kind and reason and source.startswith("https://"), where, "no class, no reason or no source")
        need(not risks or risks[-1][0] < name, where, "sort the rows by name, each name once")
        risks.append((name, kind, severity, capability, reason))
    return risks


def read_siblings(names):
    """[(member, sibling, why)] in order."""
    pairs = {}
    for where, (members, weaker, why) in rows_of(HERE / "siblings.tsv", 3):
        members, weaker = members.split(" "), [] if weaker == "-" else weaker.split(" ")
        for name in members + weaker:
            need(name in names, where, f"no table has a call named {name}")
        need(why, where, "no reason")
        for member in members:
            for sibling in members + weaker:
                if sibling != member:
                    need((member, sibling) not in pairs, where, f"{member} and {sibling} are siblings already")
                    pairs[member, sibling] = why
    return sorted((member, sibling, why) for (member, sibling), why in pairs.items())


def read_multiplexed(names):
    rows = []
    for where, (multiplexer, number, name) in rows_of(HERE / "multiplexed.tsv", 3):
        need(multiplexer in ("socketcall", "ipc") and number.isdigit(), where, "no multiplexer or no number")
        need(name in names, where, f"no table has a call named {name}")
        rows.append((name, multiplexer, number))
    return sorted(rows)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def array(out, kind, name, rows):
    out.append(f"constexpr std::array<{kind}, {len(rows)}> {name}{{{{")
    out.extend(f"    {kind}{{{row}}}," for row in rows)
    out += ["}};", ""]


def emit(baselines, risks, siblings, multiplexed):
    out = ["// Made from syscall-tables/ by generate_facts.py; edit the files there instead.", "#pragma once", "",
           "#include <array>", "#include <cstdint>", "#include <string_view>", "",
           '#include "scgen/profile/risk.hpp"', "", "namespace scgen::generated {", "",
           "/// A runtime's default profile as Docker's JSON. `covers` are the versions it holds for: \"1.2.0..1.2.9 1.3.1..1.3.1\".",
           "struct Baseline {", "    std::string_view project, version, date, covers, source, json;", "};", "",
           "struct NamedRisk {", "    std::string_view name;", "    Risk risk;", "};", "",
           "/// Who makes `member` may make `sibling`.",
           "struct Sibling {", "    std::string_view member, sibling, why;", "};", "",
           "struct Multiplexed {", "    std::string_view name, multiplexer;", "    std::uint32_t number;", "};", ""]
    array(out, "Baseline", "baselines", [
        ", ".join(quoted(b[key]) for key in ("project", "version", "date", "covers", "source")) + f', R"~({b["text"]})~"'
        for b in baselines])
    array(out, "NamedRisk", "risks", [
        f"{quoted(name)}, {{Severity::{severity}, {quoted(kind)}, {quoted(capability)}, {quoted(reason)}}}"
        for name, kind, severity, capability, reason in risks])
    array(out, "Sibling", "siblings", [", ".join(map(quoted, row)) for row in siblings])
    array(out, "Multiplexed", "multiplexed", [f"{quoted(n)}, {quoted(m)}, {number}" for n, m, number in multiplexed])
    out.append("}  // namespace scgen::generated")
    return "\n".join(out) + "\n"


def main():
    output = pathlib.Path(sys.argv[1])
    names = known_names()
    output.write_text(emit(read_baselines(), read_risks(names), read_siblings(names), read_multiplexed(names)))
    if len(sys.argv) > 2:
        inputs = sorted(HERE.glob("*.tsv")) + sorted((HERE / "defaults").glob("*.json"))
        text = " ".join(str(path).replace(" ", "\\ ") for path in inputs)
        pathlib.Path(sys.argv[2]).write_text(f"{output}: {text}\n")


try:
    main()
except Bad as error:
    sys.exit(f"syscall-tables/{error}")
