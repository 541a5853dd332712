#!/usr/bin/env python3
"""A program's calls are logged by this kernel under its default printk limit; what it prints is called incomplete, with
the kernel's own count.

usage: printk_limit.py SCGEN LOGGED

LOGGED runs a command with every call logged.
Needs root, and a kernel whose audit has no daemon; else exits with 77 and says why. Puts back the limits it sets.
"""

import fcntl
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMIT = {'printk_ratelimit': '5', 'printk_ratelimit_burst': '10'}
WINDOW = 5.1  # seconds until the limit of before is over
SYSCTL = Path('/proc/sys/kernel')
WORK = 'for i in 1 2 3 4 5 6 7 8; do cat /etc/passwd > /dev/null; done'


def skip(why):
    print(f'skipped: {why}')
    sys.exit(77)


def expect(holds, what, *details):
    if holds:
        return
    print(f'not so: {what}')
    for detail in details:
        print(detail)
    sys.exit(1)


class Kmsg:
    """What the kernel's log got since the last look."""

    def __init__(self):
        self.fd = os.open('/dev/kmsg', os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.fd, 0, os.SEEK_END)

    def lines(self):
        out = []
        while True:
            try:
                out.append(os.read(self.fd, 8192).decode('utf-8', 'replace').splitlines()[0])
            except BlockingIOError:
                return out
            except BrokenPipeError:
                skip('the kernel log was overwritten meanwhile')


def take_turn(lock, patience=60):
    """Tests that change the kernel's settings, or count its records, come one after the other."""
    until = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                skip('another test has been at work with the kernel for a minute')
            time.sleep(0.2)


def set_limits(limits):
    for name, value in limits.items():
        (SYSCTL / name).write_text(value)


def record(logged):
    """The lines of a run under the limit, and of the first records behind it, with which the kernel says what it left out."""
    set_limits({'printk_ratelimit': '1', 'printk_ratelimit_burst': '100000'})
    time.sleep(1.1)
    subprocess.run([logged, 'true'], check=True)  # prints what was left out before
    set_limits(LIMIT)
    time.sleep(WINDOW)
    kmsg = Kmsg()
    subprocess.run([logged, 'sh', '-c', WORK], check=True)
    time.sleep(WINDOW)
    subprocess.run([logged, 'true'], check=True)
    time.sleep(0.2)
    return kmsg.lines()


def as_dmesg(line):
    microseconds = int(line.split(',')[2])
    return f'[{microseconds // 1_000_000:5}.{microseconds % 1_000_000:06}] {line.split(";", 1)[1]}'


def judge(scgen, lines, place):
    suppressed = [int(count) for count in re.findall(r'kauditd_printk_skb: (\d+) callbacks suppressed', '\n'.join(lines))]
    serials = [int(serial) for serial in re.findall(r'audit\(\d+\.\d+:(\d+)\)', '\n'.join(lines))]
    if len(suppressed) != 1 or not serials:
        skip(f'{len(lines)} lines came, with {len(suppressed)} counts; another limit or another writer is at work')
    last = [i for i, line in enumerate(lines) if 'callbacks suppressed' in line][0]
    before = [int(s) for line in lines[:last] for s in re.findall(r'audit\(\d+\.\d+:(\d+)\)', line)]
    missing = min(s for s in serials if s not in before) - max(before) - 1
    expect(missing == suppressed[0], 'the kernel counts what it leaves out', f'{missing} missing, {suppressed[0]} counted', *lines)

    for name, text in (('kmsg', lines), ('dmesg', [as_dmesg(line) for line in lines])):
        log = place / name
        log.write_text('\n'.join(text) + '\n')
        done = subprocess.run([scgen, 'list', log], capture_output=True, text=True)
        expect(done.returncode == 0 and f'incomplete: {suppressed[0]} records lost' in done.stderr,
               f'{name} is called incomplete, with the count of the kernel', suppressed[0], done.stderr)
        profile = place / f'{name}.json'
        done = subprocess.run([scgen, '--strict', '--group-by', 'all', '-o', profile, log], capture_output=True, text=True)
        expect(done.returncode == 1 and not profile.exists(), f'{name}: --strict writes no profile', done.stderr)
        print(f'{name}: {done.stderr.splitlines()[0]}')


def main():
    scgen, logged = sys.argv[1:3]
    if os.geteuid() != 0:
        skip('only root may read the kernel log and set its limits')
    actions = SYSCTL / 'seccomp/actions_logged'
    if not actions.exists() or 'log' not in actions.read_text().split():
        skip('this kernel logs no calls (kernel.seccomp.actions_logged)')
    with tempfile.TemporaryDirectory(prefix='printk-limit-') as place, open(Path(tempfile.gettempdir(), 'scgen-kernel.lock'), 'w') as lock:
        take_turn(lock)
        try:
            before = {name: (SYSCTL / name).read_text() for name in LIMIT}
            set_limits(before)
        except OSError as error:
            skip(f'the printk limit cannot be set here: {error}')
        try:
            lines = record(logged)
        finally:
            set_limits(before)
        if not any('type=1326' in line for line in lines):
            skip('the kernel printed no record: its audit is off, or a daemon takes them')
        judge(scgen, lines, Path(place))


if __name__ == '__main__':
    main()
