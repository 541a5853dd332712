#!/usr/bin/env python3
"""Damaged, hostile and absurd profiles: every one is refused or read, none crashes, and each refusal says where.

usage: bad_profiles.py SCGEN

Cut at every byte, with bytes changed at random (the seed is printed), and a few that somebody made on purpose. Speaks TAP.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

GOOD = json.dumps({
    'defaultAction': 'SCMP_ACT_ERRNO', 'defaultErrnoRet': 1, 'architectures': ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86'],
    'syscalls': [{'names': ['read', 'write'], 'action': 'SCMP_ACT_ALLOW'},
                 {'names': ['socket'], 'action': 'SCMP_ACT_ALLOW',
                  'args': [{'index': 0, 'value': 1, 'valueTwo': 0, 'op': 'SCMP_CMP_EQ'}]}]}).encode()


def on_purpose():
    yield b'[' * 200_000
    yield b'{"a":' * 200_000
    yield b'{"syscalls":' + b'[' * 200_000
    yield GOOD + b'\0'
    yield b'\xff\xfe' + GOOD.decode().encode('utf-16-le')
    yield b'\xef\xbb\xbf' + GOOD
    yield b'{"defaultAction": "' + b'A' * 1_000_000 + b'"}'
    yield b'{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [' + b'{},' * 100_000 + b'{}]}'
    yield b'{"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1' + b'0' * 5000 + b'}'
    yield b'{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": ["\\u0000\\ud800\x1b[31m"], "action": "SCMP_ACT_ALLOW"}]}'
    yield b'{"defaultAction": "SCMP_ACT_ERRNO", "syscalls": [{"names": [' + b'"read",' * 300_000 + b'"read"], "action": "SCMP_ACT_ALLOW"}]}'
    yield b'\0' * 10_000
    yield b' ' * 9_000_000


def cut():
    for end in range(len(GOOD)):
        yield GOOD[:end]


def changed(seed):
    chance = random.Random(seed)
    for _ in range(500):
        bad = bytearray(GOOD)
        for _ in range(chance.randint(1, 4)):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        yield bytes(bad)
    for _ in range(100):
        yield chance.randbytes(chance.randrange(2000))


def judge(scgen, profiles):
    """What is wrong: one call for all of them, and each has a line of its own."""
    with tempfile.TemporaryDirectory(prefix='bad-profiles-') as place:
        names = []
        for number, data in enumerate(profiles):
            names.append(f'{number}.json')
            Path(place, names[-1]).write_bytes(data)
        done = subprocess.run([scgen, 'validate', *names], cwd=place, capture_output=True, timeout=300)
    found = []
    if done.returncode not in (0, 1, 2):
        found.append(f'exit code {done.returncode}')
    said = done.stdout.splitlines() + done.stderr.splitlines()
    for name in names:
        marks = (f'{name}:'.encode(), f'scgen: {name}:'.encode())
        if not any(line.startswith(marks) for line in said):
            found.append(f'{name}: neither read nor refused')
    if any(b'\x1b' in line or b'\0' in line for line in said):
        found.append('a control character reached the terminal')
    if done.returncode == 0 and b'not valid' in done.stdout:
        found.append('exit code 0 though one is not valid')
    return found + [line.decode('utf-8', 'backslashreplace') for line in done.stderr.splitlines()[-5:] if found]


def main():
    scgen = str(Path(sys.argv[1]).resolve())
    seed = random.randrange(1 << 32)
    cases = [('made on purpose', on_purpose()), ('cut at every byte', cut()), (f'changed at random (seed {seed})', changed(seed))]
    print(f'1..{len(cases)}')
    failed = False
    for number, (name, profiles) in enumerate(cases, 1):
        found = judge(scgen, profiles)
        failed = failed or bool(found)
        print(f'{"not ok" if found else "ok"} {number} - {name}')
        for line in found:
            print(f'# {line}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
