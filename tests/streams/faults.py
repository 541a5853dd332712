#!/usr/bin/env python3
"""What must not happen to a profile: a writer who is killed, a full disk, a directory that may not be written.

usage: faults.py SCGEN

Full and read-only file systems are mounted in namespaces of their own; where that is not allowed, those are skipped.
Speaks TAP.
"""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

from harness import PATIENCE, Running, Skip, record, report_in_folders, require, until

SCGEN = str(Path(sys.argv[1]).resolve())
OLD = '{"old": "profile"}\n'


def killed_at_any_moment(place):
    """The old profile or the new one, never a piece, and nothing else."""
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    out = place / 'out.json'
    # How long it takes to the first write is this machine's affair.
    begin = time.monotonic()
    with Running([SCGEN, '--group-by', 'all', '-q', '-o', 'out.json'], place) as scgen:
        scgen.feed(record(0))
        until(out.exists, 'the first write')
    reach = 1.5 * (time.monotonic() - begin)
    out.write_text(OLD)
    seen = {OLD}
    rewritten = 0
    for round_number in range(60):
        with Running([SCGEN, '--group-by', 'all', '-q', '-o', 'out.json'], place) as scgen:
            scgen.feed(''.join(record(nr) for nr in range(round_number % 13 + 1)))
            # From before the first write to after it.
            time.sleep(chance.uniform(0, reach))
            scgen.process.kill()
            scgen.process.wait()
        text = out.read_text()
        rewritten += text not in seen
        seen.add(text)
        try:
            document = json.loads(text)
        except ValueError:
            require(False, f'seed {seed}, round {round_number}: a piece: {text!r}')
        require(text == OLD or document['syscalls'], f'seed {seed}, round {round_number}: {text!r}')
        # Where a file cannot be without a name, a temporary one may stay; it must never be taken for a profile.
        extra = [name for name in os.listdir(place) if name != 'out.json']
        require(all(name.startswith('.out.json.') for name in extra), f'{extra}')
    require(rewritten > 0, f'seed {seed}: never killed after a write; the test tests nothing')


def in_namespace(script, place):
    """Runs a script where it may mount; `mnt` is a folder to mount on."""
    (place / 'mnt').mkdir()
    words = ['unshare', '--mount', *([] if os.geteuid() == 0 else ['--map-root-user']), 'bash', '-c']
    if subprocess.run([*words, 'mount -t tmpfs none mnt'], cwd=place, capture_output=True).returncode != 0:
        raise Skip('no mount namespace may be made here')
    done = subprocess.run([*words, script], cwd=place, capture_output=True, text=True, timeout=PATIENCE,
                          env=dict(os.environ, SCGEN=SCGEN, LC_ALL='C.UTF-8'))
    return done.returncode, done.stdout, done.stderr


# Two pages hold the old profile and its directory's growth; all other room is taken.
FULL = '''
mount -t tmpfs -o size=64k none mnt && cp old.json mnt/out.json && dd if=/dev/zero of=mnt/filler bs=4k status=none
'''


def a_full_disk(place):
    (place / 'old.json').write_text(OLD)
    (place / 'log').write_text(record(0))
    status, out, err = in_namespace(FULL + '''
"$SCGEN" --group-by all -o mnt/out.json log; echo "exit $?"; cat mnt/out.json; ls -A mnt''', place)
    require(out == f'exit 2\n{OLD}filler\nout.json\n', f'{status} {out} {err}')
    require('No space left on device' in err, err)


def a_full_disk_in_a_directory_of_profiles(place):
    (place / 'log').write_text(record(0))
    status, out, err = in_namespace(FULL.replace('cp old.json mnt/out.json', 'mkdir mnt/profiles') + '''
"$SCGEN" -O mnt/profiles log; echo "exit $?"; ls -A mnt/profiles''', place)
    require(out == 'exit 2\n', f'{status} {out} {err}')
    require('No space left on device' in err, err)


def a_disk_that_is_full_for_a_while(place):
    """A stream goes on, says it once, and writes when there is room again."""
    (place / 'old.json').write_text(OLD)
    os.mkfifo(place / 'log')
    (place / 'records').write_text(record(0) + record(1))
    status, out, err = in_namespace(FULL + '''
"$SCGEN" --group-by all -o mnt/out.json log 2>err & pid=$!
exec 3>log
head -n 1 records >&3
for i in $(seq 600); do grep -q 'No space' err && break; sleep 0.1; done
cmp old.json mnt/out.json && echo intact
rm mnt/filler
tail -n 1 records >&3
exec 3>&-
wait $pid; echo "exit $?"
grep -c 'No space' err
cat mnt/out.json''', place)
    require(out.startswith('intact\nexit 0\n1\n{') and '"write"' in out, f'{status} {out} {err}')


def a_read_only_directory(place):
    (place / 'log').write_text(record(0))
    status, out, err = in_namespace('''
mount -t tmpfs none mnt && echo old > mnt/out.json && mount -o remount,ro mnt
"$SCGEN" --group-by all -o mnt/out.json log; echo "exit $?"; "$SCGEN" -O mnt/new log; echo "exit $?"; cat mnt/out.json
''', place)
    require(out == 'exit 2\nexit 2\nold\n', f'{status} {out} {err}')
    require(err.count('Read-only file system') == 2, err)


def a_directory_that_goes_away(place):
    """Nothing is written elsewhere, and the exit status says so."""
    (place / 'there').mkdir()
    with Running([SCGEN, '--group-by', 'all', '-o', 'there/out.json'], place) as scgen:
        scgen.feed(record(0))
        until((place / 'there/out.json').exists, 'the file')
        (place / 'there/out.json').unlink()
        (place / 'there').rmdir()
        scgen.feed(record(1))
        scgen.process.stdin.close()
        scgen.ends(2)
        require(any('there/out.json: open there: No such file' in line for line in scgen.lines), f'{scgen.lines}')


if __name__ == '__main__':
    sys.exit(report_in_folders([
        killed_at_any_moment,
        a_full_disk,
        a_full_disk_in_a_directory_of_profiles,
        a_disk_that_is_full_for_a_while,
        a_read_only_directory,
        a_directory_that_goes_away,
    ]))
