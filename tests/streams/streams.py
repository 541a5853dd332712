#!/usr/bin/env python3
"""Streams: signals, deadlines, several inputs at once, followed files, progress on a terminal.

usage: streams.py SCGEN

Nothing here is timed; what must come at once is waited for while the input stays open and silent. Speaks TAP.
"""

import fcntl
import gzip
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from harness import PATIENCE, Running, ignore_hangups, record, report_in_folders, require, until

SCGEN = str(Path(sys.argv[1]).resolve())


def names_in(path):
    return {name for rule in json.loads(Path(path).read_text())['syscalls'] for name in rule['names']}


def a_new_call_is_told_while_the_stream_is_silent(place):
    with Running([SCGEN, '--comm', 'http-echo', '-o', 'out.json'], place) as scgen:
        scgen.feed(record(0))
        scgen.says('new: read (x86_64) http-echo[7]')
        # These come right after: they are told, and written, though nothing follows them.
        scgen.feed(record(1))
        scgen.says('new: write ')
        until(lambda: {'read', 'write'} <= names_in(place / 'out.json'), 'the file is rewritten')
        scgen.process.stdin.close()
        scgen.ends(0)


def a_file_is_rewritten_only_when_it_changed(place):
    with Running([SCGEN, '--group-by', 'all', '-o', 'out.json'], place) as scgen:
        scgen.feed(record(0))
        until((place / 'out.json').exists, 'the file')
        before = (place / 'out.json').stat().st_ino
        for serial in range(10, 40):
            scgen.feed(record(0, serial, pid=serial))
            time.sleep(0.05)
        require((place / 'out.json').stat().st_ino == before, 'the same profile was written again')
        scgen.process.stdin.close()
        scgen.ends(0)


def signals_end_it_with_the_profile(place):
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        with Running([SCGEN, '--group-by', 'all', '-o', 'out.json'], place) as scgen:
            scgen.feed(record(0))
            scgen.says('new: read')
            # What came before the signal counts, though nobody has read it yet.
            os.kill(scgen.process.pid, signal.SIGSTOP)
            scgen.feed(record(1) + record(2))
            scgen.send(number)
            os.kill(scgen.process.pid, signal.SIGCONT)
            scgen.ends(0)
            require({'read', 'write', 'open'} <= names_in(place / 'out.json'), f'{number.name}: a call is missing')
            require(any('stopped by a signal' in line for line in scgen.lines), f'{number.name}: {scgen.lines}')


def a_hangup_that_is_ignored_stays_so(place):
    with Running([SCGEN, '--group-by', 'all'], place, before=ignore_hangups) as scgen:
        scgen.feed(record(0))
        scgen.says('new: read')
        scgen.send(signal.SIGHUP)
        scgen.feed(record(1))
        scgen.says('new: write')
        scgen.process.stdin.close()
        scgen.ends(0)


def a_second_signal_ends_it_at_once(place):
    # It cannot finish: nobody reads its standard output, and that is full.
    with Running([SCGEN, 'decode'], place) as scgen:
        fcntl.fcntl(scgen.process.stdout, fcntl.F_SETPIPE_SZ, 4096)
        scgen.feed(''.join(record(0, serial) for serial in range(1, 300)))
        state = Path(f'/proc/{scgen.process.pid}/stat')
        until(lambda: state.read_text().rsplit(')', 1)[1].split()[0] == 'S', 'it waits')
        time.sleep(0.1)
        scgen.send(signal.SIGTERM)
        time.sleep(0.1)
        require(scgen.process.poll() is None, 'it ended though it could not write')
        scgen.send(signal.SIGTERM)
        require(scgen.process.wait(PATIENCE) == -signal.SIGTERM, f'exit status {scgen.process.returncode}')


def a_reader_that_leaves_is_no_failure(place):
    (place / 'log').write_text(''.join(record(0, serial) for serial in range(1, 5000)))
    command = f'"{SCGEN}" decode log 2>err | head -n 1 >/dev/null; echo "${{PIPESTATUS[0]}}"'
    done = subprocess.run(['bash', '-c', command], cwd=place, capture_output=True, text=True, timeout=PATIENCE)
    require(done.stdout == '0\n', f'exit status {done.stdout}')
    require((place / 'err').read_text() == '', (place / 'err').read_text())


def deadlines_end_a_silent_stream(place):
    for words, text in ((['--for', '200ms'], 'the time of --for is up'), (['--idle', '200ms'], 'nothing new came')):
        with Running([SCGEN, '--group-by', 'all', *words], place) as scgen:
            scgen.feed(record(0) + record(1)[:-1])
            out = scgen.ends(0)
            require('"write"' in out, f'{words}: half a line was dropped: {out}')
            require(any(text in line for line in scgen.lines), f'{words}: {scgen.lines}')


def idle_begins_anew_with_what_is_new(place):
    with Running([SCGEN, '--group-by', 'all', '--idle', '1500ms'], place) as scgen:
        for nr in range(5):
            scgen.feed(record(nr))
            time.sleep(0.5)
        require(scgen.process.poll() is None, 'ended though something new came all the time')
        require('"mmap"' not in scgen.ends(0), 'a call that was not there')


def several_streams_are_read_at_once(place):
    for name in ('a', 'b'):
        os.mkfifo(place / name)
    (place / 'c').write_text(record(2))
    with Running([SCGEN, '--group-by', 'all', 'a', 'b', 'c'], place, stdin=subprocess.DEVNULL) as scgen:
        with open(place / 'b', 'w') as second:
            second.write(record(1))
            second.flush()
            scgen.says('new: write')
            scgen.says('new: open')
            with open(place / 'a', 'w') as first:
                first.write(record(0))
                first.flush()
                scgen.says('new: read')
        scgen.ends(0)


