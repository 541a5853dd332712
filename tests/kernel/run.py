#!/usr/bin/env python3
"""scgen run against the running kernel.

usage: run.py SCGEN

Exit code 77: cannot be done here, and why. Speaks TAP.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'streams'))

from harness import PATIENCE, Running, Skip, report_in_folders, require, skip_all, until  # noqa: E402
from tiny_elf import write_program  # noqa: E402

SCGEN = str(Path(sys.argv[1]).resolve())
ACTIONS = Path('/proc/sys/kernel/seccomp/actions_logged')
# One program that makes a folder in a child, and passes its status on.
COMMAND = ['sh', '-c', 'echo begun; mkdir made; rmdir made; (chmod 700 .); exit 5']


def scgen(place, words, before=(), **more):
    return subprocess.run([*before, SCGEN, *words], cwd=place, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=PATIENCE, **more)


def run(place, words, options=(), profile='p.json', before=()):
    return scgen(place, ['run', '--profile', profile, *options, '--', *words], before,
                 env={**os.environ, 'TMPDIR': str(place)})


def profile_of(place, words, without=(), default=None, name='p.json', **fields):
    """What `record` gives for a command, without some of its names."""
    done = scgen(place, ['record', '-q', '-o', name, '--', *words])
    require((place / name).exists(), f'not recorded: {done.stderr}')
    profile = json.loads((place / name).read_text())
    for rule in profile['syscalls']:
        rule['names'] = [each for each in rule['names'] if each not in without]
    if default:
        profile['defaultAction'] = default
        del profile['defaultErrnoRet']
    profile.update(fields)
    (place / name).write_text(json.dumps(profile))
    return profile


def rows(text):
    """The table of denied calls: (call, arch, action, count, comm, why)."""
    found = re.findall(r'^(\w+) +(\w+) +(\w+(?: \d+)?) +(\d+)  \d{4}-\d\d-\d\dT[\d:.]+Z  (\S+) +(\S.*)$', text, re.M)
    return [tuple(row) for row in found]


def names(path):
    return {name for rule in json.loads(path.read_text())['syscalls'] for name in rule['names']}


def offered(text):
    found = re.findall(r'^    (scgen .*)$', text, re.M)
    require(len(found) == 1, f'one command is wanted: {text}')
    return found[0]


def paste(place, command):
    """As a shell does, with scgen on its PATH."""
    path = f'{Path(SCGEN).parent}:{os.environ["PATH"]}'
    done = subprocess.run(['sh', '-e', '-c', command], cwd=place, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=PATIENCE, env={**os.environ, 'PATH': path})
    require(done.returncode == 0, f'{command}: {done.returncode}: {done.stderr}')


def what_was_recorded_is_allowed(place):
    profile_of(place, COMMAND)
    for options in ([], ['--strict']):
        done = run(place, COMMAND, options)
        require(done.returncode == 5 and done.stdout == 'begun\n', f'{done}')
        require('p.json: denied nothing of what COMMAND did.' in done.stderr, done.stderr)
        require(not rows(done.stderr) and 'scgen --learn' not in done.stderr, done.stderr)
    require(not list(place.glob('scgen-run-*')), 'records of nothing were kept')


def an_errno_in_a_child(place):
    profile_of(place, COMMAND, {'mkdir', 'rmdir'}, defaultErrnoRet=13)
    done = run(place, COMMAND)
    require(done.returncode == 5 and 'Permission denied' in done.stderr, f'{done}')
    require(sorted(rows(done.stderr)) == [('mkdir', 'x86_64', 'errno 13', '1', 'mkdir', 'not allowed'),
                                          ('rmdir', 'x86_64', 'errno 13', '1', 'rmdir', 'not allowed')], done.stderr)
    require('no serial is missing' in done.stderr, done.stderr)


def the_offered_command_adds_them(place):
    """It is pasted as it stands, and then nothing is denied; what the profile is besides has not changed."""
    for action in ('SCMP_ACT_ERRNO', 'SCMP_ACT_TRAP', 'SCMP_ACT_KILL_PROCESS', 'SCMP_ACT_KILL_THREAD'):
        before = profile_of(place, COMMAND, {'mkdir', 'rmdir', 'fchmodat'}, action, name="it's p.json")
        whole = set()
        for _ in range(8):
            done = run(place, COMMAND, profile="it's p.json")
            if 'denied nothing' in done.stderr:
                break
            whole |= {row[0] for row in rows(done.stderr)}
            paste(place, offered(done.stderr))
        require('denied nothing' in done.stderr and done.returncode == 5, f'{action}: {done}')
        require({'mkdir', 'fchmodat'} <= whole, f'{action}: {whole}')
        after = json.loads((place / "it's p.json").read_text())
        require(after['defaultAction'] == before['defaultAction'], f'{after}')
        old = {name for rule in before['syscalls'] for name in rule['names']}
        require(names(place / "it's p.json") == old | whole, f'{action}: {after}')


def the_records_go_where_they_are_asked_to(place):
    profile_of(place, COMMAND, {'mkdir'})
    done = run(place, COMMAND, ['--log', 'denied.log'])
    require(offered(done.stderr).endswith(' denied.log'), done.stderr)
    lines = (place / 'denied.log').read_text().splitlines()
    require(len(lines) == 1 and lines[0].startswith('type=SECCOMP ') and ' syscall=83 ' in lines[0], f'{lines}')
    require(not list(place.glob('scgen-run-*')), 'they are kept twice')
    run(place, ['true'], ['--log', 'denied.log'])
    require((place / 'denied.log').read_text() == '', 'records of another run are still there')


def many_denials_are_counted_and_some_kept(place):
    """What goes to the file is bounded, for each call by itself."""
    rules = [{'names': ['getppid', 'getpgid'], 'action': 'SCMP_ACT_ERRNO'}]
    (place / 'p.json').write_text(json.dumps({'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': rules}))
    script = 'import ctypes; libc = ctypes.CDLL(None); [libc.getppid() for _ in range(150)]; libc.getpgid(0)'
    done = run(place, [sys.executable, '-c', script], ['--log', 'denied.log'])
    require({(row[0], row[3]) for row in rows(done.stderr)} == {('getppid', '150'), ('getpgid', '1')}, done.stderr)
    lines = (place / 'denied.log').read_text().splitlines()
    require(len(lines) == 101 and sum(' syscall=121 ' in line for line in lines) == 1, f'{len(lines)} lines')


def killed(place):
    profile_of(place, ['mkdir', 'made'], {'mkdir'}, 'SCMP_ACT_KILL_PROCESS')
    (place / 'made').rmdir()
    done = run(place, ['mkdir', 'made'])
    require(done.returncode == 128 + signal.SIGSYS, f'{done}')
    require(rows(done.stderr) == [('mkdir', 'x86_64', 'kill_process', '1', 'mkdir', 'not allowed')], done.stderr)
    require(not (place / 'made').exists(), 'it was made')


def trapped(place):
    profile_of(place, ['mkdir', 'made'], {'mkdir'}, 'SCMP_ACT_TRAP')
    done = run(place, ['mkdir', 'made'])
    require(done.returncode == 128 + signal.SIGSYS, f'{done}')
    require([row[2] for row in rows(done.stderr)] == ['trap'], done.stderr)


def another_abi(place):
    """i386 calls are killed by a profile that does not list them, and allowed by one that does."""
    write_program(place / 'tiny', 'x86')
    try:
        subprocess.run([place / 'tiny'], check=False)
    except OSError as error:
        raise Skip(f'no i386 programs run here: {error}') from error
    profile_of(place, ['true'])
    done = run(place, ['./tiny'])
    require(done.returncode == 128 + signal.SIGSYS, f'{done}')
    require(rows(done.stderr) == [('getpid', 'x86', 'kill_thread', '1', 'tiny', 'the profile does not list this ABI')],
            done.stderr)
    for _ in range(3):
        if 'denied nothing' in done.stderr:
            break
        paste(place, offered(done.stderr))
        done = run(place, ['./tiny'])
    require(done.returncode == 7 and 'denied nothing' in done.stderr, f'{done}')
    # A runtime adds the native ABI, in which the program is started.
    allowed = [{'names': ['execve', 'getpid', 'exit'], 'action': 'SCMP_ACT_ALLOW'}]
    (place / 'p.json').write_text(json.dumps({'defaultAction': 'SCMP_ACT_KILL', 'architectures': ['SCMP_ARCH_X86'],
                                              'syscalls': allowed}))
    done = run(place, ['./tiny'])
    require(done.returncode == 7 and 'denied nothing' in done.stderr, f'{done}')


def what_is_logged_is_no_denial(place):
    profile = {'defaultAction': 'SCMP_ACT_LOG', 'syscalls': [{'names': ['mkdir'], 'action': 'SCMP_ACT_ERRNO', 'errnoRet': 28}]}
    (place / 'p.json').write_text(json.dumps(profile))
    done = run(place, ['mkdir', 'made'])
    require(done.returncode == 1 and 'No space left' in done.stderr, f'{done}')
    require(rows(done.stderr) == [('mkdir', 'x86_64', 'errno 28', '1', 'mkdir', 'denied by a rule')], done.stderr)
    logged = re.search(r'^logged and allowed, which is no denial: (\d+) calls \((\d+) records\)$', done.stderr, re.M)
    require(logged and int(logged[1]) > 5 and int(logged[2]) > 10, done.stderr)
    require('scgen --learn' not in done.stderr and 'take them out of its rules' in done.stderr, done.stderr)


def a_filter_of_its_own_is_told_apart(place):
    """One scgen runs another, whose profile denies what the outer one allows. The inner one begins an audit session, and
    that it is of the tree shows when something that it did before is logged."""
    profile_of(place, COMMAND, {'mkdir'}, name='inner.json')
    inner = [SCGEN, 'run', '-q', '--profile', 'inner.json', '--', *COMMAND]
    outer = {'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [{'names': ['openat'], 'action': 'SCMP_ACT_LOG'}]}
    (place / 'outer.json').write_text(json.dumps(outer))
    done = run(place, inner, profile='outer.json')
    require(done.returncode == 5, f'{done}')
    wanted = ('mkdir', 'x86_64', 'errno', '1', 'mkdir', 'a filter that the program loaded itself')
    require(wanted in rows(done.stderr) and 'outer.json: denied nothing' in done.stderr, done.stderr)
    (place / 'outer.json').write_text(json.dumps({'defaultAction': 'SCMP_ACT_ALLOW'}))
    done = run(place, inner, profile='outer.json')
    require('1 record of audit sessions that began meanwhile' in done.stderr, done.stderr)


def conditions_are_told(place):
    """clone3 by a rule, clone by its arguments, as in Docker's default; and that what is offered is more than was asked."""
    script = 'import ctypes; libc = ctypes.CDLL(None); libc.syscall(435, 0, 0); libc.syscall(56, 0x10000000, 0, 0, 0, 0)'
    words = [sys.executable, '-c', script]
    profile = profile_of(place, words, {'clone', 'clone3'})
    profile['syscalls'] += [
        {'names': ['clone3'], 'action': 'SCMP_ACT_ERRNO', 'errnoRet': 38},
        {'names': ['clone'], 'action': 'SCMP_ACT_ALLOW', 'args': [{'index': 0, 'value': 0x10000000, 'valueTwo': 0, 'op': 'SCMP_CMP_MASKED_EQ'}]}]
    (place / 'p.json').write_text(json.dumps(profile))
    done = run(place, words)
    why = {row[0]: row[2] + ': ' + row[5] for row in rows(done.stderr)}
    require(why == {'clone3': 'errno 38: denied by a rule', 'clone': 'errno: allowed with other arguments'}, done.stderr)
    require('denies clone3 by a rule' in done.stderr and 'allows clone with some arguments' in done.stderr, done.stderr)


