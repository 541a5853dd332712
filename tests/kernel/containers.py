#!/usr/bin/env python3
"""Containers of runc and crun start under the profile that one recording of them gave, every time.

usage: containers.py SCGEN [STARTS]

For each runtime, with no_new_privs and without: one container is recorded live under a profile that logs everything; the
profile made of that must let STARTS (4) containers run, print and end as the first did, and STARTS more under the same
profile with the default of log must leave no record of a call that it lacks. It must let one be created first and started
then, as Kubernetes does, and programs be executed in one that runs, as scgen says of that.
Needs root, the kernel's audit, runc or crun, and a static busybox. Exit code 77: cannot be done here, and why. Speaks TAP.
"""

import contextlib
import functools
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'streams'))

from harness import PATIENCE, Running, Skip, record, report, require, until  # noqa: E402

SCGEN = str(Path(sys.argv[1]).resolve())
STARTS = int(sys.argv[2]) if len(sys.argv) > 2 else 4
# The name tells its records from those of any other program; busybox takes any name that begins with its own.
BOX = f'/bin/busybox-scgen-{os.getpid()}'
SCRIPT = f'echo begun; {BOX} cat /etc/greeting | {BOX} wc -c; trap "exit 3" TERM; kill -TERM $$; sleep 1'
EXPECTED = (3, b'begun\n6\n')
RECORDING = json.loads(subprocess.run([SCGEN, 'recording-profile'], check=True, capture_output=True).stdout)
AUDIT_PROTOCOL = '9'
# crun wants one hierarchy of control groups and nothing beside it, whatever the machine has.
ALONE = 'umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec "$@"'


def refusal():
    """Why nothing can be done here; empty when it can."""
    if os.geteuid() != 0:
        return 'containers and the audit socket need root'
    if os.uname().machine != 'x86_64':
        return 'what the runtimes call was measured on x86_64'
    if shutil.which('busybox') is None:
        return 'no busybox is installed (Debian: busybox-static)'
    return ''


class Bundle:
    """A container that can be run again and again."""

    def __init__(self, place, runtime, no_new_privs):
        self.place, self.count = place, 0
        self.words = [runtime, '--root', str(place / 'state')]
        if runtime == 'crun':
            self.words = ['unshare', '-m', 'sh', '-c', ALONE, 'alone', *self.words]
        root = place / 'rootfs'
        for name in ('bin', 'etc', 'proc', 'dev', 'sys', 'tmp'):
            (root / name).mkdir(parents=True)
        shutil.copy(shutil.which('busybox'), root / BOX[1:])
        (root / 'etc/greeting').write_text('hello\n')
        subprocess.run([runtime, 'spec'], cwd=place, check=True)
        self.config = json.loads((place / 'config.json').read_text())
        self.config['process'].update(terminal=False, noNewPrivileges=no_new_privs, args=[BOX, 'sh', '-c', SCRIPT])
        # Both take capabilities that root may lack.
        self.config['process'].pop('rlimits', None)
        self.config['linux'].pop('resources', None)
        self.config['linux']['namespaces'] = [space for space in self.config['linux']['namespaces']
                                              if space['type'] != 'network']

    def run(self, seccomp):
        """One container from start to end: exit code, output, and what the runtime said."""
        self.config['linux']['seccomp'] = seccomp
        (self.place / 'config.json').write_text(json.dumps(self.config))
        self.count += 1
        name = f'scgen-{os.getpid()}-{self.count}'
        done = subprocess.run([*self.words, 'run', name], cwd=self.place, stdin=subprocess.DEVNULL, capture_output=True,
                              timeout=PATIENCE)
        if done.returncode != EXPECTED[0]:
            subprocess.run([*self.words, 'delete', '-f', name], capture_output=True, timeout=PATIENCE)
        return done.returncode, done.stdout, done.stderr

    @contextlib.contextmanager
    def started(self, seccomp, script):
        """A container that runs `script`, created first and started then: its name, where its output goes, and whether
        it could be started."""
        config = json.loads(json.dumps(self.config))
        config['linux']['seccomp'] = seccomp
        config['process']['args'] = [BOX, 'sh', '-c', script]
        (self.place / 'config.json').write_text(json.dumps(config))
        self.count += 1
        name = f'scgen-{os.getpid()}-{self.count}'
        output = self.place / 'output'
        try:
            # What it leaves to run holds its output open: a pipe would never end.
            with open(output, 'wb') as out:
                done = subprocess.run([*self.words, 'create', name], cwd=self.place, stdin=subprocess.DEVNULL, stdout=out,
                                      stderr=out, timeout=PATIENCE)
            require(done.returncode == 0, f'create: {output.read_text()}')
            done = subprocess.run([*self.words, 'start', name], stdin=subprocess.DEVNULL, capture_output=True,
                                  timeout=PATIENCE)
            yield name, output, done.returncode == 0
        finally:
            subprocess.run([*self.words, 'delete', '-f', name], capture_output=True, timeout=PATIENCE)

    def execute(self, name, script):
        """What a program that is executed in a running container says, and its status."""
        done = subprocess.run([*self.words, 'exec', name, BOX, 'sh', '-c', script], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=PATIENCE)
        return done.returncode, done.stdout


