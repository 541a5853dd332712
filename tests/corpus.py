#!/usr/bin/env python3
"""What was captured is what comes out: logs with ground truth, in every carrier.

usage: corpus.py SCGEN ROOT

The truth files were made without scgen, from a complete capture checked against strace. Speaks TAP.
"""

import collections
import concurrent.futures
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

SCMP = {'x86_64': 'SCMP_ARCH_X86_64', 'i386': 'SCMP_ARCH_X86', 'x32': 'SCMP_ARCH_X32'}
ABI = {'i386': 'x86'}

# Formats that hold no system calls: exit 2, and a message that names a form which does.
UNUSABLE = {'ausearch-text.log', 'ausearch-csv.log'}
# Another workload; only what it must hold is known.
OTHER_RUNS = {'auditd-with-rules.log'}
# rsyslog logged its own start as well.
RSYSLOG = {'rsyslog-default.log', 'rsyslog-protocol23.log', 'rsyslog-traditional.log'}
RSYSLOG_EXTRA = 2
# One run in several carriers. netlink-multicast is the same run, too.
SAME_RUN = ['dmesg.log', 'dmesg-J.json', 'dmesg-T.log', 'dmesg-x.log', 'kmsg.log', 'journal-audit-cat.log', 'journal-audit-export.log',
            'journal-audit-json.log', 'journal-audit-short.log', 'journal-audit-verbose.log', 'journal-kernel-json.log',
            'journal-kernel-short.log']
RSYSLOG_RUN = sorted(RSYSLOG)
# The same run, every event from two transports.
DOUBLE = 'journal-all-short.log'
# Numbers that had no name when the truth was written, and have one in newer kernels' tables.
NAMED_SINCE = {'listns'}
FIELDS = ('pid', 'comm', 'exe', 'arch', 'nr', 'action')
# Which carriers show whether a record is missing; of the others, why they do not.
COMPLETE = {'auditd-enriched.log', 'auditd-raw.log', 'auditd-with-rules.log', 'journal-audit-export.log', 'journal-audit-json.log',
            'journal-audit-verbose.log', 'laurel.log', 'netlink-multicast.log'}
DOUBTS = {'ausearch-i.log': {'no_serial'}, 'ausearch-raw.log': {'filtered'}, 'journal-all-short.log': {'printk', 'no_serial'},
          'journal-audit-cat.log': {'no_serial'}, 'journal-audit-short.log': {'no_serial'}}
# What each log with holes says was lost, by kind; None where it does not say how much.
LOSSES = {'printk-ratelimit-default.dmesg.log': {'printk_limit': 3092}, 'rate-limit.dmesg.log': {'printk_limit': 7397},
          'backlog-overflow.dmesg.log': {'printk_limit': 7484, 'audit_lost': 2, 'audit_backlog': None}}


class Corpus:
    def __init__(self, scgen, data):
        self.scgen, self.data = scgen, data

    def call(self, *arguments):
        return subprocess.run([self.scgen, *map(str, arguments)], capture_output=True, timeout=120, cwd=self.data,
                              env={'LC_ALL': 'C.UTF-8', 'TZ': 'UTC'})

    def profile(self, path):
        """The bytes of a profile of exactly what was seen, and what is wrong with the call."""
        done = self.call('--group-by', 'all', '--closure', 'none', path)
        if done.returncode != 0:
            return b'', [f'{path}: exit code {done.returncode}', *lines(done.stderr)]
        return done.stdout, []

    def records(self, path):
        """How often each record was decoded."""
        done = self.call('decode', '--format', 'json', path)
        records = (json.loads(line) for line in done.stdout.splitlines())
        return collections.Counter(tuple(record[field] for field in FIELDS) for record in records)

    def completeness(self, path):
        """What a profile's evidence says of what was lost."""
        with tempfile.TemporaryDirectory(prefix='corpus-') as place:
            evidence = Path(place, 'evidence.json')
            done = self.call('--group-by', 'all', '--evidence', evidence, path)
            if done.returncode != 0:
                raise ValueError(f'exit code {done.returncode}')
            return json.loads(evidence.read_text())['input']['completeness']

    def listed(self, path):
        done = self.call('list', '--format', 'json', '--group-by', 'all', path)
        return json.loads(done.stdout)


def lines(data):
    return data.decode('utf-8', 'backslashreplace').splitlines()[-20:]


def read_truth(path):
    """(ABI, name) pairs, without the numbers that have no name."""
    return {(abi, name) for abi, name in (line.split() for line in path.read_text().splitlines())
            if not name.startswith('#')}


def compare_sets(title, actual, expected):
    found = []
    if expected - actual:
        found.append(f'{title}: lacks {sorted(expected - actual)}')
    if actual - expected:
        found.append(f'{title}: has {sorted(actual - expected)} too much')
    return found


def names_of(profile):
    return {name for rule in json.loads(profile)['syscalls'] for name in rule['names']}


