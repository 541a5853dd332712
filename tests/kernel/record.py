#!/usr/bin/env python3
"""scgen record against the running kernel.

usage: record.py SCGEN LOGGED

LOGGED runs a command with every call logged. Exit code 77: cannot be done here, and why. Speaks TAP.
"""

import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'streams'))

from harness import PATIENCE, Failure, Running, Skip, report_in_folders, require, skip_all, until  # noqa: E402
from tiny_elf import write_program  # noqa: E402

SCGEN, LOGGED = (str(Path(word).resolve()) for word in sys.argv[1:3])

# Children that live for a moment, a pipeline, and one that outlives its parent.
SCRIPT = '''
mkdir a; echo text > a/b; cat a/b | sort | uniq -c; for i in 1 2 3 4 5 6 7 8; do /bin/true; (exit 3); done
find a -type f; rm -r a; (setsid sh -c 'sleep 0.3; date' &); exit 5
'''
# What strace makes the program call, or says otherwise: it names the call that a stop interrupted, and the parent's
# waiting and signals depend on when a child ends.
OF_TIMING = {'restart_syscall', 'rt_sigreturn', 'wait4'}


def run(place, words, options=(), before=()):
    return subprocess.run([*before, SCGEN, 'record', '-o', 'p.json', *options, '--', *words], cwd=place,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)


def names(path):
    return {name for rule in json.loads(path.read_text())['syscalls'] for name in rule['names']}


def the_same_as_strace(place):
    if shutil.which('strace') is None:
        raise Skip('strace is not installed')
    subprocess.run(['strace', '-f', '-o', 'trace', 'bash', '-c', SCRIPT], cwd=place, stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=PATIENCE)
    traced = set(re.findall(r'^\d+ +(\w+)\(', (place / 'trace').read_text(errors='replace'), re.M))
    done = run(place, ['bash', '-c', SCRIPT], ['--closure', 'none'])
    require(done.returncode == 5, f'exit status {done.returncode}: {done.stderr}')
    require('1 text' in done.stdout and 'a/b' in done.stdout, f'standard output is not the command\'s: {done.stdout}')
    require('no serial is missing' in done.stderr, done.stderr)
    got = names(place / 'p.json')
    require({'execve', 'setsid', 'exit_group'} <= got and len(got) > 30, f'{got}')
    require(got - OF_TIMING == traced - OF_TIMING,
            f'only strace {sorted(traced - got)}, only record {sorted(got - traced)}')


def other_programs_do_not_leak_in(place):
    """Beside it another program is logged all the time, one call of which the command never makes."""
    other = subprocess.Popen([LOGGED, 'sh', '-c', 'while umask 22; do /bin/true; done'], stdin=subprocess.DEVNULL)
    try:
        done = run(place, ['sleep', '0.5'])
    finally:
        other.kill()
        other.wait()
    require(done.returncode == 0, done.stderr)
    excluded = re.search(r'(\d+) excluded', done.stderr)
    require(excluded and int(excluded[1]) > 50, f'the other program was not there: {done.stderr}')
    require('no serial is missing' in done.stderr, f'what came of the other program is called lost: {done.stderr}')
    got = names(place / 'p.json')
    require('execve' in got and 'clock_nanosleep' in got, f'{got}')
    require(not got & {'umask', 'wait4', 'fork', 'clone', 'vfork'}, f'{got}')


def what_logs_in_stays(place):
    """A child that begins an audit session of its own, and its children, are the command's all the same."""
    script = 'cat /proc/self/loginuid > /dev/null; echo 0 > /proc/self/loginuid && (mkdir inside; cat /proc/self/sessionid)'
    done = run(place, ['sh', '-c', script])
    require(done.returncode == 0 and done.stdout.strip().isdigit(), f'{done.stdout} {done.stderr}')
    require('mkdir' in names(place / 'p.json'), done.stderr)


