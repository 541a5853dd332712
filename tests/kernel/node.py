#!/usr/bin/env python3
"""Six containers at once: every record in the right one, and profiles as if each had run alone.

usage: node.py SCGEN

Containers of runc and crun run together: the same program, under the same name, with children that live for a moment, one
of them started with `runc exec`. Each has a user id of its own, which records carry: that is the truth, of which scgen sees
nothing. Meanwhile `scgen containers --follow` writes a snapshot, and `scgen --live` profiles. Then each runs alone.
Needs root, the kernel's audit, runc and crun, and a static busybox. Exit code 77: cannot be done here, and why. Speaks TAP.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'streams'))

from harness import PATIENCE, Running, Skip, report, require, until  # noqa: E402

SCGEN = str(Path(sys.argv[1]).resolve())
BOX = '/bin/busybox'
RECORDING = json.loads(subprocess.run([SCGEN, 'recording-profile'], check=True, capture_output=True).stdout)
NETLINK_AUDIT, READLOG, SECCOMP = 9, 1, 1326
FIRST_UID = 700_000
NAMESPACE = f'scgen-node-{os.getpid()}'
# crun wants one hierarchy of control groups and nothing beside it, whatever the machine has.
ALONE = 'umount -R /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup && exec "$@"'
# Children that are gone before anybody can look, children of children, pipes; then what this container alone does.
SCRIPT = '''echo begun
until [ -e /tmp/go ]; do {box} sleep 0.05; done
i=0; while [ $i -lt 20 ]; do {box} true; ({box} true); i=$((i + 1)); done
{box} echo a | {box} cat | {box} wc -c
{box} sh -c '{box} sh -c "{box} true; ({box} true &)"; true'
{own}
'''
# Two with the same name in different pods, two in one pod; runc's and crun's; with and without no_new_privs. The last call
# is one that no other of them makes.
CONTAINERS = (
    ('runc', 'web-0', 'web', True, f'{BOX} mkdir /tmp/x', 'mkdir'),
    ('runc', 'web-1', 'web', False, f'{BOX} ln -s a /tmp/x', 'symlink'),
    ('runc', 'web-1', 'log', True, f'{BOX} mkfifo /tmp/x', 'mknodat'),
    ('crun', 'job-0', 'job', True, f'{BOX} truncate -s 1 /tmp/x', 'ftruncate'),
    ('crun', 'job-1', 'job', False, f'{BOX} sync', 'sync'),
    ('runc', 'box-0', 'box', False, f'{BOX} renice -n 5 $$', 'setpriority'),
)
EXEC_IN = 0


class Container:
    """One of CONTAINERS, to be run again and again."""

    def __init__(self, place, number):
        self.runtime, self.pod, self.name, self.no_new_privs, self.own, self.call = CONTAINERS[number]
        self.uid, self.place, self.count, self.process = FIRST_UID + number, place / str(number), 0, None
        self.words = [self.runtime] if self.runtime == 'runc' else ['unshare', '-m', 'sh', '-c', ALONE, 'alone', self.runtime]
        self.label = f'{NAMESPACE}/{self.pod}/{self.name}'
        root = self.place / 'rootfs'
        for name in ('bin', 'proc', 'dev', 'sys', 'tmp'):
            (root / name).mkdir(parents=True)
        (root / 'tmp').chmod(0o777)
        shutil.copy(shutil.which('busybox'), root / BOX[1:])
        subprocess.run([self.runtime, 'spec'], cwd=self.place, check=True)
        config = json.loads((self.place / 'config.json').read_text())
        config['root']['readonly'] = False
        config['process'].update(terminal=False, noNewPrivileges=self.no_new_privs, user={'uid': self.uid, 'gid': self.uid},
                                 args=[BOX, 'sh', '-c', SCRIPT.format(box=BOX, own=self.own)])
        # Both take capabilities that root may lack.
        config['process'].pop('rlimits', None)
        config['linux'].pop('resources', None)
        config['linux']['namespaces'] = [space for space in config['linux']['namespaces'] if space['type'] != 'network']
        config['linux']['seccomp'] = RECORDING
        config['annotations'] = {'io.kubernetes.cri.sandbox-namespace': NAMESPACE, 'io.kubernetes.cri.sandbox-name': self.pod,
                                 'io.kubernetes.cri.container-name': self.name}
        (self.place / 'config.json').write_text(json.dumps(config))

    def begin(self):
        self.count += 1
        # Some ids have 64 digits, as those of containerd have, and some are names.
        self.id = (f'{os.getpid():x}{self.uid:x}{self.count:x}'.ljust(64, '0') if self.uid % 2 else
                   f'{NAMESPACE}-{self.uid}-{self.count}')
        for name in ('go', 'x'):
            with contextlib.suppress(FileNotFoundError, IsADirectoryError):
                (self.place / 'rootfs/tmp' / name).unlink()
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            (self.place / 'rootfs/tmp/x').rmdir()
        self.process = subprocess.Popen([*self.words, 'run', self.id], cwd=self.place, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def go(self):
        (self.place / 'rootfs/tmp/go').touch()

    def ends(self):
        out = self.process.communicate(timeout=PATIENCE)[0]
        require(self.process.returncode == 0, f'{self.label}: {self.process.returncode}: {out}')

    def clean(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
            subprocess.run([*self.words, 'delete', '-f', self.id], capture_output=True, timeout=PATIENCE)


class Recorder:
    """The kernel's seccomp records, as lines of audit.log."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_AUDIT)
        self.socket.setsockopt(socket.SOL_SOCKET, 33, 1 << 26)  # SO_RCVBUFFORCE
        self.socket.bind((0, 1 << (READLOG - 1)))
        self.lines, self.done = [], False
        self.thread = threading.Thread(target=self.collect, daemon=True)
        self.thread.start()

    def collect(self):
        self.socket.settimeout(0.1)
        while True:
            try:
                data = self.socket.recv(9216)
            except socket.timeout:
                if self.done:
                    return
                continue
            if struct.unpack_from('=IH', data)[1] == SECCOMP:
                self.lines.append('type=SECCOMP msg=' + data[16:].rstrip(b'\0\n').decode())

    def stop(self):
        self.done = True
        self.thread.join()
        self.socket.close()