def judge_truth(corpus, path, truth, extra=0):
    """A profile against a truth; `extra` names may be in it that the truth lacks."""
    profile, found = corpus.profile(path)
    if found:
        return found
    names, expected = names_of(profile), {name for _, name in truth}
    if extra and len(names - expected) <= extra:
        names &= expected
    archs = set(json.loads(profile)['architectures'])
    return compare_sets('names', names, expected) + compare_sets('architectures', archs, {SCMP[abi] for abi, _ in truth})


def judge_abis(corpus, path, truth):
    """The calls of each ABI apart, for a profile joins them."""
    listed = corpus.listed(path)
    if len(listed) != 1:
        return [f'{len(listed)} workloads in list --group-by all']
    actual = {(arch, name) for arch, names in listed[0]['syscalls'].items() for name in names}
    expected = {(ABI.get(abi, abi), name) for abi, name in truth}
    return compare_sets('list', actual, expected)


def judge_format(corpus, path):
    truth = read_truth(corpus.data / 'formats/truth.txt')
    if path.name in UNUSABLE:
        done = corpus.call('--group-by', 'all', path)
        found = [] if done.returncode == 2 else [f'exit code {done.returncode}; 2 was expected']
        if b'ausearch' not in done.stderr or b'raw' not in done.stderr:
            found += ['the message names no way out:', *lines(done.stderr)]
        return found + (['something was printed'] if done.stdout else [])
    if path.name in OTHER_RUNS:
        profile, found = corpus.profile(path)
        return found or ([] if b'execve' in profile and b'write' in profile else ['neither execve nor write'])
    if path.name in RSYSLOG:
        return judge_truth(corpus, path, truth, RSYSLOG_EXTRA)
    found = judge_truth(corpus, path, truth) + judge_abis(corpus, path, truth)
    reference, _ = corpus.profile('formats/netlink-multicast.log')
    profile, _ = corpus.profile(path)
    return found + ([] if profile == reference else ['the profile differs from that of netlink-multicast.log'])


def judge_run(corpus, names):
    """All carriers of one run hold the same records."""
    reference, found = corpus.records(f'formats/{names[0]}'), []
    if not reference:
        found.append(f'{names[0]}: no records')
    for name in names[1:]:
        actual = corpus.records(f'formats/{name}')
        for record, number in sorted((actual - reference).items(), key=repr)[:3]:
            found.append(f'{name}: {number} more than {names[0]}: {record}')
        for record, number in sorted((reference - actual).items(), key=repr)[:3]:
            found.append(f'{name}: {number} fewer than {names[0]}: {record}')
    return found


def judge_double(corpus):
    double = sum(workload['records'] for workload in corpus.listed(f'formats/{DOUBLE}'))
    single = sum(workload['records'] for workload in corpus.listed('formats/journal-audit-short.log'))
    return [] if double == single else [f'{double} records; each is there twice, so {single} were expected']


def judge_holes(corpus, path, truth):
    """A log with holes: nothing that is not true, and not nothing."""
    profile, found = corpus.profile(path)
    if found:
        return found
    names = names_of(profile)
    wrong = names - {name for _, name in truth}
    return ([f'never called: {sorted(wrong)}'] if wrong else []) + ([] if names else ['no names'])


def judge_verdict(corpus, path):
    """Whether a whole recording is called complete, or the carrier's weakness named."""
    verdict = corpus.completeness(path)
    doubts = {doubt['kind'] for doubt in verdict['doubts']}
    expected = set() if path.name in COMPLETE else DOUBTS.get(path.name, {'printk'})
    state = 'unproven' if expected else 'complete'
    return ([] if verdict['state'] == state else [f'{verdict["state"]}; {state} was expected']) + \
        ([] if doubts == expected else [f'doubts {doubts}; {expected} were expected']) + \
        ([f'{verdict["lost"]} lost, of a whole recording'] if verdict['lost'] or verdict['losses'] else [])


def judge_loss(corpus, path):
    verdict = corpus.completeness(path)
    losses = {loss['kind']: loss['count'] for loss in verdict['losses']}
    found = [] if losses == LOSSES[path.name] else [f'losses {losses}; {LOSSES[path.name]} were expected']
    if verdict['state'] != 'incomplete' or verdict['lost'] != sum(filter(None, losses.values())):
        found.append(f'{verdict["state"]}, {verdict["lost"]} lost')
    return found


def judge_printk(corpus, path):
    """A log of the kernel's ring that lacks most of its records."""
    verdict = corpus.completeness(path)
    return ['it is called complete'] if verdict['state'] == 'complete' or not verdict['doubts'] else []


def judge_suppressed(corpus, path):
    """What the kernel says that it left out is what is missing by the serials."""
    serials = [int(serial) for serial in re.findall(r'audit\(\d+\.\d+:(\d+)\)', path.read_text())]
    missing = serials[-1] - serials[0] + 1 - len(serials)
    lost = corpus.completeness(path)['lost']
    return [] if lost == missing else [f'{lost} lost; {missing} serials are missing']


