#!/usr/bin/env python3
"""Gives the other written forms of a profile to the tools that read them, and looks at what comes of it.

usage: emit_tools.py EMIT_PROFILE SYSCALL_TABLES FORM

c, bpf and firejail: a command runs under the form and makes calls that are allowed, denied, and both depending on an
argument. systemd: the service manager says what it holds after reading the drop-in. spo: a YAML reader gives back the OCI
profile. minijail: the policy, read by its grammar, decides as the profile does; minijail0 runs it where it is installed.
Exits 77 with the reason where the tool is missing or cannot work here.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

DENIED = {'mkdir', 'mkdirat', 'clone3', 'personality', 'sethostname'}
DEFAULT_ERRNO = 18  # EXDEV: nothing here gives it by itself
ARCHS = {'x86_64': ('SCMP_ARCH_X86_64', 435, 135, 170), 'aarch64': ('SCMP_ARCH_AARCH64', 435, 92, 161)}

# One line a call: its name and 0 or the errno.
PROBE = '''
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(name, *args):
    ctypes.set_errno(0)
    failed = libc.syscall(*[ctypes.c_long(arg) for arg in args]) == -1
    print(name, ctypes.get_errno() if failed else 0)
try:
    os.mkdir(sys.argv[1])
    print('mkdir', 0)
except OSError as error:
    print('mkdir', error.errno)
print('listdir', 0 if os.listdir('/') else 1)
call('clone3', {clone3}, 0, 0)
call('personality_ask', {personality}, 0xffffffff)
call('personality_set', {personality}, 0x0040000)
call('sethostname', {sethostname}, 0, -1)
sys.stdout.flush()
if len(sys.argv) > 2:
    call('x32', 0x40000000 + 39)
'''


class Skip(Exception):
    pass


def tool(name):
    found = shutil.which(name)
    if not found:
        raise Skip(f'{name} is not installed')
    return found


def run(command, **options):
    return subprocess.run(command, capture_output=True, timeout=60, **options)


def expect(what, got, wanted):
    if got != wanted:
        sys.exit(f'FAILED: {what}\n  got    {got}\n  wanted {wanted}')
    print(f'ok: {what}')


class Judge:
    def __init__(self, emitter, tables, folder):
        self.emitter = emitter
        self.tables = Path(tables)
        self.folder = Path(folder)
        if platform.machine() not in ARCHS:
            raise Skip(f'the probe knows no numbers of {platform.machine()}')
        self.arch, self.clone3, self.personality, self.sethostname = ARCHS[platform.machine()]

    def emit(self, form, profile, *arch):
        result = run([self.emitter, form, *arch], input=json.dumps(profile).encode())
        if result.returncode != 0:
            sys.exit(f'FAILED: {form}: {result.stderr.decode()}')
        return result.stdout

    def everything_but_denied(self, default='SCMP_ACT_ERRNO'):
        """An allow list of all the table has but DENIED, so that any C library and Python run under it."""
        lines = (self.tables / f'{platform.machine()}.tsv').read_text().splitlines()
        names = {line.split('\t')[1] for line in lines if line[:1].isdigit()}
        profile = {'defaultAction': default, 'architectures': [self.arch],
                   'syscalls': [{'names': sorted(names - DENIED), 'action': 'SCMP_ACT_ALLOW'}]}
        return {**profile, 'defaultErrnoRet': DEFAULT_ERRNO} if default == 'SCMP_ACT_ERRNO' else profile

    def with_conditions(self):
        profile = self.everything_but_denied()
        profile['syscalls'] += [
            {'names': ['clone3'], 'action': 'SCMP_ACT_ERRNO', 'errnoRet': 38},
            {'names': ['personality'], 'action': 'SCMP_ACT_ALLOW',
             'args': [{'index': 0, 'value': 0xffffffff, 'op': 'SCMP_CMP_EQ'}]}]
        return profile

    def probe(self, wrapper, *extra, **options):
        code = PROBE.format(clone3=self.clone3, personality=self.personality, sethostname=self.sethostname)
        made = self.folder / 'made'
        result = run([*wrapper, sys.executable, '-c', code, str(made), *extra], **options)
        seen = {line.split()[0]: int(line.split()[1]) for line in result.stdout.decode().splitlines() if ' ' in line}
        if made.exists():
            made.rmdir()
        if not seen:
            sys.exit(f'FAILED: the probe did not run: {result.returncode} {result.stderr.decode()}')
        return result.returncode, seen

    def judge_unfiltered(self):
        """Without a filter nothing of what is looked for happens, so what is seen later is the filter's doing."""
        code, seen = self.probe([])
        unlike = {name: errno for name, errno in seen.items() if errno == DEFAULT_ERRNO}
        expect('without a filter no call fails with the default errno', (code, unlike, seen['mkdir']), (0, {}, 0))

    def judge_effect(self, wrapper, conditions, personality=DEFAULT_ERRNO, **options):
        code, seen = self.probe(wrapper, **options)
        expect('calls under the filter', (code, seen), (0, {
            'mkdir': DEFAULT_ERRNO, 'listdir': 0, 'sethostname': DEFAULT_ERRNO,
            'clone3': 38 if conditions else DEFAULT_ERRNO,
            'personality_ask': 0 if conditions else DEFAULT_ERRNO, 'personality_set': personality}))

    def judge_x32(self, wrapper, killed, **options):
        if platform.machine() != 'x86_64':
            return
        code, seen = self.probe(wrapper, 'x32', **options)
        if killed:
            expect('a call of an ABI not listed kills', (code in (-31, 159), seen.get('x32')), (True, None))
        else:
            expect('a call of an ABI not listed is denied', seen.get('x32') != 0, True)

    def c(self):
        compiler = tool(os.environ.get('CC', 'cc').split()[0])
        source = self.folder / 'filter.c'
        program = self.folder / 'filter'

        def build(profile):
            source.write_bytes(self.emit('c', profile))
            return run([compiler, '-std=c99', '-D_DEFAULT_SOURCE', '-O1', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-o', str(program),
                        str(source), '-lseccomp'])

        built = build(self.with_conditions())
        if b'seccomp.h' in built.stderr and b'No such file' in built.stderr:
            raise Skip('seccomp.h is not installed')
        expect('it compiles without warnings', (built.returncode, built.stderr), (0, b''))
        self.judge_unfiltered()
        self.judge_effect([str(program)], conditions=True)
        self.judge_x32([str(program)], killed=True)
        expect('no command is a usage error', run([str(program)]).returncode, 125)
        expect('a command that is not there', run([str(program), '/nonexistent']).returncode, 127)
        bare = build({'defaultAction': 'SCMP_ACT_ALLOW', 'flags': ['SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_TSYNC']})
        expect('a profile without rules compiles', (bare.returncode, bare.stderr), (0, b''))
        expect('and runs', run([str(program), '/bin/echo', 'x']).stdout, b'x\n')

    def bpf(self):
        bwrap = tool('bwrap')
        sandbox = [bwrap, '--dev-bind', '/', '/']
        tried = run([*sandbox, '/bin/true'])
        if tried.returncode != 0:
            raise Skip(f'bwrap cannot make a sandbox here: {tried.stderr.decode().strip()}')
        path = self.folder / 'filter.bpf'
        path.write_bytes(self.emit('bpf', self.with_conditions()))
        self.judge_unfiltered()
        for judged in (lambda *a, **o: self.judge_effect(*a, conditions=True, **o),
                       lambda *a, **o: self.judge_x32(*a, killed=True, **o)):
            with path.open('rb') as file:
                judged([*sandbox, '--seccomp', str(file.fileno())], pass_fds=[file.fileno()])

    def firejail(self):
        firejail = tool('firejail')
        path = self.folder / 'scgen.profile'
        path.write_text('')
        tried = run([firejail, '--quiet', f'--profile={path}', '/bin/true'])
        if tried.returncode != 0:
            raise Skip(f'firejail cannot make a sandbox here: {tried.stderr.decode().strip()}')
        wrapper = [firejail, '--quiet', f'--profile={path}']
        self.judge_unfiltered()
        path.write_bytes(self.emit('firejail', self.everything_but_denied()))
        # seccomp.block-secondary denies other personalities first, with an errno of its own.
        self.judge_effect(wrapper, conditions=False, personality=1)
        self.judge_x32(wrapper, killed=False)
        path.write_bytes(self.emit('firejail', self.everything_but_denied('SCMP_ACT_KILL_PROCESS')))
        made = self.folder / 'made'
        code = run([*wrapper, '/bin/mkdir', str(made)]).returncode
        expect('a default of kill kills', (code in (-31, 159), made.exists()), (True, False))
        path.write_bytes(self.emit('firejail', {
            'defaultAction': 'SCMP_ACT_ALLOW', 'architectures': [self.arch],
            'syscalls': [{'names': ['mkdir', 'mkdirat'], 'action': 'SCMP_ACT_ERRNO', 'errnoRet': DEFAULT_ERRNO},
                         {'names': ['sethostname'], 'action': 'SCMP_ACT_ERRNO', 'errnoRet': 38}]}))
        _, seen = self.probe(wrapper)
        expect('a deny list', (seen['mkdir'], seen['sethostname'], seen['listdir']), (DEFAULT_ERRNO, 38, 0))

    def spo(self):
        try:
            import yaml
        except ImportError:
            raise Skip('python3-yaml is not installed') from None
        profile = self.with_conditions()
        profile['syscalls'][0]['names'] += ['no', 'null', 'True', 'e1', '_1', 'off']
        oci = json.loads(self.emit('oci', profile))
        read = yaml.safe_load(self.emit('spo', profile))
        expect('head', {key: read[key] for key in ('apiVersion', 'kind', 'metadata')}, {
            'apiVersion': 'security-profiles-operator.x-k8s.io/v1beta1', 'kind': 'SeccompProfile',
            'metadata': {'name': 'profile'}})
        oci.pop('defaultErrnoRet')
        expect('the specification is the OCI profile', read['spec'], oci)

    def systemd(self):
        manager = next((path for path in ('/lib/systemd/systemd', '/usr/lib/systemd/systemd') if os.path.exists(path)), None)
        if not manager:
            raise Skip('systemd is not installed')
        analyze = tool('systemd-analyze')
        unit = self.folder / 'scgen-test.service'
        # A unit with a filter of its own, which the drop-in must replace.
        unit.write_text('[Service]\nExecStart=/bin/true\nSystemCallFilter=@system-service\nSystemCallErrorNumber=EIO\n'
                        'SystemCallLog=mount\n')
        (self.folder / 'scgen-test.service.d').mkdir()
        drop_in = self.folder / 'scgen-test.service.d' / 'seccomp.conf'
        self.folder.chmod(0o755)
        names = ['accept4', 'execve', 'exit_group', 'getpid', 'mkdirat', 'read', 'write']
        allow = {'defaultAction': 'SCMP_ACT_ERRNO', 'defaultErrnoRet': DEFAULT_ERRNO, 'architectures': [self.arch],
                 'syscalls': [{'names': names, 'action': 'SCMP_ACT_ALLOW'}, {'names': ['openat'], 'action': 'SCMP_ACT_LOG'}]}
        deny = {'defaultAction': 'SCMP_ACT_ALLOW', 'architectures': [self.arch],
                'syscalls': [{'names': ['mkdirat'], 'action': 'SCMP_ACT_ERRNO', 'errnoRet': 38},
                             {'names': ['mount'], 'action': 'SCMP_ACT_KILL_PROCESS'}]}
        kill = {**allow, 'defaultAction': 'SCMP_ACT_KILL_PROCESS'}
        del kill['defaultErrnoRet']

        def held():
            options = {'user': 65534, 'group': 65534, 'extra_groups': []} if os.geteuid() == 0 else {}
            environment = {**os.environ, 'SYSTEMD_UNIT_PATH': f'{self.folder}:', 'HOME': '/nonexistent'}
            dumped = run([manager, '--test', '--system', '--unit=scgen-test.service'], env=environment, **options)
            section = re.search(r'-> Unit scgen-test\.service:\n(.*?)(?:\n\s*-> Unit |\Z)', dumped.stdout.decode(), re.S)
            if not section:
                raise Skip(f'{manager} --test says nothing here: {dumped.stderr.decode()[-300:]}')
            found = dict(re.findall(r'^\s*(SystemCall\w+): ?(.*)$', section[1], re.M))
            return {key: ' '.join(sorted(value.split())) for key, value in found.items()}

        for title, profile, wanted in (
                ('an allow list', allow, (' '.join(sorted(names + ['openat'])), 'EXDEV')),
                ('a list that kills', kill, (' '.join(sorted(names + ['openat'])), 'kill')),
                ('a deny list', deny, None)):
            drop_in.write_bytes(self.emit('systemd', profile))
            verified = run([analyze, 'verify', str(unit)])
            expect(f'{title}: systemd-analyze verify', (verified.returncode, verified.stderr), (0, b''))
            seen = held()
            if wanted:
                expect(f'{title}: what systemd holds', (seen['SystemCallFilter'], seen['SystemCallErrorNumber']), wanted)
            else:
                expect(f'{title}: what systemd holds',
                       sorted(seen['SystemCallFilter'].replace('~', '').split()), ['mkdirat:ENOSYS', 'mount:kill'])
            print('   ', seen)

    def minijail(self):
        profile = self.with_conditions()
        values = [{'op': 'SCMP_CMP_NE', 'value': 3}, {'op': 'SCMP_CMP_LT', 'value': 3}, {'op': 'SCMP_CMP_LE', 'value': 3},
                  {'op': 'SCMP_CMP_GE', 'value': 2**63}, {'op': 'SCMP_CMP_GT', 'value': 2**32},
                  {'op': 'SCMP_CMP_MASKED_EQ', 'value': 0xf0f, 'valueTwo': 0x305},
                  {'op': 'SCMP_CMP_MASKED_EQ', 'value': 0x7e020000, 'valueTwo': 0},
                  {'op': 'SCMP_CMP_MASKED_EQ', 'value': 2**64 - 1, 'valueTwo': 5},
                  {'op': 'SCMP_CMP_MASKED_EQ', 'value': 4, 'valueTwo': 8},
                  {'op': 'SCMP_CMP_MASKED_EQ', 'value': 2**40 + 1, 'valueTwo': 2**40}]
        # Each alone on a name, then pairs of them ANDed, two of which are ORed.
        names = ['ioctl', 'fcntl', 'prctl', 'socket', 'mmap', 'mprotect', 'clone', 'unshare', 'setns', 'bpf', 'ptrace']
        profile['syscalls'][0]['names'] = [name for name in profile['syscalls'][0]['names'] if name not in names]
        for name, value in zip(names, values):
            profile['syscalls'].append({'names': [name], 'action': 'SCMP_ACT_ALLOW', 'args': [{'index': 1, **value}]})
        for left, right in ((0, 5), (4, 6)):
            profile['syscalls'].append({'names': [names[-1]], 'action': 'SCMP_ACT_ALLOW',
                                        'args': [{'index': 1, **values[left]}, {'index': 0, **values[right]}]})
        policy = self.emit('minijail', profile)
        read = read_policy(policy.decode())
        corners = sorted({value + step for each in values for value in (each['value'], each.get('valueTwo', 0))
                          for step in (-1, 0, 1) if 0 <= value + step < 2**64} | {0xb05, 0x30305, 0x7fffffff, 2**64 - 2})
        table = [name for rule in profile['syscalls'] for name in rule['names']]
        compared = 0
        for name in sorted(set(table) | DENIED):
            for first in corners:
                for second in corners if name in names else corners[:1]:
                    args = [first, second, 0, 0, 0, 0]
                    wanted = decide(profile, name, args)
                    got = read[name](args) if name in read else None
                    # What is not listed is killed, whatever the default.
                    if got != wanted and not (got is None and wanted == DEFAULT_ERRNO):
                        sys.exit(f'FAILED: {name} {args}: policy {got}, profile {wanted}')
                    compared += 1
        print(f'ok: policy and profile agree on {compared} calls')
        minijail = shutil.which('minijail0')
        if not minijail:
            print('minijail0 is not installed: judged by the grammar of minijail0(5) alone')
            return
        path = self.folder / 'policy'
        path.write_bytes(self.emit('minijail', self.everything_but_denied('SCMP_ACT_KILL_PROCESS')))
        allowed = run([minijail, '-n', '-S', str(path), '--', '/bin/ls', '/'])
        expect('an allowed call', allowed.returncode, 0)
        denied = run([minijail, '-n', '-S', str(path), '--', '/bin/mkdir', str(self.folder / 'made')])
        expect('a denied call', (denied.returncode != 0, (self.folder / 'made').exists()), (True, False))