def followed_files_through_rotation(place):
    log = place / 'log'
    log.write_text(record(0))
    with gzip.open(place / 'log.2.gz', 'wt') as old:
        old.write(record(1))
    (place / 'log.1').write_text(record(2))
    with Running([SCGEN, '--group-by', 'all', '-f', '-o', 'out.json', 'log.2.gz', 'log.1', 'log', 'later'], place,
                 stdin=subprocess.DEVNULL) as scgen:
        for name in ('read', 'write', 'open'):
            scgen.says(f'new: {name} ')
        scgen.says('later: is not there yet; waiting for it.')
        log.rename(place / 'log.0')
        log.write_text(record(3))
        scgen.says('new: close')
        (place / 'later').write_text(record(4))
        scgen.says('new: stat')
        with open(log, 'a') as text:
            text.write(record(5)[:-1])
        scgen.send(signal.SIGTERM)
        scgen.ends(0)
        require(names_in(place / 'out.json') >= {'read', 'write', 'open', 'close', 'stat', 'fstat'}, 'a call is missing')
        require(any('6 lines: 6 records' in line for line in scgen.lines), f'{scgen.lines}')


def a_rotated_set_in_one_call(place):
    with gzip.open(place / 'syslog.2.gz', 'wt') as old:
        old.write(record(0) + record(1))
    (place / 'syslog.1').write_text(record(1) + record(2))
    (place / 'syslog').write_text(record(2) + record(3))
    with Running([SCGEN, '--group-by', 'all', 'syslog.2.gz', 'syslog.1', 'syslog'], place, stdin=subprocess.DEVNULL) as scgen:
        out = scgen.ends(0)
        require(all(f'"{name}"' in out for name in ('read', 'write', 'open', 'close')), out)
        require(any('6 lines: 6 records' in line for line in scgen.lines), f'{scgen.lines}')


def progress_is_shown_on_a_terminal(place):
    terminal, other_end = pty.openpty()
    process = subprocess.Popen([SCGEN, '--group-by', 'all'], cwd=place, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               stderr=other_end, env={'LC_ALL': 'C.UTF-8', 'TERM': 'xterm'})
    os.close(other_end)
    shown = b''
    try:
        os.set_blocking(terminal, False)

        def read():
            nonlocal shown
            try:
                shown += os.read(terminal, 1 << 16)
            except BlockingIOError:
                pass
            except OSError:  # the other end is closed
                return True
            return False

        def sees(text):
            def look():
                read()
                return text in shown
            until(look, f'{text!r} in {shown!r}')

        process.stdin.write(record(0).encode())
        process.stdin.flush()
        sees(b'new: read (x86_64) http-echo[7]')
        sees(b'\rstandard input: 0 KiB, 1 record, ')
        process.stdin.write(record(1).encode())
        process.stdin.flush()
        # The line is wiped before another is written.
        sees(b'\r\x1b[Knew: write (x86_64) http-echo[7]\r\n')
        sees(b'\rstandard input: 0 KiB, 2 records, ')
        process.stdin.close()
        require(process.wait(PATIENCE) == 0, f'exit status {process.returncode}')
        until(read, 'the end')
        require(b'\r\x1b[K2 lines: 2 records' in shown, shown)
    finally:
        process.kill()
        process.wait()
        os.close(terminal)


def holds_open(pid, name):
    def is_it(descriptor):
        try:
            return os.readlink(descriptor).endswith('/' + name)
        except OSError:
            return False

    return any(is_it(descriptor) for descriptor in Path(f'/proc/{pid}/fd').iterdir())


def progress_of_a_file_says_how_much_is_left(place):
    # Small to make and long to read: one compressed piece, many times. And held up while it is read, since how long it takes
    # is the machine's affair.
    piece = gzip.compress(''.join(record(0, serial, padding='x' * 200) for serial in range(1, 10_001)).encode())
    (place / 'log.gz').write_bytes(piece * 600)
    terminal, other_end = pty.openpty()
    process = subprocess.Popen([SCGEN, '--group-by', 'all', 'log.gz'], cwd=place, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=other_end, env={'LC_ALL': 'C.UTF-8', 'TERM': 'xterm'})
    os.close(other_end)
    until(lambda: holds_open(process.pid, 'log.gz'), 'the log was not opened')
    time.sleep(0.01)
    process.send_signal(signal.SIGSTOP)
    time.sleep(1.2)
    process.send_signal(signal.SIGCONT)
    shown = b''
    try:
        while piece := os.read(terminal, 1 << 16):
            shown += piece
    except OSError:  # the other end is closed
        pass
    os.close(terminal)
    require(process.wait(PATIENCE) == 0, f'exit status {process.returncode}')
    require(re.search(rb'\rlog\.gz: \d+ [KM]iB of \d+ [KM]iB, \d+ [KM]iB/s(, \d+ s left)?, \d+ records\x1b\[K', shown), shown)
    require(b'\r\x1b[K6000000 lines: 6000000 records' in shown, shown)


if __name__ == '__main__':
    sys.exit(report_in_folders([
        a_new_call_is_told_while_the_stream_is_silent,
        a_file_is_rewritten_only_when_it_changed,
        signals_end_it_with_the_profile,
        a_hangup_that_is_ignored_stays_so,
        a_second_signal_ends_it_at_once,
        a_reader_that_leaves_is_no_failure,
        deadlines_end_a_silent_stream,
        idle_begins_anew_with_what_is_new,
        several_streams_are_read_at_once,
        followed_files_through_rotation,
        a_rotated_set_in_one_call,
        progress_is_shown_on_a_terminal,
        progress_of_a_file_says_how_much_is_left,
    ]))
