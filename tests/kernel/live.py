#!/usr/bin/env python3
"""--live against the running kernel.

usage: live.py SCGEN LOGGED

LOGGED runs a command with every call logged, or makes a burst of records. Exit code 77: cannot be done here, and why.
Speaks TAP.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'streams'))

from harness import PATIENCE, Running, Skip, record, report_in_folders, require, skip_all, until  # noqa: E402

SCGEN, LOGGED = (str(Path(word).resolve()) for word in sys.argv[1:3])

# Children, pipes, files, signals: what shells do, and each program a process of its own.
SCRIPT = '''
mkdir a; echo text > a/b; cat a/b | sort | uniq -c; cp a/b a/c; ls -l a; find a -type f; rm -r a
(exit 3); sleep 0.1 & wait; trap 'echo caught' USR1; kill -USR1 $$; date; id; uname -a; head -c 10 /dev/urandom | wc -c
'''


class Listening(Running):
    """A scgen that decodes live, into a file; it has begun once it shows a record that was made for that."""

    def __init__(self, place, words=()):
        self.path = place / 'decoded'
        with open(self.path, 'wb') as out:
            super().__init__([SCGEN, 'decode', '--live', '--format', 'json', *words], place, stdin=subprocess.DEVNULL,
                             stdout=out)

        def shown():
            subprocess.run([LOGGED, 'true'], check=True)
            time.sleep(0.05)
            return self.path.stat().st_size > 0 or self.process.poll() is not None
        until(shown, 'the first record')

    def finish(self):
        """All records that came, and what was said of loss."""
        self.send(signal.SIGINT)
        self.ends(0)
        with open(self.path) as lines:
            return [json.loads(line) for line in lines]


def the_same_as_strace(place):
    """Strace and the kernel's records of one run, call by number, process by process."""
    if shutil.which('strace') is None:
        raise Skip('strace is not installed')
    with Listening(place) as scgen:
        subprocess.run(['strace', '-f', '-n', '-o', 'trace', LOGGED, 'bash', '-c', SCRIPT], cwd=place, check=True,
                       stdout=subprocess.DEVNULL, timeout=PATIENCE)
        records = scgen.finish()
    traced, logging = {}, False
    for line in (place / 'trace').read_text(errors='replace').splitlines():
        found = re.match(r'(\d+) +\[ *(\d+)\] (\w+)\(', line)
        # What was called before the filter is no record; an unfinished call that goes on has its number once.
        if found and logging:
            traced.setdefault(int(found[1]), set()).add(int(found[2]))
        logging = logging or (found is not None and found[3] == 'seccomp')
    logged = {}
    for one in records:
        if one['pid'] in traced:
            logged.setdefault(one['pid'], set()).add(one['nr'])
    require(len(traced) > 10 and sum(len(calls) for calls in traced.values()) > 300, f'{traced}')
    for pid, calls in traced.items():
        require(logged.get(pid) == calls, f'process {pid}: only strace {sorted(calls - logged.get(pid, set()))}, '
                f'only --live {sorted(logged.get(pid, set()) - calls)}')


def a_burst_is_whole_or_the_loss_is_told(place):
    records, processes = 100_000, 4
    with Listening(place) as scgen:
        begin = time.monotonic()
        subprocess.run([LOGGED, '--burst', str(records), str(processes)], check=True, timeout=PATIENCE)
        taken = time.monotonic() - begin
        got = sum(one['nr'] == 110 and one['comm'] == 'logged' for one in scgen.finish())
    print(f'# {records} records in {taken:.2f} s, {records / taken:.0f} a second; {got} came')
    lost = [line for line in scgen.lines if line.startswith('scgen: warning: lost: ')]
    require(got == records or lost, f'{records - got} are missing, and nobody says so: {scgen.lines}')
    # The one or the other, whatever else goes on here; by serials, the socket's count and the kernel's own.
    complete = [line for line in scgen.lines if line.startswith('complete as far') and 'has not grown' in line]
    require(lost or complete, f'no verdict: {scgen.lines}')
    require(got <= records, 'more came than were made')


