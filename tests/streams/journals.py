#!/usr/bin/env python3
"""The systemd journal, read from real journal files that systemd-journal-remote makes.

usage: journals.py SCGEN ROOT

What the exported entries say and what the journal made of them says must be the same. Speaks TAP.
"""

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from harness import NAMES, PATIENCE, Running, Skip, record, report_in_folders, require

SCGEN = str(Path(sys.argv[1]).resolve())
DATA = Path(sys.argv[2]).resolve() / 'tests/data'
MAKERS = [Path(folder) / 'systemd-journal-remote' for folder in ('/usr/lib/systemd', '/lib/systemd')]
BOOT = '00c4bc5d599e47379954b16221373399'


def make(journal, exported):
    """Adds entries to a journal file."""
    maker = next((str(path) for path in MAKERS if path.exists()), None)
    if maker is None:
        raise Skip('systemd-journal-remote is not installed')
    journal.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([maker, '-o', str(journal), '-'], input=exported, check=True, capture_output=True, timeout=PATIENCE)


def entry(number, **fields):
    """An entry in export format, `number` milliseconds after a fixed moment."""
    stamp = 1795462945355000 + number * 1000
    head = {'__CURSOR': f's={BOOT};i={number + 1:x};b={BOOT};m={number + 1:x};t={stamp:x};x={number:x}',
            '__REALTIME_TIMESTAMP': stamp, '__MONOTONIC_TIMESTAMP': number + 1, '_BOOT_ID': BOOT, '_HOSTNAME': 'vm'}
    return ''.join(f'{key}={value}\n' for key, value in {**head, **fields}.items()).encode() + b'\n'


def body(nr):
    return record(nr).split('): ')[1].rstrip('\n')


def by_audit(number, nr, **fields):
    return entry(number, **{'_TRANSPORT': 'audit', '_AUDIT_TYPE': 1326, '_AUDIT_TYPE_NAME': 'SECCOMP', '_AUDIT_ID': nr + 1,
                            '_SOURCE_REALTIME_TIMESTAMP': 1795462945355000, 'SYSLOG_IDENTIFIER': 'audit',
                            'MESSAGE': f'SECCOMP {body(nr)}', **fields})


def by_kernel(number, nr, **fields):
    return entry(number, **{'_TRANSPORT': 'kernel', 'SYSLOG_FACILITY': 0, 'SYSLOG_IDENTIFIER': 'kernel', 'PRIORITY': 5,
                            'MESSAGE': f'audit: type=1326 audit(1795462945.355:{nr + 1}): {body(nr)}', **fields})


def scgen(words, cwd, status=0):
    with Running([SCGEN, *words], cwd, stdin=subprocess.DEVNULL) as running:
        out = running.ends(status)
    return out, running.lines


def a_journal_says_what_its_export_says(place):
    for name in ('formats/journal-audit-export.log', 'names/names.journal-audit-export.log'):
        exported = DATA / name
        make(place / 'saved/one.journal', exported.read_bytes())
        for journal in ('saved', 'saved/one.journal'):
            ours, _ = scgen(['decode', '--format', 'json', f'--journal={journal}'], place)
            theirs, _ = scgen(['decode', '--format', 'json', str(exported)], place)
            require(ours == theirs and ours.count('\n') > 50, f'{name}: differs, read from {journal}')
        shutil.rmtree(place / 'saved')


def the_kernel_transport_is_the_ring(place):
    exported = DATA / 'formats/journal-kernel-json.log'
    fields = ('__CURSOR', '__REALTIME_TIMESTAMP', '__MONOTONIC_TIMESTAMP', '_BOOT_ID', '_HOSTNAME', '_TRANSPORT',
              'SYSLOG_FACILITY', 'SYSLOG_IDENTIFIER', 'PRIORITY', 'MESSAGE')
    entries = b''
    for line in exported.read_text().splitlines():
        read = json.loads(line)
        entries += b''.join(f'{key}={read[key]}\n'.encode() for key in fields if key in read) + b'\n'
    make(place / 'one.journal', entries)
    ours, lines = scgen(['decode', '--journal=one.journal'], place)
    theirs, _ = scgen(['decode', str(exported)], place)
    require(ours == theirs and ours.count('\n') > 50, 'differs')
    require(any("records from the kernel's own ring" in line or 'ring' in line for line in lines), f'{lines}')


def both_copies_of_an_event_count_once(place):
    make(place / 'one.journal', by_audit(0, 0) + by_kernel(1, 0) + by_audit(2, 1) + by_kernel(3, 2))
    out, lines = scgen(['--group-by', 'all', '--journal=.'], place)
    require(all(f'"{name}"' in out for name in NAMES[:3]), out)
    require(any(line.startswith('4 lines: 4 records') for line in lines), f'{lines}')
    require(any('1 record: a second copy' in line for line in lines), f'{lines}')