def exit_statuses(place):
    for words, status, text in ((['true'], 0, ''), (['sh', '-c', 'exit 42'], 42, ''), (['sh', '-c', 'kill -KILL $$'], 137, '')):
        (place / 'p.json').unlink(missing_ok=True)
        done = run(place, words)
        require(done.returncode == status, f'{words}: {done.returncode}: {done.stderr}')
        require('execve' in names(place / 'p.json'), f'{words}: no execve')
    (place / 'p.json').unlink()
    for words, status, text in ((['./nosuch'], 127, './nosuch: run: No such file'), (['/'], 126, '/: run: Permission denied')):
        done = run(place, words)
        require(done.returncode == status and text in done.stderr, f'{words}: {done.returncode}: {done.stderr}')
        require(not (place / 'p.json').exists(), f'{words}: there is a profile')


def standard_input_and_signals_are_its_own(place):
    """A pipe that closes still kills, as before scgen; nothing is blocked."""
    done = subprocess.run([SCGEN, 'record', '-q', '-o', 'p.json', '--', 'sh', '-c', 'cat; grep -E "SigBlk|SigIgn" /proc/self/status'],
                          cwd=place, input='hello\n', capture_output=True, text=True, timeout=PATIENCE, restore_signals=True)
    require(done.returncode == 0 and done.stdout.startswith('hello\n'), f'{done}')
    require(done.stdout.count('0000000000000000') == 2, done.stdout)


def interrupted(place):
    """SIGINT goes to the command, and the profile is written."""
    script = 'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.1; done'
    with open(place / 'out', 'wb') as out, \
         Running([SCGEN, 'record', '-o', 'p.json', '--', 'sh', '-c', script], place, stdin=subprocess.DEVNULL,
                 stdout=out) as scgen:
        until(lambda: (place / 'out').read_text().startswith('ready'), 'the command')
        scgen.send(signal.SIGINT)
        scgen.ends(9)
    require('caught' in (place / 'out').read_text(), (place / 'out').read_text())
    require('rt_sigaction' in names(place / 'p.json'), '')