def judge_abi_file(corpus, path):
    truth = read_truth(corpus.data / 'abi/abi.truth.txt')
    done = corpus.call('--group-by', 'all', '--closure', 'none', path)
    found = compare_sets('names', names_of(done.stdout) - NAMED_SINCE, {name for _, name in truth}) if done.stdout else lines(done.stderr)
    for number in ('5000', '9999'):
        if number.encode() not in done.stderr:
            found.append(f'the number {number}, which no table names, is not reported as lost')
    return found


def judge_container(corpus, label, truth):
    """Everything of one container, of six at once, and nothing of the others."""
    done = corpus.call('--container', label, '--closure', 'none', '--containers', 'multi/snapshot.json', 'multi/node.log')
    if done.returncode != 0:
        return [f'exit code {done.returncode}', *lines(done.stderr)]
    return compare_sets('names', names_of(done.stdout), {name for _, name in truth})


def judge_first_processes(corpus, snapshot, whole, open_pids):
    """Snapshots that know first processes place what the log shows, and no process where it is not."""
    done = corpus.call('list', '--format', 'json', '--containers', f'multi/{snapshot}', 'multi/node.log')
    pids = {workload['workload']: set(workload['pids']) for workload in json.loads(done.stdout)}
    truth = {f'{known["namespace"]}/{known["pod"]}/{known["container"]}': set(known['pids'])
             for known in json.loads((corpus.data / 'multi/snapshot.json').read_text())['containers']}
    found = compare_sets('whole', {label for label in truth if pids.get(label) == truth[label]}, whole)
    for label, placed in pids.items():
        found += [f'{label}: has {sorted(placed - truth[label])} of others'] if placed - truth[label] else []
    if f'of {open_pids} processes '.encode() not in done.stderr:
        found += [f'{open_pids} processes are not said to be left out:', *lines(done.stderr)]
    return found


def cases(corpus):
    data = corpus.data
    for path in sorted((data / 'formats').iterdir()):
        if path.name != 'truth.txt':
            yield f'formats/{path.name}', judge_format, (corpus, path)
    for path in sorted((data / 'formats').iterdir()):
        if path.name != 'truth.txt' and path.name not in UNUSABLE:
            yield f'formats/{path.name}: verdict', judge_verdict, (corpus, path)
    for name in LOSSES:
        yield f'loss/{name}', judge_loss, (corpus, data / 'loss' / name)
    yield 'loss: the count of the kernel', judge_suppressed, (corpus, data / 'loss/printk-ratelimit-default.dmesg.log')
    for path in sorted((data / 'multi').glob('*.truth.txt')):
        label = path.name.removesuffix('.truth.txt').replace('.', '/')
        yield f'multi: {label}', judge_container, (corpus, label, read_truth(path))
    running = {'blog/blog-web-5c6b7-fghij/web', 'shop/shop-web-7d9f8-abcde/web', 'shop/shop-redis-0/cache'}
    yield 'multi: first processes of runc list', judge_first_processes, (corpus, 'runc-list.json', running, 20)
    yield 'multi: first processes of crictl inspect', judge_first_processes, (
        corpus, 'crictl-inspect.json', running | {'batch/nightly-1/job'}, 4)
    yield 'one run: dmesg, kmsg and journal hold the same records', judge_run, (corpus, SAME_RUN)
    yield 'one run: the rsyslog forms hold the same records', judge_run, (corpus, RSYSLOG_RUN)
    yield 'an event from two transports counts once', judge_double, (corpus,)
    for path in sorted((data / 'workloads').glob('*.log')):
        truth = read_truth(data / 'workloads' / (path.name.split('.')[0] + '.truth.txt'))
        judge = judge_holes if path.name.endswith('.dmesg.log') else judge_truth
        yield f'workloads/{path.name}', judge, (corpus, path, truth)
        if path.name.endswith('.dmesg.log'):
            yield f'workloads/{path.name}: verdict', judge_printk, (corpus, path)
    for path in sorted((data / 'oci').glob('*.log')):
        yield f'oci/{path.name}', judge_truth, (corpus, path, read_truth(path.with_suffix('.truth.txt')))
    names = read_truth(data / 'names/names.truth.txt')
    for path in sorted((data / 'names').glob('*.log')):
        yield f'names/{path.name}', judge_holes, (corpus, path, names)
    yield 'names/names.log holds all', judge_truth, (corpus, data / 'names/names.log', names)
    for path in sorted((data / 'abi').glob('*.log')):
        yield f'abi/{path.name}', judge_abi_file, (corpus, path)


def attempt(case):
    title, judge, arguments = case
    try:
        return title, judge(*arguments)
    except (subprocess.TimeoutExpired, ValueError, KeyError, TypeError) as error:
        return title, [f'{type(error).__name__}: {error}']


def main():
    corpus = Corpus(str(Path(sys.argv[1]).resolve()), Path(sys.argv[2]).resolve() / 'tests/data')
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        results = list(pool.map(attempt, cases(corpus)))
    print(f'1..{len(results)}')
    for number, (title, found) in enumerate(results, 1):
        print(f'{"not ok" if found else "ok"} {number} - {title}')
        for line in found:
            print(f'# {line}')
    return 1 if any(found for _, found in results) else 0


if __name__ == '__main__':
    sys.exit(main())