def refusal():
    """Why nothing can be done here; empty when it can."""
    if os.geteuid() != 0:
        return 'containers and the audit socket need root'
    for program in ('busybox', 'runc', 'crun'):
        if shutil.which(program) is None:
            return f'no {program} is installed'
    if subprocess.run([SCGEN, '--live', '--for', '1ms', '-q'], stdin=subprocess.DEVNULL, capture_output=True).returncode == 2:
        return 'the audit socket cannot be had here'
    return ''


def listens(pid, protocol):
    lines = Path('/proc/net/netlink').read_text().splitlines()[1:]
    return any(line.split()[1:3] == [str(protocol), str(pid)] for line in lines)


@contextlib.contextmanager
def living(place, out):
    """A scgen that writes profiles of NAMESPACE's containers to `out`, live."""
    with Running([SCGEN, '--live', '--pod', f'{NAMESPACE}/*', '--group-by', 'container', '-O', out], place,
                 stdin=subprocess.DEVNULL) as scgen:
        until(lambda: listens(scgen.process.pid, NETLINK_AUDIT) or scgen.process.poll() is not None, 'the audit socket')
        yield scgen
        scgen.send(signal.SIGINT)
        scgen.ends(0)


def profiles(folder):
    return {path.name: json.loads(path.read_text()) for path in folder.iterdir()}


def names(profile):
    return set(profile['syscalls'][0]['names'])


def file_of(container):
    return container.label.replace('/', '_') + '.json'


def run_together(place, containers):
    """Snapshot, log and live profiles of all at once."""
    recorder = Recorder()
    with Running([SCGEN, 'containers', '--follow', '-o', 'snapshot.json'], place, stdin=subprocess.DEVNULL) as follow:
        until(lambda: (place / 'snapshot.json').exists() or follow.process.poll() is not None, 'the first snapshot')
        with living(place, 'live'):
            for container in containers:
                container.begin()
            joined = containers[EXEC_IN]
            state = Path('/run/runc') / joined.id / 'state.json'
            until(lambda: state.exists() or joined.process.poll() is not None, 'the first container')
            done = subprocess.run(['runc', 'exec', joined.id, BOX, 'sh', '-c', f'{BOX} true; {BOX} chmod 700 /tmp/go; :'],
                                  capture_output=True, timeout=PATIENCE)
            require(done.returncode == 0, f'runc exec: {done}')
            for container in containers:
                container.go()
            for container in containers:
                container.ends()
        recorder.stop()
        follow.send(signal.SIGINT)
        follow.ends(0)
        require(not follow.lines, f'{follow.lines}')
    (place / 'audit.log').write_text('\n'.join(recorder.lines) + '\n')