def descendants_that_stay_can_be_left(place):
    with Running([SCGEN, 'record', '-o', 'p.json', '--', 'sh', '-c', 'sleep 3600 2> /dev/null & echo $! > pid; exit 3'], place,
                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as scgen:
        try:
            scgen.says('what it started runs on')
            scgen.send(signal.SIGTERM)
            scgen.ends(3)
            require(any('is logged until it ends' in line for line in scgen.lines), f'{scgen.lines}')
        finally:
            subprocess.run(['kill', (place / 'pid').read_text().strip()], check=False)
    require('clock_nanosleep' in names(place / 'p.json'), '')


def other_abis(place):
    """i386 and x32 calls under their own names, of programs that may be nothing else."""
    for abi, calls, archs in (('x86', {'execve', 'getpid', 'exit'}, ['SCMP_ARCH_X86', 'SCMP_ARCH_X86_64']),
                              ('x32', {'execve', 'getpid', 'exit'}, ['SCMP_ARCH_X32', 'SCMP_ARCH_X86_64'])):
        write_program(place / 'tiny', abi)
        try:
            subprocess.run([place / 'tiny'], check=False)
        except OSError as error:
            raise Skip(f'no {abi} programs run here: {error}') from error
        done = run(place, ['./tiny'], ['--closure', 'none'])
        require(done.returncode == 7, f'{abi}: {done}')
        require(names(place / 'p.json') == calls, f'{abi}: {names(place / "p.json")}')
        require(json.loads((place / 'p.json').read_text())['architectures'] == archs, (place / 'p.json').read_text())
        under = subprocess.run([SCGEN, 'run', '--strict', '--profile', 'p.json', '--', './tiny'], cwd=place,
                               stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        require(under.returncode == 7 and 'denied nothing' in under.stderr, f'{abi}: {under}')


def its_own_records_are_not_counted(place):
    """Those that it makes to try the kernel, and to mark the end: in one of some short runs no other program is logged."""
    said = []
    for _ in range(10):
        done = run(place, ['true'])
        said.append(re.search(r'^\d+ lines: .*$', done.stderr, re.M)[0])
        if ' excluded' not in said[-1]:
            return
    raise Failure(f'{said}')


def progress_on_a_terminal(place):
    """The records and how many calls they are of, on a line that is gone in the end; nothing to a file."""
    script = 'for i in 1 2 3 4 5; do sleep 0.1; ls > /dev/null; done'
    ours, theirs = os.openpty()
    child = subprocess.Popen([SCGEN, 'record', '-o', 'p.json', '--', 'sh', '-c', script], cwd=place,
                             stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b''
    try:
        while part := os.read(ours, 65536):
            shown += part
    except OSError:  # all that had the other side have closed it
        pass
    finally:
        os.close(ours)
        child.wait(PATIENCE)
    drawn = re.findall(rb'\rrecord: (\d+) records?, \d+/s, (\d+) different calls?\x1b\[K', shown)
    require(drawn and int(drawn[-1][0]) > 20 and int(drawn[-1][1]) > 10, f'{shown}')
    require(b'\r\x1b[K' in shown, f'the line is still there: {shown}')
    require('different call' not in run(place, ['true']).stderr, 'it is shown to a file')


@contextlib.contextmanager
def rule_that_drops_records():
    """An audit rule, as `auditctl -a always,exclude -F msgtype=SECCOMP` makes it."""
    exclude, always = 5, 2
    try:
        audit = ctypes.CDLL('libaudit.so.1')
    except OSError as error:
        raise Skip(f'{error}') from error
    audit.set_aumessage_mode(0, 0)
    audit.audit_rule_create_data.restype = ctypes.c_void_p
    rule = ctypes.c_void_p(audit.audit_rule_create_data())
    audit.audit_rule_init_data(rule)
    socket = audit.audit_open()
    made = audit.audit_rule_fieldpair_data(ctypes.byref(rule), b'msgtype=1326', exclude) == 0
    if not made or audit.audit_add_rule_data(socket, rule, exclude, always) <= 0:
        raise Skip('no rule of audit can be added here')
    try:
        yield
    finally:
        audit.audit_delete_rule_data(socket, rule, exclude, always)
        os.close(socket)


def what_the_kernel_keeps_back(place):
    """An audit rule that drops the records is found out before anything is run."""
    with rule_that_drops_records():
        done = run(place, ['touch', 'ran'])
    require(done.returncode == 2 and 'COMMAND was not run' in done.stderr and 'auditctl -d' in done.stderr, f'{done}')
    require(not (place / 'ran').exists(), 'it was run')


def without_privilege_nothing_is_run(place):
    in_session = ['sh', '-c', 'echo 0 > /proc/self/loginuid && exec "$@"', 'sh']
    for capability, before, text in (('audit_read', [], 'CAP_AUDIT_READ is missing'),
                                     ('audit_control', in_session, 'that needs CAP_AUDIT_CONTROL')):
        done = run(place, ['touch', 'ran'],
                   before=[*before, 'setpriv', f'--bounding-set=-{capability}', f'--inh-caps=-{capability}'])
        require(done.returncode == 2 and text in done.stderr, f'{done.returncode}: {done.stderr}')
        require(not (place / 'ran').exists() and not (place / 'p.json').exists(), 'it was run')


def why_not():
    with tempfile.TemporaryDirectory(prefix='record-') as folder:
        done = run(Path(folder), ['true'], ['-q'])
    return done.stderr.strip() if done.returncode == 2 else None


if __name__ == '__main__':
    begin = time.monotonic()
    reason = why_not()
    if reason:
        skip_all(reason)
    status = report_in_folders([
        the_same_as_strace,
        other_programs_do_not_leak_in,
        what_logs_in_stays,
        exit_statuses,
        standard_input_and_signals_are_its_own,
        interrupted,
        descendants_that_stay_can_be_left,
        other_abis,
        its_own_records_are_not_counted,
        progress_on_a_terminal,
        what_the_kernel_keeps_back,
        without_privilege_nothing_is_run,
    ])
    print(f'# {time.monotonic() - begin:.1f} s')
    sys.exit(status)
