"""Containers of podman for the tests of servers: one image, each runtime as this machine lets it run."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from containers import ALONE
from harness import PATIENCE, Skip, require, until

# What runs in the image lies in a folder of its own, so that its records are not those of any other program.
HOME = f'/scgen-{os.getpid()}'
# Libraries are the machine's own.
HOST_FOLDERS = [f'--volume={folder}:{folder}:ro' for folder in ('/usr', '/etc/ssl') if Path(folder).is_dir()]
# The caps of a machine that gives root few.
LIMITS = ['--ulimit=nofile=1024:1024', '--ulimit=nproc=512:512']
# From the host, but within the network of the container and outside of its filter.
CLIENT = '''
import socket, sys, time
end = time.monotonic() + float(sys.argv[4])
while True:
    try:
        connection = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 5)
        break
    except OSError:
        if time.monotonic() > end:
            raise
        time.sleep(0.02)
connection.settimeout(float(sys.argv[4]))
connection.sendall(sys.argv[2].encode())
got = b''
while sys.argv[3].encode() not in got:
    piece = connection.recv(65536)
    if not piece:
        break
    got += piece
sys.stdout.buffer.write(got)
'''


class Podman:
    """Images and containers below `place`, run by `runtime`."""

    def __init__(self, place, runtime):
        self.place, self.runtime, self.count = place, runtime, 0
        words = ['podman', '--root', f'{place}/store', '--runroot', f'{place}/run', '--runtime', runtime,
                 '--cgroup-manager', 'cgroupfs']
        # crun wants one hierarchy of control groups and nothing beside it, and then the right to load BPF programs.
        self.words = ['unshare', '-m', 'sh', '-c', ALONE, 'alone', *words] if runtime == 'crun' else words
        self.options = ['--cgroups=disabled'] if runtime == 'crun' else []

    def call(self, *words, check=True):
        done = subprocess.run([*self.words, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=PATIENCE)
        require(done.returncode == 0 or not check, f'podman {words[0]}: {done.returncode}: {done.stderr}')
        return done.stdout

    def refusal(self, root):
        """Makes the image `box` of all that is below `root`; why no container of it runs here, empty when one does."""
        with subprocess.Popen(['tar', '-C', root, '-c', '.'], stdout=subprocess.PIPE) as tar:
            done = subprocess.run([*self.words, 'import', '-', 'box'], stdin=tar.stdout, capture_output=True, text=True,
                                  timeout=PATIENCE)
        if done.returncode == 0:
            done = subprocess.run([*self.words, 'run', '--rm', *self.options, *LIMITS, '--network=none', 'box',
                                   f'{HOME}/busybox', 'true'], capture_output=True, text=True, timeout=PATIENCE)
        return '' if done.returncode == 0 else f'podman runs no container by {self.runtime} here: {done.stderr.strip()}'

    @contextlib.contextmanager
    def running(self, words, seccomp, options=()):
        """A container that runs `words` under the profile; it is gone afterwards, whatever happens."""
        self.count += 1
        container = Container(self, f'scgen-{os.getpid()}-{self.runtime}-{self.count}')
        profile = self.place / f'{container.name}.json'
        profile.write_text(json.dumps(seccomp))
        container.begin([*self.options, *LIMITS, *HOST_FOLDERS, '--network=none', f'--security-opt=seccomp={profile}',
                         *options, 'box', *words])
        try:
            yield container
        finally:
            container.end()


    def close(self):
        """Leaves nothing behind: what podman tidies up in the background may still be at it."""
        self.call('rm', '--all', '--force', '--time=0', check=False)

        def mounts():
            return [line.split()[4] for line in Path('/proc/self/mountinfo').read_text().splitlines()
                    if line.split()[4].startswith(f'{self.place}/')]

        def is_clear():
            for mount in reversed(mounts()):
                subprocess.run(['umount', mount], capture_output=True, timeout=PATIENCE)
            return not mounts()

        until(is_clear, f'{self.place} can be unmounted')


class Container:
    def __init__(self, podman, name):
        self.podman, self.name = podman, name
        self.pid_file = podman.place / f'{name}.pid'

    def begin(self, words):
        self.process = subprocess.Popen([*self.podman.words, 'run', '--rm', '--name', self.name, '--pidfile', self.pid_file,
                                         *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.output = None

    def end(self):
        if self.process.poll() is None:
            self.podman.call('rm', '--force', '--time=0', self.name, check=False)
        try:
            self.output = self.process.communicate(timeout=PATIENCE)[0].decode(errors='replace')
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.output = self.process.communicate()[0].decode(errors='replace')

    def pid(self):
        """The number that its first process has on the host."""
        until(lambda: (self.pid_file.exists() and self.pid_file.read_text()) or self.process.poll() is not None,
              f'{self.name} starts')
        text = self.pid_file.read_text() if self.pid_file.exists() else ''
        require(text, 'it did not start')
        return text

    def ask(self, port, request, answer):
        """What the server says to `request`, up to `answer` or the end."""
        words = ['nsenter', '-t', self.pid(), '-n', sys.executable, '-c', CLIENT, str(port), request, answer, '20']
        done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE)
        require(answer in done.stdout, f'no {answer!r}: {done.stdout!r} {done.stderr[-300:]!r}')

    def stop(self):
        """Asks it to stop; its exit code, 137 where it had to be killed."""
        self.podman.call('stop', '--time=10', self.name)
        return self.process.wait(PATIENCE)


class Records:
    """The records of system calls that the kernel gives out meanwhile, heard without scgen, as lines of audit.log."""

    AUDIT, READLOG, SECCOMP, HEADER, SO_RCVBUFFORCE = 9, 1, 1326, 16, 33

    def __enter__(self):
        self.lines = []
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, self.AUDIT)
        self.socket.setsockopt(socket.SOL_SOCKET, self.SO_RCVBUFFORCE, 64 << 20)
        self.socket.settimeout(PATIENCE)
        self.socket.bind((0, self.READLOG))
        return self

    def __exit__(self, *_):
        self.socket.close()

    def read_to(self, last):
        """Reads up to the line that is `last`."""
        while not self.lines or not last(self.lines[-1]):
            message = self.socket.recv(65536)
            if int.from_bytes(message[4:6], sys.byteorder) == self.SECCOMP:
                self.lines.append('type=SECCOMP msg=' + message[self.HEADER:].rstrip(b'\0').decode() + '\n')


def refusal():
    """Why podman cannot be used here; empty when it can."""
    for program, package in (('podman', 'podman'), ('nsenter', 'util-linux'), ('tar', 'tar')):
        if shutil.which(program) is None:
            return f'no {program} is installed (Debian: {package})'
    try:
        with Records():
            return ''
    except OSError as error:
        return f'the audit socket of the kernel cannot be read: {error}'


def found(program, package):
    path = shutil.which(program)
    if path is None:
        raise Skip(f'no {program} is installed (Debian: {package})')
    return path
