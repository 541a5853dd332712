#!/usr/bin/env python3
"""What --format k8s writes, as a kubelet and a cluster's admission take it.

usage: kubernetes.py SCGEN ROOT

A YAML reader reads each snippet; its localhostProfile, looked up below the kubelet's seccomp folder, must be the file
that holds the profile, and the pod must meet the seccomp part of the restricted Pod Security Standard. Speaks TAP.
"""

import functools
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent / 'streams'))

from harness import Skip, record, report, require  # noqa: E402

SCGEN, ROOT = (str(Path(word).resolve()) for word in sys.argv[1:3])
NODE = ['--containers', f'{ROOT}/tests/data/multi/snapshot.json', f'{ROOT}/tests/data/multi/node.log']
SEVERAL = [f'{ROOT}/samples/vm-audit-nginx.log', f'{ROOT}/samples/tutorial-syslog-http-echo.log']
# A label and a subdomain, as RFC 1123 has them.
LABEL = r'[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?'


def generate(words, cwd, status=0):
    done = subprocess.run([SCGEN, *words], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
    require(done.returncode == status, f'{words}: {done.returncode}: {done.stderr}')
    return done.stderr


def read(path):
    try:
        import yaml
    except ImportError:
        raise Skip('python3-yaml is not installed') from None
    return yaml.safe_load(path.read_text())


def seccomp_profiles(manifest):
    """The profile that holds for each container: of the pod's own securityContext, and of each container's."""
    spec = manifest['spec']
    require(set(manifest) == {'spec'} and set(spec) <= {'securityContext', 'containers'}, f'{manifest}')
    whole = spec.get('securityContext', {}).get('seccompProfile')
    for container in spec.get('containers', []):
        require(re.fullmatch(LABEL, container['name']), f'{container}')
    return whole, {container['name']: container['securityContext']['seccompProfile'] for container in spec.get('containers', [])}


def is_restricted(manifest):
    """Whether any pod with this in it sets RuntimeDefault or Localhost for all of its containers, and nothing else."""
    whole, ones = seccomp_profiles(manifest)
    for profile in [*ones.values(), *([whole] if whole else [])]:
        if profile['type'] not in ('RuntimeDefault', 'Localhost'):
            return False
        if (profile['type'] == 'Localhost') != ('localhostProfile' in profile):
            return False
    return whole is not None


def look(folder, root, names=None):
    """The (snippet, profile) pairs of a folder, each snippet resolved below `root` as a kubelet does."""
    snippets = sorted(folder.glob('*.pod.yaml'))
    require(len(snippets) == len(list(folder.glob('*.json'))) and snippets, f'{list(folder.iterdir())}')
    for snippet in snippets:
        manifest = read(snippet)
        require(is_restricted(manifest), f'not restricted: {manifest}')
        whole, ones = seccomp_profiles(manifest)
        wanted, = [profile for profile in [*ones.values(), whole] if profile['type'] == 'Localhost']
        place = wanted['localhostProfile']
        require(not place.startswith('/') and '..' not in place.split('/'), f'a kubelet refuses {place!r}')
        profile = folder / snippet.name.replace('.pod.yaml', '.json')
        require(os.path.samefile(root / place, profile), f'{place!r} is not {profile}')
        if names is not None:
            names[snippet.name] = list(ones)
    return len(snippets)


def on_the_node(place, how):
    """Into the kubelet's seccomp folder itself."""
    root = place / 'var/lib/kubelet/seccomp'
    (root / 'team/a').mkdir(parents=True)
    (place / 'link').symlink_to(root / 'team')
    (place / 'srv').mkdir()
    (root / 'elsewhere').symlink_to(place / 'srv')
    cwd, words, folder = {
        'by its full path': (place, ['-O', f'{root}/team/a/'], root / 'team/a'),
        'to the root itself': (place, ['-O', str(root)], root),
        'by a relative path': (place, ['-O', 'var/lib/kubelet/seccomp/new'], root / 'new'),
        'from inside': (root / 'team', ['-O', './/a'], root / 'team/a'),
        'from inside and back': (root / 'team', ['-O', 'a/../../b'], root / 'b'),
        'through a link into it': (place, ['-O', 'link/a'], root / 'team/a'),
        'through a link out of it': (place, ['-O', f'{root}/elsewhere/x'], place / 'srv/x'),
        'to a file': (place, ['--group-by', 'all', '-o', f'{root}/team/one.json'], root / 'team'),
    }[how]
    said = generate(['--format', 'k8s', *words, *SEVERAL], cwd)
    require('copy' not in said, f'a copy is wanted though it is there: {said}')
    require(look(folder, root) == (1 if how == 'to a file' else 2), f'{list(folder.iterdir())}')


def copied(place, how):
    """Made anywhere, then copied as scgen says."""
    root = place / 'node/seccomp'
    (place / 'made/here').mkdir(parents=True)
    root.mkdir(parents=True)
    cwd, words, folder = {
        'a folder': (place, ['-O', 'profiles/'], place / 'profiles'),
        'a folder further down': (place, ['-O', 'made/here'], place / 'made/here'),
        'the folder that one is in': (place / 'made/here', ['-O', '.'], place / 'made/here'),
        'a folder with a name to be quoted': (place, ['-O', 'it\'s "a": \\ # ü'], place / 'it\'s "a": \\ # ü'),
        'a file': (place / 'made/here', ['--group-by', 'all', '-o', 'one.json'], place / 'made/here'),
        'a file without .json': (place / 'made/here', ['--group-by', 'all', '-o', 'one'], place / 'made/here'),
    }[how]
    said = generate(['--format', 'k8s', *words, *SEVERAL], cwd)
    if how == 'a file without .json':
        (folder / 'one').rename(folder / 'one.json')
        (root / 'one').symlink_to(folder / 'one.json')
    elif how == 'a file':
        require('copy one.json to /var/lib/kubelet/seccomp/' in said, said)
        (root / 'one.json').symlink_to(folder / 'one.json')
    else:
        require(f'copy the folder {folder.name}'.replace('\\', '\\\\') in said, said)
        (root / folder.name).symlink_to(folder)
    look(folder, root)


def the_profile_is_the_same(place):
    for form in ('oci', 'k8s'):
        generate(['--format', form, '-O', form, *SEVERAL], place)
    for profile in (place / 'oci').iterdir():
        require(profile.read_bytes() == (place / 'k8s' / profile.name).read_bytes(), profile.name)
    generate(['merge', '--format', 'k8s', '-o', 'k8s/both.json', 'oci/http-echo.json', 'oci/nginx.json'], place)
    (place / 'root').mkdir()
    for profile in (place / 'k8s').glob('*.json'):
        (place / 'root' / profile.name).symlink_to(profile)
    (place / 'root/k8s').symlink_to(place / 'k8s')
    look(place / 'k8s', place / 'root')


def containers_are_named(place):
    names = {}
    generate(['--format', 'k8s', '-O', 'seccomp', *NODE], place)
    look(place / 'seccomp', place, names)
    require(names['shop_shop-redis-0_cache.pod.yaml'] == ['cache'] and len(names) == 6, f'{names}')
    names = {}
    generate(['--format', 'k8s', '-O', 'pods', '--group-by', 'pod', *NODE], place)
    look(place / 'pods', place, names)
    require(names and not any(names.values()), f'{names}')
    require('pod shop/shop-redis-0.' in (place / 'pods/shop_shop-redis-0.pod.yaml').read_text(), 'no pod is named')


def hostile_names_are_not_taken(place):
    """Names of processes, and of what calls itself a container, that would write lines of their own."""
    evil = 'x\nspec: {securityContext: {seccompProfile: {type: Unconfined}}}\n#'
    (place / 'comm.log').write_text(record(1).replace('comm="http-echo"', f'comm={evil[:15].encode().hex().upper()}'))
    generate(['--format', 'k8s', '-O', 'comm', 'comm.log'], place)
    look(place / 'comm', place)
    for number, label in enumerate(('a/b/C', 'a/b/c"', f'a/b/{evil}', 'A/b/c', 'a/b./c', f'a/b/{"c" * 64}', 'a/b/c/d', '-a/b/c')):
        space, pod, name = label.split('/', 2)
        (place / 'c.json').write_text(json.dumps({'containers': [{'id': 'f' * 64, 'namespace': space, 'pod': pod,
                                                                  'container': name, 'pids': [7]}]}))
        (place / 'c.log').write_text(record(1))
        folder = f'd{number}'
        said = generate(['--format', 'k8s', '-O', folder, '--containers', 'c.json', 'c.log'], place)
        require('no name that Kubernetes gives' in said, said)
        names = {}
        look(place / folder, place, names)
        require(list(names.values()) == [[]], f'{label!r}: {names}')


def bad_places_are_refused(place):
    for name in ('a\nb', 'a\x1b[2J', b'\xff'):
        said = generate(['--format', 'k8s', '-O', name, *SEVERAL], place, status=2)
        require('localhostProfile must be UTF-8' in said and '\x1b' not in said, said)
        require(not [path for path in place.rglob('*') if path.is_file()], f'{name!r}: something was written')


def in_place(test, *words):
    with tempfile.TemporaryDirectory() as folder:
        test(Path(folder).resolve(), *words)


def main():
    node = ('by its full path', 'to the root itself', 'by a relative path', 'from inside', 'from inside and back',
            'through a link into it', 'through a link out of it', 'to a file')
    copies = ('a folder', 'a folder further down', 'the folder that one is in', 'a folder with a name to be quoted', 'a file',
              'a file without .json')
    tests = [(f'on the node, {how}', functools.partial(in_place, on_the_node, how)) for how in node]
    tests += [(f'{how}, copied to the node', functools.partial(in_place, copied, how)) for how in copies]
    tests += [(test.__name__.replace('_', ' '), functools.partial(in_place, test)) for test in (
        the_profile_is_the_same, containers_are_named, hostile_names_are_not_taken, bad_places_are_refused)]
    return report(tests)


if __name__ == '__main__':
    sys.exit(main())
