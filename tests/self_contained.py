#!/usr/bin/env python3
"""Fails when the tree speaks of anything but itself.

usage: self_contained.py ROOT

No path of the machine it was written on, no number of a tracker's entry without the project it belongs to. Speaks TAP.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

# A path is one when nothing of a longer name stands before it: "a/work" and "$HOME/work" are none.
RULES = [
    ('no absolute path of a work folder', re.compile(rb'(?<![\w.$}~*-])/work(?![\w.-])')),
    ('no absolute path of the home of root', re.compile(rb'(?<![\w.$}~*-])/root(?![\w.-])')),
    ('no absolute path of a home', re.compile(rb'(?<![\w.$}~*-])/home/\w')),
    ('no number of an entry in a tracker', re.compile(rb'\bissue #|\b(?:fixes|closes) #\d', re.I)),
]
PLANTED = [b'see /' + b'work/x', b'"/' + b'root/.x"', b'cd /' + b'home/me', b'as Issue ' + b'#12 says']
INNOCENT = [b'tests/data/workloads/x', b'build/work/x', b'/workload', b'"/rootfs"', b'kubernetes/website#45460', b'${x}/work']


def files_of(root):
    """What git knows and would take; every file where there is no git."""
    try:
        listed = subprocess.run(['git', '-C', root, 'ls-files', '-z', '--cached', '--others', '--exclude-standard'],
                                check=True, capture_output=True).stdout
        names = [os.fsdecode(name) for name in listed.split(b'\0') if name]
    except (OSError, subprocess.CalledProcessError):
        names = [str(path.relative_to(root)) for path in Path(root).rglob('*')
                 if not any(part.startswith(('.', 'build')) for part in path.relative_to(root).parts[:-1])]
    this = Path(__file__).resolve()
    return sorted(path for name in names if (path := Path(root, name)).is_file() and path.resolve() != this)


def main():
    root = sys.argv[1]
    results = []
    for (title, pattern), text in zip(RULES, PLANTED):
        results.append((f'self test: {title}', [] if pattern.search(text) else [f'not caught: {text!r}']))
    wrong = [text for text in INNOCENT for _, pattern in RULES if pattern.search(text)]
    results.append(('self test: innocent text passes', [f'caught: {text!r}' for text in wrong]))

    files = files_of(root)
    if not files:
        results.append(('there are files', ['none found']))
    lines = [(path, number, line) for path in files for number, line in enumerate(path.read_bytes().split(b'\n'), 1)]
    for title, pattern in RULES:
        found = [f'{path.relative_to(root)}:{number}: {line[:120]!r}' for path, number, line in lines if pattern.search(line)]
        results.append((title, found))

    print(f'1..{len(results)}')
    for number, (title, found) in enumerate(results, 1):
        print(f'{"not ok" if found else "ok"} {number} - {title}')
        for line in found:
            print(f'# {line}')
    return 1 if any(found for _, found in results) else 0


if __name__ == '__main__':
    sys.exit(main())