def what_programs_wrote_is_not_even_read(place):
    forged = {'MESSAGE': f'audit: type=1326 audit(1795462945.355:9): {body(3)}', 'SYSLOG_IDENTIFIER': 'kernel'}
    make(place / 'one.journal', by_audit(0, 0) + entry(1, _TRANSPORT='syslog', **forged) +
         entry(2, _TRANSPORT='journal', **forged) + entry(3, _TRANSPORT='stdout', **forged) +
         by_kernel(4, 4, SYSLOG_FACILITY=1, SYSLOG_IDENTIFIER='evil') +
         entry(5, _TRANSPORT='journal', MESSAGE_ID='e9bf28e6e834481bb6f48f548ad13606', MESSAGE='Missed 99 kernel messages'))
    out, lines = scgen(['--group-by', 'all', '--journal=one.journal'], place)
    require('"read"' in out and '"close"' not in out and '"stat"' not in out, out)
    require(any(line.startswith('2 lines: 1 record, 1 refused') for line in lines), f'{lines}')


def every_type_comes_and_what_journald_missed(place):
    make(place / 'one.journal', by_audit(0, 0) +
         by_audit(1, 1, _AUDIT_TYPE=1300, _AUDIT_TYPE_NAME='SYSCALL', MESSAGE='SYSCALL arch=c000003e syscall=59') +
         entry(2, _TRANSPORT='driver', MESSAGE_ID='e9bf28e6e834481bb6f48f548ad13606', MESSAGE='Missed 3 kernel messages') +
         entry(3, _TRANSPORT='driver', MESSAGE='Journal started'))
    _, lines = scgen(['--group-by', 'all', '--journal=one.journal'], place)
    require(any(line.startswith('3 lines: 1 record, 2 other') for line in lines), f'{lines}')


def a_followed_journal_goes_on(place):
    make(place / 'saved/one.journal', by_audit(0, 0))
    (place / 'log').write_text(record(5))
    with Running([SCGEN, '--group-by', 'all', '-f', '--journal=saved', 'log', '-o', 'out.json'], place,
                 stdin=subprocess.DEVNULL) as running:
        running.says(f'new: {NAMES[0]} ')
        running.says(f'new: {NAMES[5]} ')
        make(place / 'saved/one.journal', by_audit(10, 1))
        running.says(f'new: {NAMES[1]} ')
        make(place / 'saved/two.journal', by_kernel(20, 2))
        running.says(f'new: {NAMES[2]} ')
        running.send(signal.SIGINT)
        running.ends(0)


def bytes_that_are_no_text_stay_what_they_are(place):
    message = f'SECCOMP {body(0)}'.replace(' pid=', ' subj=caf\xe9"\t pid=').encode('latin-1')
    binary = b'MESSAGE\n' + len(message).to_bytes(8, 'little') + message + b'\n'
    exported = by_audit(0, 0).replace(f'MESSAGE=SECCOMP {body(0)}\n'.encode(), binary)
    (place / 'exported').write_bytes(exported)
    make(place / 'one.journal', exported)
    ours, _ = scgen(['decode', '--format', 'json', '--journal=one.journal'], place)
    theirs, _ = scgen(['decode', '--format', 'json', 'exported'], place)
    require(ours == theirs and 'caf\ufffd' in ours, f'{ours} {theirs}')


def a_damaged_journal_is_told(place):
    make(place / 'one.journal', b''.join(by_audit(nr, nr) for nr in range(10)))
    whole = (place / 'one.journal').read_bytes()
    (place / 'cut.journal').write_bytes(whole[:100])
    _, lines = scgen(['--group-by', 'all', '--journal=cut.journal'], place, 2)
    require(any('cut.journal' in line for line in lines), f'{lines}')
    _, lines = scgen(['--group-by', 'all', '--journal=/nonexistent'], place, 2)
    require(any('/nonexistent: open: No such file' in line for line in lines), f'{lines}')


if __name__ == '__main__':
    sys.exit(report_in_folders([
        a_journal_says_what_its_export_says,
        the_kernel_transport_is_the_ring,
        both_copies_of_an_event_count_once,
        what_programs_wrote_is_not_even_read,
        every_type_comes_and_what_journald_missed,
        a_followed_journal_goes_on,
        bytes_that_are_no_text_stay_what_they_are,
        a_damaged_journal_is_told,
    ]))
