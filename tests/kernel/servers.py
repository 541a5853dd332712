#!/usr/bin/env python3
"""Servers in containers of podman start, serve and stop under the profile that one recording of each gave.

usage: servers.py SCGEN [STARTS]

Each server is recorded live from its start to its end under a profile that logs everything, while it serves a request.
Under the profile made of that, STARTS (1) containers must start, serve the same request and stop with the same exit code;
and as many more under the same profile with the default of log must leave no record of a call that it lacks. Where the
runtime's records are cut out of a log, scgen must warn, and a container start only when the runtime is named.
Needs root, the kernel's audit, podman, runc or crun, a static busybox, and of each server its package. Exit code 77: cannot
be done here, and why. Speaks TAP.
"""

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / 'streams'))

import containers  # noqa: E402
from harness import PATIENCE, Failure, Skip, report, require  # noqa: E402
from pods import HOME, Podman, Records, found, refusal  # noqa: E402

HERE = Path(__file__).resolve().parent
STARTS = int(sys.argv[2]) if len(sys.argv) > 2 else 1
# Calls of a runtime that starts a container, or enters one.
RUNTIME_COMMS = ('runc:[', 'crun')

NODE = '''
const http = require('http'), zlib = require('zlib'), fs = require('fs'), crypto = require('crypto')
const { Worker } = require('worker_threads')
const work = () => new Promise(done => new Worker("require('worker_threads').parentPort.postMessage(6*7)", { eval: true })
    .on('message', done))
const server = http.createServer((request, response) => fs.readFile('/etc/greeting', (error, text) =>
    zlib.gzip(text, (error, packed) => crypto.pbkdf2('a', 'b', 9999, 9, 'sha256', () => work().then(sum =>
        response.end(`${packed.length > 9} ${sum} served\\n`))))))
process.on('SIGTERM', () => server.close(() => process.exit(0)))
server.listen(8080)
'''
NGINX = f'''
user root; worker_processes 2; error_log stderr; pid /tmp/nginx.pid;
events {{}}
http {{
    access_log /tmp/access.log; client_body_temp_path /tmp/a; proxy_temp_path /tmp/b; fastcgi_temp_path /tmp/c;
    uwsgi_temp_path /tmp/d; scgi_temp_path /tmp/e;
    server {{ listen 8080; root /srv; }}
}}
'''
# Each request is a shell with a pipeline of its own.
SHELL_SERVE = f'''#!{HOME}/bash
read -r line; ls / | sort | wc -l > /tmp/count; date > /tmp/date; for i in 1 2 3; do (cat /tmp/count | grep -q .) & done; wait
echo "$line served"
'''
SHELL = f'''#!{HOME}/bash
for i in {{1..20}}; do (cat /etc/greeting | sort | wc -l; sleep 0.01; exit 3) > /dev/null; done
trap 'kill $!; wait; exit 0' TERM
{HOME}/busybox nc -ll -p 8080 -e {HOME}/serve &
wait
'''
HTTPD = f'''#!{HOME}/busybox sh
trap 'kill $!; exit 0' TERM
{HOME}/busybox httpd -f -p 8080 -h /srv &
wait
'''
SHELL_TOOLS = ('bash', 'cat', 'ls', 'sort', 'wc', 'date', 'grep', 'sleep')


@dataclass(frozen=True)
class Server:
    """What runs, what it is asked, and what it answers."""

    name: str
    words: tuple
    request: str = 'GET /greeting HTTP/1.0\r\n\r\n'
    answer: str = 'hello'
    port: int = 8080
    # (name in the image's folder, program on this machine, its package)
    programs: tuple = ()
    # Why it is not in the image, where it is not.
    lacks: str = ''
    # What is run in it by `podman exec`, as a kubelet's probe is; it must answer the same.
    probe: tuple = ()

    def options(self):
        return [f'--volume={os.path.realpath(found(program, package))}:{HOME}/{name}:ro'
                for name, program, package in self.programs]


SERVERS = (
    Server('busybox httpd', (f'{HOME}/httpd',),
           probe=(f'{HOME}/busybox', 'cat', '/srv/greeting')),
    Server('node', (f'{HOME}/node', '-e', NODE), answer='true 42 served', programs=(('node', 'node', 'nodejs'),)),
    Server('nginx', (f'{HOME}/nginx', '-c', f'{HOME}/nginx.conf', '-g', 'daemon off;'),
           programs=(('nginx', 'nginx', 'nginx'),)),
    Server('redis', (f'{HOME}/redis-server', '--port', '8080', '--dir', '/tmp', '--save', '3600 1', '--appendonly', 'yes'),
           request='SET greeting hello\r\nINCR count\r\nGET greeting\r\n',
           programs=(('redis-server', 'redis-check-rdb', 'redis-tools'),)),
    Server('a shell with many children', (f'{HOME}/shell',), request='it\n', answer='it served',
           programs=tuple((tool, tool, 'coreutils') for tool in SHELL_TOOLS)),
    Server('a 32-bit server', (f'{HOME}/i386_server',), request='x', answer='i386 too', lacks='a compiler for 32-bit x86'),
    Server('a server in Go', (f'{HOME}/http_echo',), answer='just made some calls', lacks='Go (Debian: golang-go)'),
)