def listens(pid):
    lines = Path('/proc/net/netlink').read_text().splitlines()[1:]
    return any(line.split()[1:3] == [AUDIT_PROTOCOL, str(pid)] for line in lines)


class Listening(Running):
    """A scgen that hears the kernel from here on."""

    def __init__(self, place, words, stdout=subprocess.PIPE):
        super().__init__([SCGEN, *words], place, stdin=subprocess.DEVNULL, stdout=stdout)
        until(lambda: listens(self.process.pid) or self.process.poll() is not None, 'the audit socket')


@contextlib.contextmanager
def bundle_of(runtime, no_new_privs):
    if shutil.which(runtime) is None:
        raise Skip(f'{runtime} is not installed')
    with tempfile.TemporaryDirectory() as folder:
        bundle = Bundle(Path(folder), runtime, no_new_privs)
        code, out, err = bundle.run(None)
        if (code, out) != EXPECTED:
            raise Skip(f'{runtime} runs no container here: {code} {err.decode(errors="replace").strip()}')
        yield bundle


def calls_lacking(bundle, profile, starts):
    """The calls that containers make and `profile`, whose default is to log, lacks."""
    with open(bundle.place / 'decoded', 'w+b') as out:
        with Listening(bundle.place, ['decode', '--live', '--format', 'json'], out) as scgen:
            results = [bundle.run(profile) for _ in range(starts)]
            scgen.send(signal.SIGINT)
            status = scgen.process.wait(PATIENCE)
        require(status in (0, 1), f'{scgen.lines}')  # 1: no record at all
        out.seek(0)
        records = [json.loads(line) for line in out]
    require(all(result[:2] == EXPECTED for result in results), f'{results}')
    # A runtime's own records bear its name; those of the program are known by its file.
    return {one['syscall'] for one in records if one['exe'] == BOX or one['comm'].startswith(('runc:[', 'crun'))}


def recorded_profile(bundle, words, said=None):
    """What scgen makes of one container that it hears; what it says goes to the list `said`."""
    with Listening(bundle.place, ['--live', '--exe', BOX, '-o', 'recorded.json', *words]) as scgen:
        require(bundle.run(RECORDING)[:2] == EXPECTED, 'it does not run under a profile that logs')
        scgen.send(signal.SIGINT)
        scgen.ends(0)
    if said is not None:
        said[:] = scgen.lines
    return json.loads((bundle.place / 'recorded.json').read_text())


def runs_if_the_runtime_is_named(runtime):
    """A recording without start-up gives a profile that starts nothing, until the runtime is named."""
    with bundle_of(runtime, no_new_privs=False) as bundle:
        require(bundle.run(recorded_profile(bundle, ['--runtime', 'none']))[:2] != EXPECTED, 'it starts without start-up')
        told = subprocess.run([runtime, '--version'], capture_output=True, text=True).stdout
        named = f'{runtime}@{re.search("version ([0-9.]+)", told)[1]}'
        (bundle.place / 'one.log').write_text(record(231))  # exit_group, to have something to learn from
        subprocess.run([SCGEN, '--base', 'recorded.json', '--runtime', named, '-o', 'named.json', 'one.log'],
                       cwd=bundle.place, check=True, capture_output=True)
        results = [bundle.run(json.loads((bundle.place / 'named.json').read_text())) for _ in range(STARTS)]
        require(all(result[:2] == EXPECTED for result in results), f'{results}')


