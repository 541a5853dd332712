"""Programs of a few bytes for ABIs that no compiler here may make: each calls getpid, and exits with 7.

An ELF header, one program header and the code, all in one page that is loaded as it is. The x32 one is a 64-bit file, as
few kernels run those of x32: the call has the number of x32 and, where the kernel has none, the error ENOSYS; a filter
sees it all the same. Source: elf(5).
"""

import struct

BASE = 0x400000
X86_CODE = bytes.fromhex(
    'b814000000'    # mov eax, 20 (getpid)
    'cd80'          # int 0x80
    'b801000000'    # mov eax, 1 (exit)
    'bb07000000'    # mov ebx, 7
    'cd80')
X32_CODE = bytes.fromhex(
    'b827000040'    # mov eax, 0x40000000 + 39 (getpid)
    '0f05'          # syscall
    'b83c000000'    # mov eax, 60 (exit)
    'bf07000000'    # mov edi, 7
    '0f05')


def elf(bits, code):
    word = 'I' if bits == 32 else 'Q'
    machine = 3 if bits == 32 else 62                   # EM_386, EM_X86_64
    header, segment = (52, 32) if bits == 32 else (64, 56)
    size = header + segment + len(code)
    ident = struct.pack('<4s5B7x', b'\x7fELF', 1 if bits == 32 else 2, 1, 1, 0, 0)
    first = struct.pack(f'<HHI{word}{word}{word}IHHHHHH', 2, machine, 1, BASE + header + segment, header, 0, 0, header,
                        segment, 1, 0, 0, 0)
    readable, executable, load, page = 4, 1, 1, 0x1000
    flags = readable | executable
    if bits == 32:
        loaded = struct.pack('<8I', load, 0, BASE, BASE, size, size, flags, page)
    else:
        loaded = struct.pack('<II6Q', load, flags, 0, BASE, BASE, size, size, page)
    return ident + first + loaded + code


def write_program(path, abi):
    """Writes the program for `abi`, "x86" or "x32"."""
    path.write_bytes(elf(32, X86_CODE) if abi == 'x86' else elf(64, X32_CODE))
    path.chmod(0o755)