def judge_records(place, containers):
    """What decode says of each record whose truth is known."""
    done = subprocess.run([SCGEN, 'decode', '--format', 'json', '--containers', 'snapshot.json', 'audit.log'], cwd=place,
                          check=True, capture_output=True, text=True)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    by_uid = {container.uid: container for container in containers}
    # Start-up runs as root, and becomes the container's user with the same pid.
    of_pid = {one['pid']: by_uid[one['uid']] for one in records if one['uid'] in by_uid}
    judged, pids = 0, {}
    for one in records:
        truth = of_pid.get(one['pid'])
        if truth is None:
            continue
        judged += 1
        pids.setdefault(truth.label, set()).add(one['pid'])
        require(one['container'] == truth.name and one['pod'] == f'{NAMESPACE}/{truth.pod}',
                f'a record of {truth.label} is said to be of {one["pod"]}/{one["container"]}: {one}')
    counts = {label: len(of_label) for label, of_label in pids.items()}
    print(f'# {judged} records of {sum(counts.values())} processes, each in its container: {counts}', flush=True)
    require(len(counts) == len(containers) and all(count >= 45 for count in counts.values()), f'{counts}')
    require(any(one['comm'].startswith('runc:[') for one in records if one['pid'] in of_pid), 'no start-up was recorded')


def every_record_is_in_its_container(place, containers):
    run_together(place, containers)
    judge_records(place, containers)
    subprocess.run([SCGEN, '--strict', '--pod', f'{NAMESPACE}/*', '--group-by', 'container', '-O', 'later', '--containers',
                    'snapshot.json', 'audit.log'], cwd=place, check=True, capture_output=True)
    live, later = profiles(place / 'live'), profiles(place / 'later')
    require(sorted(later) == sorted(file_of(container) for container in containers), f'{sorted(later)}')
    require(live == later, f'live and from the log: {[(name, live.get(name)) for name in later if live.get(name) != later[name]]}')


def profiles_are_as_if_each_had_run_alone(place, containers):
    with living(place, 'alone'):
        for container in containers:
            container.begin()
            container.go()
            container.ends()
    together, alone = profiles(place / 'later'), profiles(place / 'alone')
    require(sorted(alone) == sorted(together), f'{sorted(alone)}')
    for number, container in enumerate(containers):
        name = file_of(container)
        require(container.call in names(alone[name]), f'{container.label} alone lacks {container.call}')
        others = [other.label for other in containers if other is not container and container.call in names(together[file_of(other)])]
        require(not others, f'{container.call} of {container.label} is in {others}')
        # What runc exec started is in the one, and was not run for the other; whether the script waited is chance.
        explained = {'chmod', 'fchmodat'} if number == EXEC_IN else set()
        explained |= {'clock_nanosleep', 'nanosleep'}
        differ = (names(together[name]) ^ names(alone[name])) - explained
        require(not differ, f'{container.label}: together and alone differ in {sorted(differ)}')


def without_events_it_is_told(place, containers):
    """In another network namespace there is no process connector: it looks again and again."""
    container = containers[0]
    with Running(['unshare', '--net', SCGEN, 'containers', '--follow', '-o', 'polled.json'], place,
                 stdin=subprocess.DEVNULL) as follow:
        follow.says('processes that live for less are missed')
        container.begin()
        wanted = f'"{container.id}"'
        until(lambda: (place / 'polled.json').exists() and wanted in (place / 'polled.json').read_text(), 'the container')
        container.go()
        container.ends()
        follow.send(signal.SIGINT)
        follow.ends(0)


def main():
    reason = refusal()
    if reason:
        print(f'1..0 # SKIP {reason}')
        return 77
    with tempfile.TemporaryDirectory(prefix='node-') as folder:
        place = Path(folder)
        place.chmod(0o755)
        containers = [Container(place, number) for number in range(len(CONTAINERS))]
        try:
            for container in containers:
                container.begin()
                container.go()
                out = container.process.communicate(timeout=PATIENCE)[0]
                if b'begun' not in out:
                    print(f'1..0 # SKIP {container.runtime} runs no container here: {out.decode(errors="replace").strip()}')
                    return 77
            return report([(test.__name__.replace('_', ' '), lambda test=test: test(place, containers)) for test in (
                every_record_is_in_its_container,
                profiles_are_as_if_each_had_run_alone,
                without_events_it_is_told,
            )])
        finally:
            for container in containers:
                container.clean()


if __name__ == '__main__':
    sys.exit(main())
