#!/usr/bin/env python3
"""Makes the C++ tables of src/abi from the TSV files beside it, and refuses files that are not sound.

usage: generate.py OUTPUT.hpp [DEPFILE]
"""

import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
NAME = re.compile(r"[a-z_][a-z0-9_]*")
KERNEL = re.compile(r"([0-9]+(\.[0-9]+)+)?")
X32_BIT = 0x40000000


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
        where = f"{path.name}:{number}"
        cells = line.split("\t")
        if len(cells) != columns:
            raise Bad(f"{where}: {len(cells)} columns instead of {columns}: {line!r}")
        if any(cell != cell.strip() for cell in cells):
            raise Bad(f"{where}: blanks around a cell: {line!r}")
        yield where, cells


def decimal(where, text):
    if not re.fullmatch(r"0|[1-9][0-9]*", text) or int(text) > 0x7FFFFFFF:
        raise Bad(f"{where}: {text!r} is no system call number")
    return int(text)


def once(where, what, value, seen):
    if value in seen:
        raise Bad(f"{where}: {what} {value} is already in {seen[value]}")
    seen[value] = where


def read_table(path):
    """[(number, name, first kernel)] in order of number."""
    table, names, numbers = [], {}, {}
    for where, (nr, name, since) in rows_of(path, 3):
        nr = decimal(where, nr)
        if not NAME.fullmatch(name):
            raise Bad(f"{where}: {name!r} is no system call name")
        if not KERNEL.fullmatch(since):
            raise Bad(f"{where}: {since!r} is no kernel version")
        once(where, "number", nr, numbers)
        once(where, "name", name, names)
        if table and nr < table[-1][0]:
            raise Bad(f"{where}: number {nr} comes after {table[-1][0]}; sort the rows by number")
        table.append((nr, name, since))
    if not table:
        raise Bad(f"{path.name}: no rows")
    if path.stem == "x32" and table[0][0] < X32_BIT:
        raise Bad(f"{path.name}: number {table[0][0]} lacks bit 30")
    return table


def read_archs(path):
    archs, names, tokens, scmps = [], {}, {}, {}
    for where, cells in rows_of(path, 8):
        name, token, _constant, scmp, audit, uname, debian, table = ("" if cell == "-" else cell for cell in cells)
        if not re.fullmatch(r"[a-z0-9_]+", name):
            raise Bad(f"{where}: {name!r} is no name of an ABI")
        if not re.fullmatch(r"0x[0-9a-f]{8}", token) or int(token, 16) == 0:
            raise Bad(f"{where}: {token!r} is no token; write it as 0x and 8 hexadecimal digits")
        if scmp and not re.fullmatch(r"SCMP_ARCH_[A-Z0-9_]+", scmp):
            raise Bad(f"{where}: {scmp!r} is no OCI token")
        for alias in (audit, *uname.split(","), *debian.split(",")):
            if not re.fullmatch(r"[a-z0-9_]*", alias):
                raise Bad(f"{where}: {alias!r} is no name of an ABI")
        once(where, "name", name, names)
        once(where, "token", token, tokens)
        if scmp:
            once(where, "OCI token", scmp, scmps)
        archs.append(dict(name=name, token=token, scmp=scmp, audit=audit, uname=uname, debian=debian, table=table))
    return archs


def spellings(archs):
    """Every spelling and the index of its ABI; where several share one, names win, and then the order of the file."""
    found = {}
    for column in ("name", "scmp", "audit", "uname", "debian"):
        for index, arch in enumerate(archs):
            for spelling in filter(None, arch[column].split(",")):
                found.setdefault(spelling, index)
    return sorted(found.items())


def read_aliases(path, tables):
    """Table name -> [(libaudit's name, number)] in order of name."""
    aliases, seen = {name: [] for name in tables}, {}
    for where, (table, nr, audit, name, _versions, reason) in rows_of(path, 6):
        nr = decimal(where, nr)
        if table not in tables:
            raise Bad(f"{where}: no table {table}")
        if (nr, name) not in ((row[0], row[1]) for row in tables[table]):
            raise Bad(f"{where}: {table}.tsv has no row {nr} {name}")
        if any(row[1] == audit for row in tables[table]):
            raise Bad(f"{where}: {table}.tsv has a call named {audit}, so the alias could mean either")
        if not NAME.fullmatch(audit) or not reason:
            raise Bad(f"{where}: no name or no reason")
        once(where, "alias", (table, audit), seen)
        aliases[table].append((audit, nr))
    return {table: sorted(rows) for table, rows in aliases.items()}