def as_docker_reads_it(place):
    """A rule for a capability holds with --cap only, and the offered command goes by the same reading."""
    profile = profile_of(place, ['mkdir', 'made'], {'mkdir'})
    (place / 'made').rmdir()
    profile['syscalls'].append({'names': ['mkdir'], 'action': 'SCMP_ACT_ALLOW', 'includes': {'caps': ['CAP_SYS_ADMIN']}})
    (place / 'p.json').write_text(json.dumps(profile))
    done = run(place, ['mkdir', 'made'], ['--engine', 'docker', '--cap', 'SYS_ADMIN'])
    require(done.returncode == 0 and 'denied nothing' in done.stderr, f'{done}')
    done = run(place, ['mkdir', 'made2'], ['--engine', 'docker'])
    require(done.returncode == 1 and 'mkdir' in {row[0] for row in rows(done.stderr)}, f'{done}')
    paste(place, offered(done.stderr))
    require('mkdir' in names(place / 'p-more.json') and 'includes' in (place / 'p.json').read_text(), '')
    done = run(place, ['mkdir', 'made2'], profile='p-more.json')
    require(done.returncode == 0 and 'denied nothing' in done.stderr, f'{done}')


def strict(place):
    profile_of(place, COMMAND, {'mkdir'})
    script = ['sh', '-c', 'mkdir made; exit 0']
    require(run(place, script).returncode == 0, 'without --strict the status is the command\'s')
    done = run(place, script, ['--strict'])
    require(done.returncode == 1 and 'though calls were denied' in done.stderr, f'{done}')
    done = run(place, ['sh', '-c', 'mkdir made; exit 9'], ['--strict'])
    require(done.returncode == 9, f'{done}')


