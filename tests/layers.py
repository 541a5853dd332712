#!/usr/bin/env python3
"""Fails when the shape of the source tree is broken.

usage: layers.py ROOT

A file includes only its own room and those to its left. A header of a third party appears in exactly one .cpp and never
under include/. include/ and src/ mirror each other, the command line's headers stay in src/cli, no file is over 500 lines,
no two headers define a type of the same name, and no name says nothing. Before the tree it judges small trees with one
violation each, so that a rule which has stopped catching anything is a failure too. Speaks TAP.
"""

import re
import sys
import tempfile
from pathlib import Path

ROOMS = ['error', 'text', 'abi', 'audit', 'observe', 'profile', 'report', 'cli']
FORBIDDEN = {'util', 'utils', 'utility', 'common', 'helper', 'helpers', 'base', 'core', 'misc', 'manager'}
MAX_LINES = 500
SUFFIXES = {'.cpp', '.hpp'}
# Logs, test cases named for the option they test, and profiles named for the project they come from.
DATA = {('tests', 'data'), ('tests', 'golden'), ('syscall-tables', 'defaults')}
SOURCE_DIRS = ['include', 'src', 'tests', 'bench', 'syscall-tables']

CPP_STANDARD = set('''
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits clocale
cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint cstdio cstdlib
cstring ctime cuchar cwchar cwctype deque exception execution filesystem format forward_list fstream functional future
initializer_list iomanip ios iosfwd iostream istream iterator latch limits list locale map memory memory_resource mutex
new numbers numeric optional ostream queue random ranges ratio regex scoped_allocator semaphore set shared_mutex
source_location span sstream stack stdexcept stop_token streambuf string string_view strstream syncstream
system_error thread tuple type_traits typeindex typeinfo unordered_map unordered_set utility valarray variant vector
version'''.split())
# C, POSIX and what the C library adds for Linux; the kernel's own headers come by folder.
C_STANDARD = set('''
aio.h assert.h byteswap.h complex.h ctype.h dirent.h dlfcn.h elf.h endian.h err.h errno.h error.h execinfo.h fcntl.h
features.h fenv.h float.h fnmatch.h ftw.h getopt.h glob.h grp.h iconv.h ifaddrs.h inttypes.h langinfo.h libgen.h limits.h
link.h locale.h math.h mntent.h mqueue.h netdb.h poll.h pthread.h pty.h pwd.h regex.h sched.h search.h semaphore.h
setjmp.h signal.h spawn.h stdarg.h stdbool.h stddef.h stdint.h stdio.h stdio_ext.h stdlib.h string.h strings.h syscall.h
syslog.h termios.h time.h tgmath.h uchar.h ucontext.h unistd.h utime.h wait.h wchar.h wctype.h wordexp.h'''.split())
SYSTEM_FOLDERS = {'sys', 'linux', 'asm', 'asm-generic', 'net', 'netinet', 'arpa', 'bits', 'rpc'}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>]+)>|"([^"]+)")', re.M)
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/', re.S)
# A function that a header declares and does not define, outside of any class body that deletes or defaults it.
DECLARES = re.compile(r'\)[ \t]*(?:const)?[ \t]*(?:noexcept)?[ \t]*;')

# A class outside of any other.
DEFINES_TYPE = re.compile(r'^(?:struct|class|enum class) (\w+)(?: final)? *(?::[^:;\n][^;\n]*)?\{', re.M)


def is_system(header):
    return (header in CPP_STANDARD or header in C_STANDARD or
            ('/' in header and header.split('/')[0] in SYSTEM_FOLDERS))


def room_of(path, root):
    """The room of a file under include/scgen or src; None elsewhere."""
    parts = path.relative_to(root).parts
    if parts[:2] == ('include', 'scgen'):
        parts = parts[2:]
    elif parts[:1] == ('src',):
        parts = parts[1:]
    else:
        return None
    return parts[0] if len(parts) > 1 else Path(parts[0]).stem


def is_generated(folder):
    return any(part.startswith('build') or part.startswith('.') for part in folder.parts)


def source_files(root, folders):
    for folder in folders:
        for path in sorted((root / folder).rglob('*')):
            if path.is_file() and path.suffix in SUFFIXES and not is_generated(path.relative_to(root).parent):
                yield path


def resolve(text, path, root):
    """The file of the tree that a quoted include names, or None."""
    for candidate in (root / 'include' / text, path.parent / text, root / 'src' / text):
        if candidate.is_file():
            return candidate.resolve()
    return None