def script(path, text):
    path.write_text(text)
    path.chmod(0o755)


def make_root(root):
    """What the image holds; all that is logged lies in its folder HOME."""
    home = root / HOME[1:]
    home.mkdir(parents=True)
    for name in ('etc', 'proc', 'dev', 'sys', 'tmp', 'srv', 'usr', 'run', 'var/log/nginx', 'var/lib/nginx'):
        (root / name).mkdir(parents=True)
    for name in ('bin', 'sbin', 'lib', 'lib64'):
        if os.path.islink(f'/{name}'):
            (root / name).symlink_to(os.readlink(f'/{name}'))
    shutil.copy(shutil.which('busybox'), home / 'busybox')
    (root / 'etc/passwd').write_text('root:x:0:0:root:/:/bin/sh\n')
    (root / 'etc/group').write_text('root:x:0:\n')
    (root / 'etc/greeting').write_text('hello\n')
    (root / 'srv/greeting').write_text('hello\n')
    (home / 'nginx.conf').write_text(NGINX)
    for name, text in (('serve', SHELL_SERVE), ('shell', SHELL), ('httpd', HTTPD)):
        script(home / name, text)
    for name in ('i386_server', 'http_echo'):
        if (root.parent.parent / name).exists():
            shutil.copy(root.parent.parent / name, home)


def compile_servers(place):
    """What is no package is made here, where there is a compiler for it."""
    commands = [['c++', '-m32', '-O1', '-ffreestanding', '-nostdlib', '-static', '-fno-pic', '-no-pie', '-fno-exceptions',
                 '-fno-stack-protector', '-fno-asynchronous-unwind-tables', '-o', place / 'i386_server', HERE / 'i386_server.cpp'],
                ['go', 'build', '-o', place / 'http_echo', HERE / 'http_echo.go']]
    environment = {**os.environ, 'CGO_ENABLED': '0', 'GOCACHE': f'{place}/cache', 'GOFLAGS': '', 'GO111MODULE': 'off'}
    for command in commands:
        if shutil.which(command[0]) is not None:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, env=environment)
            print(*(f'# {line}' for line in done.stderr.splitlines()), sep='\n', end='', flush=True)


def serves(podman, server, seccomp, options, pids=None):
    """One life of it: the start, a request, the stop. What was wrong, or nothing; `pids` gets its first process."""
    with podman.running(server.words, seccomp, [*server.options(), *options]) as container:
        try:
            container.ask(server.port, server.request, server.answer)
            if pids is not None:
                pids.append(container.pid())
            if server.probe:
                said = podman.call('exec', container.name, *server.probe)
                require(server.answer in said, f'the probe says {said!r}')
            code = container.stop()
        except Failure as failure:
            code = f'{failure}'
    return '' if code == 0 else f'{code}; it said {container.output[-500:]!r}'


def recorded_profile(podman, server, options, words=()):
    """What scgen makes of one life of it that it hears, and says of that."""
    place = podman.place
    with containers.Listening(place, ['--live', '--exe', f'{HOME}/*', '-o', 'recorded.json', *words]) as scgen:
        wrong = serves(podman, server, containers.RECORDING, options)
        if wrong:
            raise Failure(f'it does not run under a profile that logs: {wrong}')
        scgen.send(signal.SIGINT)
        scgen.ends(0)
        require(any('no serial is missing' in line for line in scgen.lines), f'records were lost: {scgen.lines}')
    return json.loads((place / 'recorded.json').read_text()), '\n'.join(scgen.lines)


def calls_lacking(podman, server, profile, options):
    """The calls that it makes and `profile` lacks, in lives under the same profile with the default of log."""
    logging = {**profile, 'defaultAction': 'SCMP_ACT_LOG'}
    logging.pop('defaultErrnoRet', None)
    with open(podman.place / 'decoded', 'w+b') as out:
        with containers.Listening(podman.place, ['decode', '--live', '--format', 'json'], out) as scgen:
            wrong = [text for text in (serves(podman, server, logging, options) for _ in range(STARTS)) if text]
            scgen.send(signal.SIGINT)
            status = scgen.process.wait(PATIENCE)
        require(status in (0, 1), f'{scgen.lines}')  # 1: no record at all
        out.seek(0)
        records = [json.loads(line) for line in out]
    require(not wrong, f'{wrong}')
    return {(one['syscall'], one['comm'], one['arch']) for one in records
            if (one['exe'] or '').startswith(f'{HOME}/') or (one['comm'] or '').startswith(RUNTIME_COMMS)}