def interrupted(place):
    """SIGTERM goes to the command, and what was denied is told."""
    script = 'trap "echo caught; exit 9" TERM; mkdir made; echo ready; while :; do sleep 0.1; done'
    rule = {'names': ['mkdir'], 'action': 'SCMP_ACT_ERRNO'}
    (place / 'p.json').write_text(json.dumps({'defaultAction': 'SCMP_ACT_ALLOW', 'syscalls': [rule]}))
    with open(place / 'out', 'wb') as out, \
         Running([SCGEN, 'run', '--profile', 'p.json', '--log', 'd.log', '--', 'sh', '-c', script], place,
                 stdin=subprocess.DEVNULL, stdout=out) as running:
        until(lambda: 'ready' in (place / 'out').read_text(), 'the command')
        running.send(signal.SIGTERM)
        running.ends(9)
    require('caught' in (place / 'out').read_text(), (place / 'out').read_text())
    require(any(line.startswith('mkdir ') for line in running.lines), f'{running.lines}')


def what_cannot_be_run(place):
    profile_of(place, COMMAND)
    for words, status, text in ((['./nosuch'], 127, './nosuch: run: No such file'), (['/'], 126, '/: run: Permission denied')):
        done = run(place, words)
        require(done.returncode == status and text in done.stderr, f'{words}: {done.returncode}: {done.stderr}')
        require('denied' not in done.stderr.replace('Permission denied', ''), done.stderr)