def array(out, kind, name, rows):
    out.append(f"constexpr std::array<{kind}, {len(rows)}> {name}{{{{")
    out.extend(f"    {row}," for row in rows)
    out.append("}};")
    out.append("")


def emit(archs, tables, aliases):
    out = ["// Made from syscall-tables/ by generate.py; edit the TSV files instead.", "#pragma once", "",
           "#include <array>", "#include <cstddef>", "#include <cstdint>", "#include <span>", "#include <string_view>", "",
           '#include "scgen/abi/arch.hpp"', '#include "scgen/abi/syscall_table.hpp"', "",
           "namespace scgen::generated {", "",
           "/// Index of an ABI that has no table.", f"constexpr std::size_t no_table = {len(tables)};", "",
           "struct Spelling {", "    std::string_view text;", "    std::size_t arch;", "};", "",
           "struct Alias {", "    std::string_view audit_name;", "    std::int32_t nr;", "};", ""]
    order = {name: index for index, name in enumerate(tables)}
    array(out, "ArchInfo", "archs", [
        f'{{Arch{{{a["token"]}U}}, "{a["name"]}", "{a["scmp"]}", "{a["audit"]}", {str(bool(a["table"])).lower()}}}'
        for a in archs])
    array(out, "std::size_t", "table_of_arch",
          [f'{order[a["table"]]}  /* {a["table"]} */' if a["table"] else "no_table" for a in archs])
    array(out, "Spelling", "spellings", [f'{{"{text}", {arch}}}' for text, arch in spellings(archs)])
    for name, table in tables.items():
        array(out, "SyscallRow", f"rows_{name}", [f'{{{nr}, "{call}", "{since}"}}' for nr, call, since in table])
        array(out, "std::uint16_t", f"by_name_{name}",
              [str(i) for i in sorted(range(len(table)), key=lambda i: table[i][1])])
        if aliases[name]:
            array(out, "Alias", f"aliases_{name}", [f'{{"{audit}", {nr}}}' for audit, nr in aliases[name]])
    out += ["/// One table: its rows in order of number, their indices in order of name, and libaudit's names in order.",
            "struct Table {", "    std::span<const SyscallRow> rows;", "    std::span<const std::uint16_t> by_name;",
            "    std::span<const Alias> aliases;", "};", ""]
    array(out, "Table", "tables", [
        f"{{rows_{name}, by_name_{name}, {f'aliases_{name}' if aliases[name] else '{}'}}}" for name in tables])
    out.append("}  // namespace scgen::generated")
    return "\n".join(out) + "\n"


def main():
    output = pathlib.Path(sys.argv[1])
    archs = read_archs(HERE / "archs.tsv")
    tables = {}
    for arch in archs:
        if arch["table"] and arch["table"] not in tables:
            tables[arch["table"]] = read_table(HERE / f'{arch["table"]}.tsv')
    others = {"archs", "audit-aliases", "risks", "siblings", "multiplexed"}  # the last three are generate_facts.py's
    stray = {p.stem for p in HERE.glob("*.tsv")} - set(tables) - others
    if stray:
        raise Bad(f"{', '.join(sorted(stray))}: no ABI in archs.tsv uses this table")
    aliases = read_aliases(HERE / "audit-aliases.tsv", tables)
    output.write_text(emit(archs, tables, aliases))
    if len(sys.argv) > 2:
        inputs = " ".join(str(p).replace(" ", "\\ ") for p in sorted(HERE.glob("*.tsv")))
        pathlib.Path(sys.argv[2]).write_text(f"{output}: {inputs}\n")


try:
    main()
except Bad as error:
    sys.exit(f"syscall-tables/{error}")
