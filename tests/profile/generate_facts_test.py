#!/usr/bin/env python3
"""syscall-tables/generate_facts.py refuses every unsound file, and says where. usage: generate_facts_test.py SYSCALL_TABLES"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

TABLES = pathlib.Path(sys.argv[1])
DOCKER = "defaults/moby-29.7.2.json"


def run(change):
    """Exit status and message of the generator after `change` has been at a copy of the files."""
    with tempfile.TemporaryDirectory() as work:
        copy = pathlib.Path(work) / "syscall-tables"
        shutil.copytree(TABLES, copy)
        change(copy)
        done = subprocess.run([sys.executable, copy / "generate_facts.py", pathlib.Path(work) / "out.hpp"],
                              capture_output=True, text=True)
        return done.returncode, done.stderr


def append(file, text):
    def change(tables):
        with open(tables / file, "a") as out:
            out.write(text)
    return change


def replace(file, old, new):
    def change(tables):
        text = (tables / file).read_text()
        assert old in text, f"{file} has no {old!r}"
        (tables / file).write_text(text.replace(old, new, 1))
    return change


CASES = [
    ("a risk of no call", append("risks.tsv", "zzz\tx\tlow\t\ty\thttps://e\n"), "no table has a call named zzz"),
    ("a severity that is none", replace("risks.tsv", "\thigh\t", "\tdire\t"), "severity 'dire'"),
    ("unsorted risks", append("risks.tsv", "acct\tx\tlow\t\ty\thttps://e\n"), "sort the rows by name"),
    ("a risk without source", append("risks.tsv", "write\tx\tlow\t\ty\t\n"), "no class, no reason or no source"),
    ("a sibling that is none", append("siblings.tsv", "read raed\t-\treads\n"), "no table has a call named raed"),
    ("a family twice", append("siblings.tsv", "dup2 dup3\t-\tduplicates\n"), "are siblings already"),
    ("a column too few", append("siblings.tsv", "read write\n"), "1 columns instead of 3"),
    ("a multiplexer that is none", append("multiplexed.tsv", "read\t1\twrite\n"), "no multiplexer"),
    ("a file that is no JSON", append(DOCKER, "}"), DOCKER + ": "),
    ("a field too many", replace(DOCKER, '"tag"', '"tug"'), "are amiss"),
    ("another version inside", replace(DOCKER, '"version": "29.7.2"', '"version": "29.7.3"'), "named otherwise"),
    ("a capability that is none", replace(DOCKER, "CAP_SYS_BOOT", "SYS_BOOT"), "is no capability"),
    ("a kernel that is none", replace(DOCKER, '"4.8"', '"4.8.1"'), "minKernel is not"),
    ("no defaults", lambda tables: shutil.rmtree(tables / "defaults"), "no files"),
]


def main():
    failures = []
    status, message = run(lambda tables: None)
    if status != 0:
        failures.append(f"sound files refused: {message}")
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