def nothing_is_run(place):
    """Where the kernel would not tell what was denied, or the program could not start."""
    profile_of(place, ['touch', 'ran'])
    (place / 'ran').unlink()
    (place / 'kill.json').write_text(json.dumps({'defaultAction': 'SCMP_ACT_KILL'}))
    drop = ['setpriv', '--bounding-set=-audit_read', '--inh-caps=-audit_read']
    logged_in = ['setpriv', '--bounding-set=-audit_control', '--inh-caps=-audit_control']
    in_session = ['sh', '-c', 'echo 0 > /proc/self/loginuid && exec "$@"', 'sh', *logged_in]
    for profile, before, text in (('kill.json', [], 'denies execve (kill_thread)'), ('p.json', drop, 'CAP_AUDIT_READ is missing'),
                                  ('p.json', in_session, 'that needs CAP_AUDIT_CONTROL')):
        done = run(place, ['touch', 'ran'], profile=profile, before=before)
        require(done.returncode == 2 and text in done.stderr, f'{text}: {done.returncode}: {done.stderr}')
        require(not (place / 'ran').exists(), f'{text}: it was run')


def a_kernel_that_is_told_to_log_no_errno(place):
    profile_of(place, ['touch', 'ran'])
    (place / 'ran').unlink()
    before = ACTIONS.read_text()
    try:
        ACTIONS.write_text(before.replace('errno ', ''))
        done = run(place, ['touch', 'ran'])
    finally:
        ACTIONS.write_text(before)
    require(done.returncode == 2 and 'actions_logged lacks errno. Add it: sysctl -w' in done.stderr, f'{done}')
    require(not (place / 'ran').exists(), 'it was run')


def without_sys_admin(place):
    """no_new_privs takes its place, and that is said."""
    profile_of(place, COMMAND, {'mkdir'})
    done = run(place, COMMAND, before=['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin'])
    require(done.returncode == 5 and 'runs with no_new_privs' in done.stderr, f'{done}')
    require([row[0] for row in rows(done.stderr)] == ['mkdir'] or 'rmdir' in done.stderr, done.stderr)


def why_not():
    with tempfile.TemporaryDirectory(prefix='run-') as folder:
        done = scgen(folder, ['record', '-q', '-o', 'p.json', '--', 'true'])
    return done.stderr.strip() if done.returncode == 2 else None


if __name__ == '__main__':
    begin = time.monotonic()
    reason = why_not()
    if reason is None and os.uname().machine != 'x86_64':
        reason = 'the calls are those of x86_64'
    if reason:
        skip_all(reason)
    status = report_in_folders([
        what_was_recorded_is_allowed,
        an_errno_in_a_child,
        the_offered_command_adds_them,
        the_records_go_where_they_are_asked_to,
        many_denials_are_counted_and_some_kept,
        killed,
        trapped,
        another_abi,
        what_is_logged_is_no_denial,
        a_filter_of_its_own_is_told_apart,
        conditions_are_told,
        as_docker_reads_it,
        strict,
        interrupted,
        what_cannot_be_run,
        nothing_is_run,
        a_kernel_that_is_told_to_log_no_errno,
        without_sys_admin,
    ])
    print(f'# {time.monotonic() - begin:.1f} s')
    sys.exit(status)
