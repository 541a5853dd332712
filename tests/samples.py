#!/usr/bin/env python3
"""Every sample gives the profile that lies beside it, byte for byte.

usage: samples.py SCGEN ROOT

The table in samples/README.md says with which options. A sample without a row, and a row without a sample, fail.
SCGEN_ACCEPT=1 rewrites the profiles; those that change are *skipped*, and the exit code is 77. Speaks TAP.
"""

import difflib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path


def judge(scgen, log, options, accept):
    """What is wrong, and whether the profile was rewritten."""
    done = subprocess.run([scgen, *shlex.split(options), log.name], cwd=log.parent, capture_output=True, timeout=60,
                          env={'LC_ALL': 'C.UTF-8', 'TZ': 'UTC'})
    if done.returncode != 0:
        return [f'exit code {done.returncode}', *done.stderr.decode('utf-8', 'backslashreplace').splitlines()], False
    path = log.with_suffix('.json')
    expected = path.read_bytes() if path.exists() else b''
    if done.stdout == expected:
        return [], False
    found = list(difflib.unified_diff(expected.decode().splitlines(), done.stdout.decode().splitlines(),
                                      f'expected {path.name}', 'actual', lineterm=''))
    if accept:
        path.write_bytes(done.stdout)
    return found or ['differs in its line ends'], accept


def main():
    scgen, folder = str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).resolve() / 'samples'
    accept = os.environ.get('SCGEN_ACCEPT') == '1'
    table = dict(re.findall(r'^\| `([^`]+\.log)` \| `([^`]+)` \|', (folder / 'README.md').read_text(), re.M))
    logs = {path.name for path in folder.glob('*.log')}
    profiles = {path.stem for path in folder.glob('*.json')}

    results = [('every sample has a row, every row a sample, every profile a log',
                sorted(logs ^ table.keys()) + sorted(f'{name}.json' for name in profiles if f'{name}.log' not in logs), False)]
    for name in sorted(logs & table.keys()):
        results.append((name, *judge(scgen, folder / name, table[name], accept)))

    print(f'1..{len(results)}')
    for number, (title, found, rewritten) in enumerate(results, 1):
        skip = ' # SKIP rewritten; read the change before you commit it' if rewritten else ''
        print(f'{"not ok" if found and not rewritten else "ok"} {number} - {title}{skip}')
        for line in found if not rewritten else ():
            print(f'# {line}')
    if any(found and not rewritten for _, found, rewritten in results):
        return 1
    return 77 if any(rewritten for _, _, rewritten in results) else 0


if __name__ == '__main__':
    sys.exit(main())
