#!/usr/bin/env python3
"""syscall-tables/generate.py refuses every unsound table, and says where. usage: generate_test.py SYSCALL_TABLES"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

TABLES = pathlib.Path(sys.argv[1])


def run(change):
    """Exit status and message of the generator after `change` has been at a copy of the tables."""
    with tempfile.TemporaryDirectory() as work:
        copy = pathlib.Path(work) / "syscall-tables"
        shutil.copytree(TABLES, copy)
        change(copy)
        done = subprocess.run([sys.executable, copy / "generate.py", pathlib.Path(work) / "out.hpp"],
                              capture_output=True, text=True)
        return done.returncode, done.stderr


def append(file, text):
    def change(tables):
        with open(tables / file, "a", encoding="latin-1") as out:
            out.write(text)
    return change


def replace(file, old, new):
    def change(tables):
        text = (tables / file).read_text()
        assert old in text, f"{file} has no {old!r}"
        (tables / file).write_text(text.replace(old, new, 1))
    return change


CASES = [
    ("a number twice", replace("x86_64.tsv", "1\twrite\t", "0\twrite\t"), "number 0 is already in x86_64.tsv:"),
    ("a name twice", append("arm.tsv", "983099\tread\t\n"), "name read is already in arm.tsv:"),
    ("unsorted", append("mips.tsv", "4018\tnew_one\t\n"), "sort the rows by number"),
    ("a negative number", append("arm.tsv", "-1\tnew_one\t\n"), "'-1' is no system call number"),
    ("a hexadecimal number", append("arm.tsv", "0xf4240\tnew_one\t\n"), "is no system call number"),
    ("a number past 31 bits", append("arm.tsv", "2147483648\tnew_one\t\n"), "is no system call number"),
    ("no name", append("arm.tsv", "983099\t\t\n"), "'' is no system call name"),
    ("a quote in a name", append("arm.tsv", '983099\tx"\t\n'), "is no system call name"),
    ("a kernel that is none", append("arm.tsv", "983099\tnew_one\tlong ago\n"), "'long ago' is no kernel version"),
    ("a column too few", append("arm.tsv", "983099\tnew_one\n"), "2 columns instead of 3"),
    ("an empty line", append("arm.tsv", "\n"), "1 columns instead of 3"),
    ("no end of line", append("arm.tsv", "983099\tnew_one\t"), "the last line has no end"),
    ("carriage returns", append("arm.tsv", "983099\tnew_one\t7.3\r\n"), "blanks around a cell"),
    ("not ASCII", append("arm.tsv", "983099\tn\xe9w\t\n"), "arm.tsv: "),
    ("x32 without its bit", replace("x32.tsv", "1073741824\tread", "0\tread"), "lacks bit 30"),
    ("an empty table", lambda tables: (tables / "sh.tsv").write_text("# nothing\n"), "sh.tsv: no rows"),
    ("a table nobody uses", lambda tables: (tables / "vax.tsv").write_text("0\tread\t\n"), "vax: no ABI"),
    ("a table that is not there", lambda tables: (tables / "sh.tsv").unlink(), "sh.tsv: "),
    ("a token twice", replace("archs.tsv", "0xc00000f3", "0xc000003e"), "token 0xc000003e is already in archs.tsv:"),
    ("a token that is none", replace("archs.tsv", "0xc00000f3", "c00000f3"), "is no token"),
    ("an OCI token twice", replace("archs.tsv", "SCMP_ARCH_X32", "SCMP_ARCH_X86"), "OCI token SCMP_ARCH_X86"),
    ("an alias of no row", replace("audit-aliases.tsv", "aarch64\t61\t", "aarch64\t62\t"), "has no row 62 getdents64"),
    ("an ambiguous alias", replace("audit-aliases.tsv", "\tpread\tpread64", "\twrite\tpread64"), "could mean either"),
    ("an alias without reason", append("audit-aliases.tsv", "arm\t4\twr\twrite\t3.0.9\t\n"), "no name or no reason"),
]


def main():
    failures = []
    status, message = run(lambda tables: None)
    if status != 0:
        failures.append(f"sound tables refused: {message}")
    for what, change, want in CASES:
        status, message = run(change)
        if status == 0:
            failures.append(f"{what}: accepted")
        elif want not in message or not message.startswith("syscall-tables/") or message.count("\n") != 1:
            failures.append(f"{what}: said {message!r}, not {want!r}")
    for failure in failures:
        print(failure, file=sys.stderr)
    sys.exit(1 if failures else 0)


main()