def while_it_stands_still_nothing_is_lost(place):
    """A reader that is held up, as by a slow disk: the buffers hold what comes meanwhile."""
    with Listening(place) as scgen:
        os.kill(scgen.process.pid, signal.SIGSTOP)
        subprocess.run([LOGGED, '--burst', '20000', '2'], check=True, timeout=PATIENCE)
        os.kill(scgen.process.pid, signal.SIGCONT)
        got = sum(one['nr'] == 110 and one['comm'] == 'logged' for one in scgen.finish())
    require(got == 20000, f'{got} of 20000')


def beside_other_input(place):
    """A profile of what is live and what a file shows, new calls told at once."""
    (place / 'log').write_text(record(330))  # pkey_alloc, which true does not call
    with Running([SCGEN, '--live', '--group-by', 'all', '--for', f'{PATIENCE}s', 'log'], place,
                 stdin=subprocess.DEVNULL) as scgen:
        scgen.says('new: pkey_alloc ')
        stop = threading.Event()

        def make():
            while not stop.wait(0.05):
                subprocess.run([LOGGED, 'true'], check=True)
        maker = threading.Thread(target=make)
        maker.start()
        try:
            scgen.says('new: execve ')
        finally:
            stop.set()
            maker.join()
        scgen.send(signal.SIGTERM)
        out = scgen.ends(0)
    require('"execve"' in out and '"pkey_alloc"' in out, out)


REFUSALS = (
    ('no capability', ['setpriv', '--bounding-set=-audit_read', '--inh-caps=-audit_read'], 'CAP_AUDIT_READ is missing'),
    ('a user namespace', ['unshare', '--map-root-user'], 'audit records are not for user namespaces'),
    ('another network', ['unshare', '--net'], 'to the initial network namespace only'),
    ('a kernel without audit', ['strace', '-qq', '-e', 'inject=socket:error=EPROTONOSUPPORT', '-o', '/dev/null'],
     'this kernel has no audit'),
    ('a kernel without the group', ['strace', '-qq', '-e', 'inject=bind:error=EINVAL', '-o', '/dev/null'],
     'kernels before 3.16 have none'),
)


def refusals_say_what_to_do(place):
    for title, words, text in REFUSALS:
        if shutil.which(words[0]) is None:
            raise Skip(f'{words[0]} is not installed')
        done = subprocess.run([*words, SCGEN, '--live'], cwd=place, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE)
        require(done.returncode == 2, f'{title}: exit status {done.returncode}: {done.stderr}')
        require(text in done.stderr, f'{title}: {done.stderr}')


def what_cannot_be_checked_is_said(place):
    done = subprocess.run(['setpriv', '--bounding-set=-audit_control', '--inh-caps=-audit_control', SCGEN, '--live', '--for',
                           '100ms'], cwd=place, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
    require("the kernel's own count of lost records may not be read" in done.stderr, done.stderr)


def the_ring_may_be_overwritten(place):
    """/dev/kmsg says so by an error that is none."""
    if shutil.which('strace') is None:
        raise Skip('strace is not installed')
    done = subprocess.run(['strace', '-f', '-qq', '-o', '/dev/null', '-P', '/dev/kmsg', '-e', 'inject=read:error=EPIPE:when=2',
                           SCGEN, 'decode', '--for', '300ms', '/dev/kmsg'], cwd=place, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=PATIENCE)
    require(done.returncode in (0, 1) and re.search(r'^[1-9]\d* lines', done.stderr, re.M), done.stderr)


def why_not():
    done = subprocess.run([SCGEN, '--live', '--for', '1ms', '-q'], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode == 2:
        return done.stderr.strip()
    actions = Path('/proc/sys/kernel/seccomp/actions_logged')
    if not actions.exists() or 'log' not in actions.read_text().split():
        return f'this kernel logs no seccomp actions: {actions}'
    return None


if __name__ == '__main__':
    reason = why_not()
    if reason:
        skip_all(reason)
    sys.exit(report_in_folders([
        the_same_as_strace,
        a_burst_is_whole_or_the_loss_is_told,
        while_it_stands_still_nothing_is_lost,
        beside_other_input,
        refusals_say_what_to_do,
        what_cannot_be_checked_is_said,
        the_ring_may_be_overwritten,
    ]))