def judge_includes(root, say):
    third_party = {}
    for path in source_files(root, ['include', 'src']):
        name = path.relative_to(root)
        room = room_of(path, root)
        if room not in ROOMS:
            say(f'{name}: {room} is none of the rooms {", ".join(ROOMS)}')
            continue
        for system, quoted in INCLUDE.findall(COMMENT.sub('', path.read_text())):
            if system.startswith('scgen/'):
                say(f'{name}: include "{system}" with quotes')
                continue
            if system:
                if not is_system(system):
                    third_party.setdefault(system, []).append(name)
                continue
            target = resolve(quoted, path, root)
            if target is None:  # made by the build: private to the room that its folder names, or that it lies in
                if '/' not in quoted or quoted.startswith(f'{room}/'):
                    continue
                if quoted.split('/')[0] not in ROOMS:
                    say(f'{name}: there is no "{quoted}"; use <> for what is not of this project')
                    continue
                target = root / 'src' / quoted
            other = room_of(target, root)
            if other not in ROOMS:
                say(f'{name}: includes {quoted}, which is in no room')
            elif ROOMS.index(other) > ROOMS.index(room):
                say(f'{name}: {room} must not include {quoted}: {other} is to its right')
            elif target.is_relative_to(root / 'src') and other != room:
                say(f'{name}: {quoted} is private to {other}')
    for header, users in sorted(third_party.items()):
        for user in users:
            if user.parts[0] == 'include':
                say(f'{user}: third-party header <{header}> under include/')
            elif user.suffix != '.cpp':
                say(f'{user}: third-party header <{header}> in a header')
        sources = [str(user) for user in users if user.suffix == '.cpp']
        if len(sources) > 1:
            say(f'<{header}>: third-party header in more than one source: {", ".join(sources)}')


def judge_sizes(root, say):
    for path in source_files(root, SOURCE_DIRS):
        lines = path.read_text().count('\n')
        if lines > MAX_LINES:
            say(f'{path.relative_to(root)}: {lines} lines; {MAX_LINES} are the limit')


def judge_names(root, say):
    for folder in SOURCE_DIRS:
        for path in sorted((root / folder).rglob('*')):
            relative = path.relative_to(root)
            if is_generated(relative.parent) or relative.parts[:2] in DATA:
                continue
            words = re.split(r'[_\-.]', relative.name)
            if FORBIDDEN.intersection(words):
                say(f'{relative}: the name says nothing about what is inside')


def judge_mirror(root, say):
    public = root / 'include' / 'scgen'
    for path in source_files(root, ['include']):
        relative = path.relative_to(root)
        if not path.is_relative_to(public):
            say(f'{relative}: headers live in include/scgen/')
            continue
        inside = path.relative_to(public)
        if inside.parts[0] == 'cli':
            say(f'{relative}: the headers of the command line stay in src/cli')
        elif len(inside.parts) == 1 and inside.name != 'error.hpp':
            say(f'{relative}: only error.hpp stands outside the rooms')
        elif path.suffix != '.hpp':
            say(f'{relative}: sources live in src/')
        elif DECLARES.search(COMMENT.sub('', path.read_text())):
            source = root / 'src' / inside.with_suffix('.cpp')
            # json.hpp may have json_read.cpp and json_write.cpp instead, where one file would be too long.
            if not source.is_file() and not any(source.parent.glob(f'{source.stem}_*.cpp')):
                say(f'{relative}: declares functions, and {source.relative_to(root)} is not there')
    for path in source_files(root, ['src']):
        inside = path.relative_to(root / 'src')
        if path.suffix == '.hpp' and (public / inside).is_file():
            say(f'{path.relative_to(root)}: a private header with the name of a public one')


def judge_types(root, say):
    """Two types of one name in one namespace are an error that no compiler sees: their destructors may be swapped."""
    places = {}
    for path in source_files(root, ['include', 'src']):
        if path.suffix == '.hpp':
            for name in DEFINES_TYPE.findall(COMMENT.sub('', path.read_text())):
                places.setdefault(name, []).append(str(path.relative_to(root)))
    for name, headers in sorted(places.items()):
        if len(headers) > 1:
            say(f'{name}: defined in {" and in ".join(headers)}')


def judge(root):
    found = []
    for rule in (judge_includes, judge_sizes, judge_names, judge_mirror, judge_types):
        rule(root, found.append)
    return found


