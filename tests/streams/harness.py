"""What the tests of streams share: records to feed, a scgen that runs meanwhile, and a TAP report."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

# Long enough for a machine that is busy with something else; nothing waits for it unless it fails.
PATIENCE = 60

# nohup lets a program ignore SIGHUP, and a shell what it runs in the background SIGINT and SIGQUIT; what they start inherits
# that. Here all are to do what they do by default.
for number in (signal.SIGHUP, signal.SIGQUIT):
    signal.signal(number, signal.SIG_DFL)
signal.signal(signal.SIGINT, signal.default_int_handler)

NAMES = ['read', 'write', 'open', 'close', 'stat', 'fstat', 'lstat', 'poll', 'lseek', 'mmap', 'mprotect', 'munmap', 'brk']


def record(nr, serial=None, comm='http-echo', pid=7, padding=''):
    """A line of audit.log: call `nr` of x86_64."""
    return (f'type=SECCOMP msg=audit(1795462945.355:{serial or nr + 1}): auid=4294967295 uid=0 gid=0 ses=4294967295 '
            f'pid={pid} comm="{comm}" exe="/{comm}{padding}" sig=0 arch=c000003e syscall={nr} compat=0 ip=0x4a4e10 '
            'code=0x7ffc0000\n')


class Skip(Exception):
    """Cannot be done here; says why."""


class Failure(Exception):
    """What is wrong."""


def require(holds, text):
    if not holds:
        raise Failure(text)


def until(condition, text):
    """Waits for a condition to hold."""
    end = time.monotonic() + PATIENCE
    while not condition():
        require(time.monotonic() < end, f'waited {PATIENCE} s in vain: {text}')
        time.sleep(0.005)


class Running:
    """A scgen that is running; its lines of standard error are collected as they come."""

    def __init__(self, words, cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, before=None):
        environment = {'LC_ALL': 'C.UTF-8', 'TZ': 'UTC', 'PATH': os.environ.get('PATH', '')}
        environment.update({key: os.environ[key] for key in ('ASAN_OPTIONS', 'UBSAN_OPTIONS') if key in os.environ})
        self.process = subprocess.Popen(words, cwd=cwd, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, env=environment,
                                        preexec_fn=before)
        self.lines = []
        self.thread = threading.Thread(target=self._collect, daemon=True)
        self.thread.start()

    def _collect(self):
        for line in self.process.stderr:
            self.lines.append(line.decode('utf-8', 'backslashreplace').rstrip('\n'))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.thread.join()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                try:
                    stream.close()
                except BrokenPipeError:
                    pass

    def feed(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def says(self, text):
        """Waits for a line on standard error that holds `text`."""
        until(lambda: any(text in line for line in self.lines) or self.process.poll() is not None, f'{text!r} on stderr')
        self.thread.join(0 if self.process.poll() is None else PATIENCE)
        require(any(text in line for line in self.lines), f'no {text!r} in {self.lines}')

    def send(self, number):
        self.process.send_signal(number)

    def ends(self, status):
        """Waits for the end, and gives standard output."""
        out = self.process.stdout.read() if self.process.stdout else b''
        got = self.process.wait(PATIENCE)
        self.thread.join()
        require(got == status, f'exit status {got}; {status} was expected; stderr: {self.lines}')
        return out.decode('utf-8', 'backslashreplace')


def report(tests):
    """Runs (title, function) pairs and speaks TAP; the exit status."""
    print(f'1..{len(tests)}', flush=True)
    failed = 0
    for number, (title, test) in enumerate(tests, 1):
        try:
            test()
            print(f'ok {number} - {title}', flush=True)
        except Skip as reason:
            print(f'ok {number} - {title} # SKIP {reason}', flush=True)
        except Exception as error:  # noqa: BLE001: whatever goes wrong is a failure of this test alone
            failed += 1
            print(f'not ok {number} - {title}', flush=True)
            lines = [str(error)] if isinstance(error, Failure) else traceback.format_exc().splitlines()
            for line in lines:
                print(f'# {line}', flush=True)
    return 1 if failed else 0


def report_in_folders(tests):
    """The same of functions, each of which is given a folder of its own, which is empty."""
    prefix = Path(sys.argv[0]).stem + '-'

    def in_folder(test):
        def run():
            with tempfile.TemporaryDirectory(prefix=prefix) as folder:
                test(Path(folder))
        return run

    return report([(test.__name__.replace('_', ' '), in_folder(test)) for test in tests])


def skip_all(reason):
    """Ends the program: nothing of it can be done here."""
    print(f'1..0 # SKIP {reason}')
    sys.exit(77)


def ignore_hangups():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
