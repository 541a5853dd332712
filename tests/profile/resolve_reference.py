#!/usr/bin/env python3
"""Judges resolve_baseline() by a second, plain reading of the files in syscall-tables/defaults.

usage: resolve_reference.py RESOLVE_BASELINE DEFAULTS

Every file, on hosts of several ABIs, kernels and capabilities: what is said of every name must be the same.
"""

import itertools
import json
import pathlib
import subprocess
import sys

RUNTIMES = {"moby": "docker", "containerd": "containerd", "containers-common": "podman", "crio": "cri-o"}
ARCHS = ["x86_64", "aarch64", "arm", "x86", "s390x", "ppc64le", "riscv64", "loongarch64", "mips64", "mipsel64"]
KERNELS = ["4.4", "4.8", "6.1"]
CAPS = [[], ["CAP_SYS_ADMIN"], ["CAP_BPF", "CAP_AUDIT_WRITE"], ["CAP_SYS_CHROOT", "CAP_SYS_PTRACE", "CAP_NET_RAW"]]

# Which native ABIs each project finds in its own list of sub-architectures.
MAPPED = {
    "moby": {"x86_64", "aarch64", "riscv64", "s390x", "mips64", "mips64n32", "mipsel64", "mipsel64n32"},
    "containerd": {"x86_64", "aarch64", "riscv64", "s390x", "loongarch64", "mips64"},
    "containers-common": {"x86_64", "aarch64", "s390x", "mips64", "mips64n32", "mipsel64", "mipsel64n32"},
}
MAPPED["crio"] = MAPPED["containers-common"]


def number(version):
    return tuple(int(part) for part in version.split("."))


def kept(rule, data, arch, kernel, caps):
    when, unless = rule.get("when", {}), rule.get("unless", {})
    if any(cap in caps for cap in unless.get("caps", [])) or arch in unless.get("arches", []):
        return False
    if not all(cap in caps for cap in when.get("caps", [])):
        return False
    if when.get("arches") and arch not in when["arches"]:
        return False
    reads_kernels = data["project"] in ("moby", "containerd")
    return not (reads_kernels and "minKernel" in when and number(kernel) < number(when["minKernel"]))


def meaning(rules, default):
    """name -> what a runtime makes of the rules for it: one unconditional verdict, or conditions with verdicts."""
    said = {}
    for names, action, errno, args in rules:
        verdict = (action, errno if action == "ERRNO" else None)
        if verdict == default:
            continue
        for name in names:
            said.setdefault(name, []).append((frozenset(args), verdict))
    result = {}
    for name, clauses in said.items():
        plain = [clause for clause in clauses if not clause[0]]
        result[name] = frozenset(plain[:1] or clauses)
    return result


def expected(data, arch, kernel, caps):
    default = (data["default"]["action"], data["default"]["errno"])
    archs = set()
    for entry in data["arches"]:
        if entry["arch"] == arch and arch in MAPPED[data["project"]]:
            archs = {arch, *entry["sub"]}
    rules = [(rule["names"], rule["action"], rule.get("errno", 1),
              [(a["index"], a["op"], a["value"], a["value2"]) for a in rule.get("args", [])])
             for rule in data["rules"] if kept(rule, data, arch, kernel, caps)]
    return default, archs, meaning(rules, default)


def actual(profile):
    default = (profile["defaultAction"][len("SCMP_ACT_"):], profile.get("defaultErrnoRet", 1))
    archs = {arch[len("SCMP_ARCH_"):].lower() for arch in profile.get("architectures", [])}
    rules = [(rule["names"], rule["action"][len("SCMP_ACT_"):], rule.get("errnoRet", 1),
              [(a["index"], a["op"][len("SCMP_CMP_"):], a["value"], a.get("valueTwo", 0)) for a in rule.get("args", [])])
             for rule in profile.get("syscalls", [])]
    return default, archs, meaning(rules, default)


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    cases = []
    for path in sorted(folder.glob("*.json")):
        data = json.loads(path.read_text())
        cases += [(data, *host) for host in itertools.product(ARCHS, KERNELS, CAPS)]
    if not cases:
        sys.exit(f"{folder}: no defaults")
    lines = [" ".join([RUNTIMES[data["project"]], data["version"], arch, kernel, ",".join(caps) or "-"])
             for data, arch, kernel, caps in cases]
    done = subprocess.run([program], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True)
    documents = done.stdout.split("---\n")[:-1]
    if len(documents) != len(cases):
        sys.exit(f"{len(cases)} hosts gave {len(documents)} profiles")
    bad = 0
    for line, case, document in zip(lines, cases, documents):
        ours, plain = actual(json.loads(document)), expected(*case)
        if ours == plain:
            continue
        bad += 1
        if bad > 5:
            continue
        print(f"{line}:")
        for what, left, right in zip(("default", "architectures"), ours, plain):
            if left != right:
                print(f"  {what}: {left} instead of {right}")
        for name in sorted(ours[2].keys() | plain[2].keys()):
            if ours[2].get(name) != plain[2].get(name):
                print(f"  {name}: {ours[2].get(name)} instead of {plain[2].get(name)}")
    print(f"{len(cases)} hosts, {bad} differ")
    sys.exit(1 if bad else 0)


main()