CLEAN = {
    'include/scgen/error.hpp': '#include <stdexcept>\n',
    'include/scgen/abi/arch.hpp': '#include <sys/types.h>\n#include "scgen/error.hpp"\nint arch();\n',
    'src/abi/arch.cpp': '#include "scgen/abi/arch.hpp"\n#include <linux/audit.h>\n#include "abi/made.inc"\n#include "table.inc"\n',
    'include/scgen/audit/record.hpp': '#include "scgen/abi/arch.hpp"\nstruct Record { Record() = default; };\n',
    'include/scgen/profile/json.hpp': '#include "scgen/abi/arch.hpp"\nint read();\n',
    'src/profile/json.cpp': '#include <nlohmann/json.hpp>\n// #include "scgen/report/table.hpp"\n',
    'include/scgen/profile/emit.hpp': 'int emit();\n',
    'src/profile/emit_names.cpp': '#include "scgen/profile/emit.hpp"\n',
    'src/report/table.hpp': '#include "scgen/profile/json.hpp"\n',
    'src/cli/main.cpp': '#include "options.hpp"\n#include "scgen/profile/json.hpp"\n',
    'src/cli/options.hpp': '#include <string>\n',
    'tests/data/common.log': 'x\n',
}

PLANTED = {
    'a room to the right': ({'src/abi/arch.cpp': '#include "scgen/audit/record.hpp"\n'}, 'to its right'),
    'error with a room': ({'include/scgen/error.hpp': '#include "scgen/abi/arch.hpp"\n'}, 'to its right'),
    'a right room by relative path': ({'src/abi/arch.cpp': '#include "../report/table.hpp"\n'}, 'to its right'),
    'what the build made for another room': ({'src/cli/main.cpp': '#include "abi/made.inc"\n'}, 'private to abi'),
    'two types of one name': ({'src/report/table.hpp': 'struct Record {\n'}, 'defined in'),
    'quotes around a third party': ({'src/cli/main.cpp': '#include "nlohmann/json.hpp"\n'}, 'use <>'),
    "another room's private header": ({'src/cli/main.cpp': '#include "../report/table.hpp"\n'}, 'private to report'),
    'the right room in angle brackets': ({'src/abi/arch.cpp': '#include <scgen/audit/record.hpp>\n'}, 'with quotes'),
    'a third party in two sources': ({'src/cli/main.cpp': '#include <nlohmann/json.hpp>\n'}, 'more than one source'),
    'a third party in a private header': ({'src/cli/options.hpp': '#include <boost/any.hpp>\n'}, 'in a header'),
    'a third party under include': ({'include/scgen/abi/arch.hpp': '# include <seccomp.h>\n'}, 'under include/'),
    'a long file': ({'src/cli/main.cpp': '\n' * 501}, '501 lines'),
    'a long test': ({'tests/unit/x_test.cpp': '\n' * 501}, '501 lines'),
    'a name of no meaning': ({'src/abi/string_util.cpp': ''}, 'says nothing'),
    'a folder of no meaning': ({'src/abi/helpers/x.cpp': ''}, 'says nothing'),
    'a room of no list': ({'src/extra/x.cpp': ''}, 'none of the rooms'),
    'a header without its source': ({'include/scgen/audit/lines.hpp': 'int lines();\n'}, 'is not there'),
    'a header for the command line': ({'include/scgen/cli/x.hpp': ''}, 'stay in src/cli'),
    'a command line header outside': ({'src/report/x.cpp': '#include "cli/options.hpp"\n'}, 'to its right'),
    'an umbrella': ({'include/scgen/scgen.hpp': '#include "scgen/error.hpp"\n'}, 'outside the rooms'),
    'a twin': ({'src/audit/record.hpp': ''}, 'name of a public one'),
    'a source under include': ({'include/scgen/abi/arch.cpp': ''}, 'sources live in src/'),
}


def judge_planted(files):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for name, text in {**CLEAN, **files}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return judge(root)


def main():
    root = Path(sys.argv[1]).resolve()
    results = [('self test: a clean tree passes', judge_planted({}))]
    for title, (files, expected) in PLANTED.items():
        found = judge_planted(files)
        caught = any(expected in line for line in found)
        results.append((f'self test: {title} is caught', [] if caught else [f'not caught; found {found}']))
    results.append(('the tree', judge(root)))

    print(f'1..{len(results)}')
    for number, (title, found) in enumerate(results, 1):
        print(f'{"not ok" if found else "ok"} {number} - {title}')
        for line in found:
            print(f'# {line}')
    return 1 if any(found for _, found in results) else 0


if __name__ == '__main__':
    sys.exit(main())