def starts_serves_and_stops(podman, server, no_new_privs):
    if server.lacks and not (podman.place / 'root' / server.words[0][1:]).exists():
        raise Skip(f'there is no {server.lacks}')
    options = ['--security-opt=no-new-privileges'] if no_new_privs else []
    server.options()
    profile, _ = recorded_profile(podman, server, options)
    wrong = [text for text in (serves(podman, server, profile, options) for _ in range(STARTS)) if text]
    lacking = calls_lacking(podman, server, profile, options)
    print(f'# {podman.runtime}, {server.name}, no_new_privs {no_new_privs}: {len(wrong)} of {STARTS} failed; '
          f'lacking in {STARTS} more: {lacking or "none"}', flush=True)
    require(not wrong, f'{len(wrong)} of {STARTS} failed: {wrong[:2]}')
    require(not lacking, f'calls that the profile lacks: {lacking}')


def starts_without_no_new_privs_if_told(podman, server):
    """A recording with no_new_privs lacks what a start without it needs, until the runtime is named."""
    options = ['--security-opt=no-new-privileges']
    profile, said = recorded_profile(podman, server, options)
    require('starts only with it' in said, said)
    require(serves(podman, server, profile, []), 'it starts without no_new_privs, and scgen says that it does not')
    profile, said = recorded_profile(podman, server, options, ['--runtime', podman.runtime])
    require('starts only with it' not in said, said)
    for each in (options, []):
        wrong = serves(podman, server, profile, each)
        require(not wrong, f'with {each}: {wrong}')


def is_runtimes(line):
    return any(f'comm="{comm}' in line for comm in RUNTIME_COMMS)


def starts_if_the_runtime_is_named(podman, server, no_new_privs):
    """With all that the runtime did cut out of the log, its name brings back what a start needs."""
    options = ['--security-opt=no-new-privileges'] if no_new_privs else []
    pids = []
    with Records() as records:
        require(not serves(podman, server, containers.RECORDING, options, pids), 'it does not run under a profile that logs')
        records.read_to(lambda line: f' pid={pids[0]} ' in line and ' syscall=231 ' in line)  # exit_group
    lines = [line for line in records.lines if f'exe="{HOME}/' in line or is_runtimes(line)]
    kept = [line for line in lines if not is_runtimes(line)]
    require(0 < len(kept) < len(lines), f'{len(kept)} of {len(lines)} records are not the runtime\'s')
    (podman.place / 'cut.log').write_text(''.join(kept))
    said, profile = generated(podman.place, [])
    require('no start of' in said and '--runtime runc or --runtime crun' in said, f'no warning: {said}')
    # The server is a shell, and so its profile has execve, which is all that crun needs here.
    is_enough = podman.runtime == 'crun' and no_new_privs
    require('crun starts a container under such a profile, and only with no_new_privs' in said, said)
    require(bool(serves(podman, server, profile, options)) != is_enough, f'without start-up it starts: {not is_enough}')
    said, profile = generated(podman.place, ['--runtime', podman.runtime])
    require('no start of' not in said, said)
    wrong = [text for text in (serves(podman, server, profile, options) for _ in range(STARTS)) if text]
    require(not wrong, f'{len(wrong)} of {STARTS} failed: {wrong[:2]}')


def generated(place, words):
    done = subprocess.run([containers.SCGEN, *words, '-o', 'cut.json', 'cut.log'], cwd=place, capture_output=True, text=True,
                          timeout=PATIENCE)
    require(done.returncode == 0, done.stderr)
    return done.stderr, json.loads((place / 'cut.json').read_text())


@contextlib.contextmanager
def podmen():
    """For each runtime a podman that runs containers by it, or why there is none."""
    with tempfile.TemporaryDirectory(dir='/var/tmp') as folder, contextlib.ExitStack() as stack:
        compile_servers(Path(folder))
        result = {}
        for runtime in ('runc', 'crun'):
            if shutil.which(runtime) is None:
                result[runtime] = f'no {runtime} is installed (Debian: {runtime})'
                continue
            podman = Podman(Path(folder, runtime), runtime)
            make_root(podman.place / 'root')
            stack.callback(podman.close)
            result[runtime] = podman.refusal(podman.place / 'root') or podman
        yield result


def tests_of(runtime, podman):
    if isinstance(podman, str):
        def skipped():
            raise Skip(podman)
        return [(f'containers of {runtime}', skipped)]
    both = [(with_it, f'{"with" if with_it else "without"} no_new_privs') for with_it in (True, False)]
    tests = [(f'{server.name}, {runtime}, {how}', functools.partial(starts_serves_and_stops, podman, server, with_it))
             for server in SERVERS for with_it, how in both]
    tests += [(f'a log without the start, {runtime}, {how}',
               functools.partial(starts_if_the_runtime_is_named, podman, SERVERS[0], with_it)) for with_it, how in both]
    return [*tests, (f'recorded with no_new_privs and run without, {runtime}',
                     functools.partial(starts_without_no_new_privs_if_told, podman, SERVERS[0]))]


def main():
    reason = containers.refusal() or refusal()
    if reason:
        print(f'1..0 # SKIP {reason}')
        return 77
    with podmen() as by_runtime:
        return report([test for runtime, podman in by_runtime.items() for test in tests_of(runtime, podman)])


if __name__ == '__main__':
    sys.exit(main())
