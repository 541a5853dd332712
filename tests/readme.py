#!/usr/bin/env python3
"""Runs every command of the README.

usage: readme.py SCGEN ROOT

Each line of each ```sh block runs in a folder with the samples, with scgen on PATH. What would need a live system is
replaced as SUBSTITUTIONS says; a command whose program is not in PROGRAMS fails, so that no example goes untested.
`./dev demo` and `./dev test` cannot run inside a test: `./dev help` must list them. Speaks TAP.
"""

import gzip
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

# What a README shows, and what stands for it here.
SUBSTITUTIONS = [
    # No container runs here; a node's files stand for them.
    ('scgen containers > containers.json', 'scgen containers --root node > node.json'),
    ('scgen containers --follow -o containers.json', 'scgen containers --follow --for 10ms -o node.json --root node'),
    ('tail -f /var/log/syslog', 'cat log/syslog'),          # ends, so that the stream does
    # The kernel and the journal here know nothing of the workload; a log stands for them.
    ('--live --comm http-echo -o http-echo.json', '--comm http-echo -o http-echo.json log/syslog'),
    ('--live --group-by container -O profiles/', '-O live/ log/syslog'),
    ("--live --pod 'shop/*' --group-by container -O profiles/", '-O live/ log/syslog'),
    ('--live --comm http-echo --idle 10m', '--comm http-echo log/syslog'),
    ('scgen record -o ls.json -- ls -l /', 'scgen --comm http-echo -o ls.json log/syslog'),
    ('scgen run --profile ls.json -- ls -l /', 'scgen validate http-echo.json'),
    ('--journal --comm', 'log/syslog --comm'),
    ('scgen -f', 'scgen --idle 300ms -f'),                  # ends
    ('/var/log/syslog', 'log/syslog'),
    ('/var/log/audit/audit.log', 'log/audit.log'),
    ('journalctl -o json _TRANSPORT=audit', 'cat log/journal.json'),
    ('dmesg |', 'cat log/dmesg |'),
]
FILES = {
    'log/syslog': 'samples/tutorial-syslog-http-echo.log',
    'log/syslog.1': 'samples/tutorial-syslog-http-echo.log',
    'log/syslog.2.gz': 'samples/tutorial-syslog-http-echo.log',
    'log/audit.log': 'samples/vm-audit-http-echo.log',
    'log/journal.json': 'tests/data/formats/journal-audit-json.log',
    'log/dmesg': 'samples/vm-dmesg-busybox.log',
    'containers.json': 'tests/data/constructed/containers.json',
    'node/proc/10/cgroup': 'tests/golden/containers-of-node/node/proc/10/cgroup',
    # What earlier commands of the README have written.
    'http-echo.json': 'samples/tutorial-syslog-http-echo.json',
    'nginx.json': 'samples/vm-audit-nginx.json',
}
PROGRAMS = {'scgen', 'tail', 'dmesg', 'journalctl'}
# A diff of two profiles that differ ends with 1; 0 is wanted everywhere else.
ANSWER_NO = ('scgen diff',)
DEV = {'./dev demo', './dev test', './dev help'}


def commands(text):
    for block in re.findall(r'^```sh\n(.*?)^```', text, re.M | re.S):
        for line in block.replace('\\\n', ' ').splitlines():
            if line.strip() and not line.lstrip().startswith('#'):
                yield line.strip()


def run_dev(command, root):
    dev = root / 'dev'
    if not os.access(dev, os.X_OK):
        return ['dev is not executable']
    helped = subprocess.run([dev, 'help'], capture_output=True, text=True)
    word = command.split()[1]
    if helped.returncode != 0 or not re.search(rf'^ +{word}\b', helped.stdout, re.M):
        return [f'./dev help does not list {word}']
    return []


def written(command):
    """The files that a command promises to write: shell redirections and -o; a folder for -O."""
    return re.findall(r'(?:> *|-[oO] +)([\w./-]+)', command)


def run(command, scgen, root):
    if command in DEV:
        return run_dev(command, root)
    if command.split()[0] not in PROGRAMS or 'scgen' not in command:
        return ['this test does not know how to run it; teach it']
    text = command
    for shown, used in SUBSTITUTIONS:
        text = text.replace(shown, used)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / 'bin').mkdir()
        (place / 'bin/scgen').symlink_to(scgen)
        (place / 'log').mkdir()
        shutil.copytree(root / 'samples', place / 'samples')
        for name, source in FILES.items():
            log = (root / source).read_bytes()
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            (place / name).write_bytes(gzip.compress(log) if name.endswith('.gz') else log)
        environment = dict(os.environ, PATH=f'{place}/bin:/usr/bin:/bin', LC_ALL='C.UTF-8', TZ='UTC')
        done = subprocess.run(['bash', '-o', 'pipefail', '-c', text], cwd=place, env=environment, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        found = []
        if done.returncode != (1 if command.startswith(ANSWER_NO) else 0):
            found = [f'as: {text}', f'exit code {done.returncode}', *done.stderr.splitlines()[-20:]]
        for name in written(text):
            path = place / name
            if not path.exists() or (path.is_dir() and not any(path.iterdir())) or (path.is_file() and not path.stat().st_size):
                found.append(f'{name} was not written')
        if not written(text) and not done.stdout and not done.stderr:
            found.append('nothing was printed')
    return found


def main():
    scgen, root = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    listed = list(commands((root / 'README.md').read_text()))
    results = [(command, run(command, scgen, root)) for command in listed]
    results.append(('the README has ./dev demo and ./dev test',
                    [f'{command} is missing' for command in ('./dev demo', './dev test') if command not in listed]))
    print(f'1..{len(results)}')
    for number, (title, found) in enumerate(results, 1):
        print(f'{"not ok" if found else "ok"} {number} - {title.replace("#", "")}')
        for line in found:
            print(f'# {line}')
    return 1 if any(found for _, found in results) else 0


if __name__ == '__main__':
    sys.exit(main())