def starts_every_time(runtime, no_new_privs):
    with bundle_of(runtime, no_new_privs) as bundle:
        profile = recorded_profile(bundle, [])
        results = [bundle.run(profile) for _ in range(STARTS)]
        failures = [result for result in results if result[:2] != EXPECTED]
        print(f'# {runtime}, no_new_privs {no_new_privs}: {len(failures)} of {STARTS} starts failed', flush=True)
        require(not failures, f'{failures}')
        profile['defaultAction'] = 'SCMP_ACT_LOG'
        profile.pop('defaultErrnoRet', None)
        lacking = calls_lacking(bundle, profile, STARTS)
        print(f'# {STARTS} more under a default of log: {lacking or "none"} lacking', flush=True)
        require(not lacking, f'calls that the profile lacks: {lacking}')
        profile['syscalls'][0]['names'].remove('exit_group')
        require(calls_lacking(bundle, profile, 1) == {'exit_group'}, 'a call that is taken out is not missed')


def starts_in_two_steps(runtime, no_new_privs):
    with bundle_of(runtime, no_new_privs) as bundle:
        profile = recorded_profile(bundle, [])
        for _ in range(STARTS):
            with bundle.started(profile, SCRIPT) as (_, output, started):
                require(started, f'it does not start: {output.read_bytes()}')
                until(lambda: output.read_bytes() == EXPECTED[1], f'all of its output: {output.read_bytes()}')


def executes_in_one_that_runs(runtime, no_new_privs):
    """A program in a running container, under a profile whose recording had none: where that is not enough, scgen has
    said so, and the option that it named is."""
    wait = f'{SCRIPT.split(";")[0]}; while :; do {BOX} cat /etc/greeting | {BOX} wc -c; done'
    script, expected = f'{BOX} cat /etc/greeting | {BOX} wc -c; exit 7', (7, b'6\n')
    with bundle_of(runtime, no_new_privs) as bundle:
        said = []
        profile = recorded_profile(bundle, [], said)
        told = any('exec: no program was executed in the running container' in line for line in said)
        with bundle.started(profile, wait) as (name, _, _):
            works = all(bundle.execute(name, script) == expected for _ in range(STARTS))
        require(works != told, f'it {"works" if works else "does not work"}, and scgen said: {said}')
        print(f'# {runtime}, no_new_privs {no_new_privs}: exec {"works" if works else "wants more, and scgen says so"}', flush=True)
        if works:
            return
        profile = recorded_profile(bundle, ['--runtime', runtime], said)
        with bundle.started(profile, wait) as (name, _, _):
            results = [bundle.execute(name, script) for _ in range(STARTS)]
        require(all(result == expected for result in results), f'{results}')


def executes_what_was_recorded(runtime, no_new_privs):
    """With a program that was executed in the running container while scgen heard, nothing is to be added."""
    script, expected = f'{BOX} cat /etc/greeting | {BOX} wc -c; exit 7', (7, b'6\n')
    wait = f'echo begun; while :; do {script.split(";")[0]}; done'
    with bundle_of(runtime, no_new_privs) as bundle:
        with Listening(bundle.place, ['--live', '--exe', BOX, '-o', 'recorded.json']) as scgen:
            with bundle.started(RECORDING, wait) as (name, _, _):
                require(bundle.execute(name, script) == expected, 'it does not run under a profile that logs')
            scgen.send(signal.SIGINT)
            scgen.ends(0)
        require(not any('no program was executed' in line for line in scgen.lines), f'{scgen.lines}')
        with bundle.started(json.loads((bundle.place / 'recorded.json').read_text()), wait) as (name, _, _):
            results = [bundle.execute(name, script) for _ in range(STARTS)]
        require(all(result == expected for result in results), f'{results}')


def main():
    reason = refusal()
    if reason:
        print(f'1..0 # SKIP {reason}')
        return 77
    tests = [(f'{runtime}, {"with" if no_new_privs else "without"} no_new_privs',
              functools.partial(starts_every_time, runtime, no_new_privs))
             for runtime in ('runc', 'crun') for no_new_privs in (True, False)]
    tests += [(f'{runtime}, {"with" if no_new_privs else "without"} no_new_privs, {test.__name__.replace("_", " ")}',
               functools.partial(test, runtime, no_new_privs))
              for test in (starts_in_two_steps, executes_in_one_that_runs, executes_what_was_recorded)
              for runtime in ('runc', 'crun') for no_new_privs in (True, False)]
    tests += [(f'{runtime}, named where the start was not recorded', functools.partial(runs_if_the_runtime_is_named, runtime))
              for runtime in ('runc', 'crun')]
    return report(tests)


if __name__ == '__main__':
    sys.exit(main())
