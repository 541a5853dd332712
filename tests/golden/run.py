#!/usr/bin/env python3
"""Runs every golden case: a call of scgen, and all that it must print and write.

usage: run.py SCGEN [--version VERSION] [--jobs N] [CASE...]

A case is a folder beside this file:

    cmd       one line: the exit code, then the call: `1 {scgen} --comm nginx < node.log`. Words are quoted as in a shell,
              but there is no shell: `< FILE` is standard input (else empty), and nothing else is special.
    stdout, stderr   what must come out; a missing file means nothing must.
    files/    every file that must be new or changed afterwards; a missing folder means none may.
    *         input; a link into samples/ or tests/data/ does as well as a copy.

The call runs in a copy of the folder with an empty environment (LC_ALL=C.UTF-8, TZ=UTC). `{version}` stands for the
version in expected text. SCGEN_ACCEPT=1 writes what came as what is expected; a case that changed so is *skipped*, and
the exit code is 77. Speaks TAP.
"""

import argparse
import concurrent.futures
import difflib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXPECTATIONS = {'cmd', 'stdout', 'stderr', 'files'}
SECONDS = 60
DIFF_LINES = 200


def read_tree(folder):
    """Every file below `folder`: relative name -> bytes; a link that was made is named as one."""
    tree = {}
    for path in sorted(folder.rglob('*')):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            tree[name] = b'link to ' + os.fsencode(os.readlink(path)) + b'\n'
        elif path.is_file():
            tree[name] = path.read_bytes()
    return tree


def split_command(text):
    """The exit code, the words, and the file for standard input or None."""
    words = shlex.split(text)
    if len(words) < 2:
        raise ValueError('an exit code and a call are wanted')
    status = int(words.pop(0))
    source = None
    if '<' in words:
        at = words.index('<')
        if at + 2 != len(words):
            raise ValueError('one file name must follow <, at the end')
        source = words[-1]
        words = words[:at]
    return status, words, source


def run(case, scgen):
    """Exit code wanted, exit code, stdout, stderr and the files that are new or changed."""
    status, words, source = split_command((case / 'cmd').read_text())
    words = [word.replace('{scgen}', scgen) for word in words]
    with tempfile.TemporaryDirectory(prefix='golden-') as place:
        place = Path(place, case.name)
        shutil.copytree(case, place, ignore=lambda folder, names: EXPECTATIONS & set(names) if Path(folder) == case else ())
        before = read_tree(place)
        environment = {'LC_ALL': 'C.UTF-8', 'TZ': 'UTC'}
        environment.update({key: os.environ[key] for key in ('ASAN_OPTIONS', 'UBSAN_OPTIONS') if key in os.environ})
        with open(place / source if source else os.devnull, 'rb') as stdin:
            done = subprocess.run(words, cwd=place, stdin=stdin, capture_output=True, env=environment, timeout=SECONDS)
        after = read_tree(place)
    files = {name: data for name, data in after.items() if before.get(name) != data}
    for name in before.keys() - after.keys():
        files[name] = b'removed\n'
    return status, done.returncode, done.stdout, done.stderr, files


def difference(name, expected, actual):
    if expected == actual:
        return []
    old, new = (data.decode('utf-8', 'backslashreplace').splitlines() for data in (expected, actual))
    lines = list(difflib.unified_diff(old, new, f'expected {name}', f'actual {name}', lineterm='')) or \
        [f'{name}: differs in its line ends']
    if len(lines) > DIFF_LINES:
        lines[DIFF_LINES:] = [f'... and {len(lines) - DIFF_LINES} more lines']
    return lines


def replace(path, data):
    """Writes an expectation; no file for nothing."""
    if data:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    elif path.exists():
        path.unlink()


def judge(case, scgen, version, accept):
    """What is wrong with a case, and whether it was rewritten."""
    def fill(data):
        return data.replace(b'{version}', version.encode())

    def blank(data):
        return data.replace(f'scgen {version}'.encode(), b'scgen {version}')

    try:
        wanted, status, out, err, files = run(case, scgen)
    except subprocess.TimeoutExpired:
        return [f'still running after {SECONDS} s'], False
    except (OSError, ValueError) as error:
        return [f'cmd: {error}'], False

    expected = {name: (case / name).read_bytes() if (case / name).exists() else b'' for name in ('stdout', 'stderr')}
    expected_files = read_tree(case / 'files') if (case / 'files').exists() else {}
    found = []
    if status != wanted:
        found.append(f'exit code {status}; {wanted} was expected')
    for name, actual in (('stdout', out), ('stderr', err)):
        found += difference(name, fill(expected[name]), actual)
    for name in sorted(files.keys() | expected_files.keys()):
        if name not in files:
            found.append(f'files/{name}: not written')
        elif name not in expected_files:
            found += [f'files/{name}: not expected'] + difference(name, b'', files[name])
        else:
            found += difference(f'files/{name}', fill(expected_files[name]), files[name])
    if not found or not accept or status < 0:
        return found, False

    words = (case / 'cmd').read_text().split(None, 1)
    (case / 'cmd').write_text(f'{status} {words[1]}')
    replace(case / 'stdout', blank(out))
    replace(case / 'stderr', blank(err))
    shutil.rmtree(case / 'files', ignore_errors=True)
    for name, data in files.items():
        replace(case / 'files' / name, blank(data))
    return found, True


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument('scgen')
    arguments.add_argument('--version', default='0.0.0')
    arguments.add_argument('--jobs', type=int, default=2)
    arguments.add_argument('--root', type=Path, default=HERE)
    arguments.add_argument('cases', nargs='*')
    options = arguments.parse_intermixed_args()

    cases = sorted(path.parent for path in options.root.glob('*/cmd'))
    if options.cases:
        cases = [case for case in cases if case.name in options.cases]
    accept = os.environ.get('SCGEN_ACCEPT') == '1'
    scgen = str(Path(options.scgen).resolve())

    print(f'1..{len(cases)}', flush=True)
    if not cases:
        print('# no such case')
        return 1
    failed = rewritten = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        judged = pool.map(lambda case: judge(case, scgen, options.version, accept), cases)
        for number, (case, (found, accepted)) in enumerate(zip(cases, judged), 1):
            if accepted:
                rewritten += 1
                print(f'ok {number} - {case.name} # SKIP rewritten; read the change before you commit it')
            else:
                failed += bool(found)
                print(f'{"not ok" if found else "ok"} {number} - {case.name}')
                for line in found:
                    print(f'# {line}')
            sys.stdout.flush()
    return 1 if failed else 77 if rewritten else 0


if __name__ == '__main__':
    sys.exit(main())