def decide(profile, name, args):
    """0 where the profile allows the call, else its errno."""
    holds = {'SCMP_CMP_NE': lambda a, v, w: a != v, 'SCMP_CMP_LT': lambda a, v, w: a < v, 'SCMP_CMP_LE': lambda a, v, w: a <= v,
             'SCMP_CMP_EQ': lambda a, v, w: a == v, 'SCMP_CMP_GE': lambda a, v, w: a >= v, 'SCMP_CMP_GT': lambda a, v, w: a > v,
             'SCMP_CMP_MASKED_EQ': lambda a, v, w: a & v == w}
    for rule in profile['syscalls']:
        if name in rule['names'] and all(holds[arg['op']](args[arg['index']], arg['value'], arg.get('valueTwo', 0))
                                         for arg in rule.get('args', [])):
            return 0 if rule['action'] == 'SCMP_ACT_ALLOW' else rule['errnoRet']
    return profile['defaultErrnoRet']


def read_policy(text):
    """name -> function from arguments to 0, an errno, or None for kill. Source: minijail0(5), the part both compilers take."""
    term = re.compile(r'arg([0-5]) (==|!=|<=|>=|<|>|&|in) (0x[0-9a-f]{1,16})')
    holds = {'==': lambda a, v: a == v, '!=': lambda a, v: a != v, '<': lambda a, v: a < v, '<=': lambda a, v: a <= v,
             '>': lambda a, v: a > v, '>=': lambda a, v: a >= v, '&': lambda a, v: a & v != 0, 'in': lambda a, v: a & ~v == 0}

    def read_term(text):
        matched = term.fullmatch(text)
        if not matched:
            sys.exit(f'FAILED: no term: {text!r}')
        index, op, value = int(matched[1]), matched[2], int(matched[3], 16)
        return lambda args: holds[op](args[index], value)

    def read_filter(text):
        if text == '1':
            return lambda args: 0
        returned = re.fullmatch(r'return (\d+)', text)
        if returned:
            return lambda args: int(returned[1])
        expression, _, rest = text.partition('; ')
        other = re.fullmatch(r'return (\d+)', rest)
        if rest and not other:
            sys.exit(f'FAILED: no filter: {text!r}')
        clauses = [[read_term(each) for each in clause.split(' && ')] for clause in expression.split(' || ')]
        return lambda args: (0 if any(all(each(args) for each in clause) for clause in clauses)
                             else int(other[1]) if other else None)

    policy = {}
    for line in text.splitlines():
        if line.startswith('#'):
            continue
        matched = re.fullmatch(r'([a-zA-Z_]\w*): (.+)', line)
        if not matched or matched[1] in policy:
            sys.exit(f'FAILED: no line of a policy, or a second one of its name: {line!r}')
        policy[matched[1]] = read_filter(matched[2])
    return policy


def main():
    emitter, tables, form = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        try:
            getattr(Judge(emitter, tables, folder), form)()
        except Skip as reason:
            print(f'skipped: {reason}')
            return 77
    return 0


if __name__ == '__main__':
    sys.exit(main())
