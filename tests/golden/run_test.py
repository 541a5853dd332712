#!/usr/bin/env python3
"""The golden runner judged by itself: it must pass what is right, catch each thing that is wrong, and rewrite on demand."""

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RUN = Path(__file__).with_name('run.py')
TOOL = '''#!/bin/sh
echo "scgen 1.2.3"; cat; echo trouble >&2
[ -z "$1" ] || echo text > "$1"
[ -n "$HOME" ] && echo "environment leaks"
exit 1
'''


class Runner(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        self.tool = self.root / 'tool'
        self.tool.write_text(TOOL)
        self.tool.chmod(0o755)
        self.case = self.root / 'case'
        self.write('cmd', '1 {scgen} out/x < "in put"\n')
        self.write('in put', 'input\n')
        self.write('out/old', '')
        self.write('stdout', 'scgen {version}\ninput\n')
        self.write('stderr', 'trouble\n')
        self.write('files/out/x', 'text\n')

    def write(self, name, text):
        path = self.case / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run_cases(self, accept=False):
        environment = dict(os.environ, SCGEN_ACCEPT='1' if accept else '')
        done = subprocess.run([sys.executable, RUN, self.tool, '--version', '1.2.3', '--root', self.root],
                              capture_output=True, text=True, env=environment)
        return done.returncode, done.stdout

    def test_passes_what_is_right(self):
        self.assertEqual(self.run_cases(), (0, '1..1\nok 1 - case\n'))

    def test_catches_each_thing_that_is_wrong(self):
        plants = {'cmd': ('0 {scgen} out/x < "in put"', 'exit code 1; 0 was expected'),
                  'stdout': ('scgen {version}\nother\n', '-other'),
                  'stderr': ('', '+trouble'),
                  'files/out/x': ('other\n', '-other'),
                  'files/out/y': ('', 'files/out/y: not written'),
                  'in put': ('', '-input')}
        for name, (text, expected) in plants.items():
            with self.subTest(name):
                self.setUp()
                self.write(name, text)
                status, out = self.run_cases()
                self.assertEqual(status, 1)
                self.assertIn('not ok 1', out)
                self.assertIn(expected, out)

    def test_a_file_nobody_expects_is_caught(self):
        (self.case / 'files/out/x').unlink()
        status, out = self.run_cases()
        self.assertEqual(status, 1)
        self.assertIn('files/out/x: not expected', out)

    def test_a_command_that_cannot_run_is_caught(self):
        for cmd in ('1 {scgen} < missing', '1 nowhere', '{scgen}', '1 {scgen} < a b', ''):
            with self.subTest(cmd):
                self.write('cmd', cmd)
                status, out = self.run_cases()
                self.assertEqual(status, 1, out)
                self.assertIn('not ok', out)

    def test_accept_rewrites_and_skips(self):
        self.write('cmd', '0 {scgen} new < "in put"\n')
        self.write('stdout', 'old')
        status, out = self.run_cases(accept=True)
        self.assertEqual(status, 77)
        self.assertIn('# SKIP', out)
        self.assertEqual((self.case / 'cmd').read_text(), '1 {scgen} new < "in put"\n')
        self.assertEqual((self.case / 'stdout').read_text(), 'scgen {version}\ninput\n')
        self.assertEqual((self.case / 'files/new').read_text(), 'text\n')
        self.assertFalse((self.case / 'files/out').exists())
        self.assertEqual(self.run_cases()[0], 0)

    def test_no_cases_is_a_failure(self):
        (self.case / 'cmd').unlink()
        self.assertEqual(self.run_cases()[0], 1)


if __name__ == '__main__':
    unittest.main()
