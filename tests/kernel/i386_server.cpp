// A 32-bit x86 server without a C library, so that no package but the compiler is needed to make one:
//   c++ -m32 -O1 -ffreestanding -nostdlib -static -fno-pic -no-pie -fno-stack-protector -o i386_server i386_server.cpp
// It answers every connection to port 8080 by "i386" and what a child has to say, and ends with 0 on SIGTERM.
// Arguments in registers as in the kernel's arch/x86/entry/entry_32.S; numbers from syscall_32.tbl.

namespace {

using Word = long;

enum Number : Word {
    exit_group = 252,
    fork = 2,
    read = 3,
    write = 4,
    close = 6,
    waitpid = 7,
    rt_sigaction = 174,
    socket = 359,
    bind = 361,
    listen = 363,
    accept4 = 364,
};

Word call(Number number, Word a = 0, Word b = 0, Word c = 0, Word d = 0) {
    Word result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(static_cast<Word>(number)), "b"(a), "c"(b), "d"(c), "S"(d)
                     : "memory");
    return result;
}

template <class T>
Word address(T* object) {
    return reinterpret_cast<Word>(object);
}

// struct sigaction of the kernel; without SA_RESTORER the vDSO returns from the handler.
struct Action {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)();
    unsigned long mask[2];
};

// struct sockaddr_in, in the network's order.
struct Address {
    unsigned short family;
    unsigned char port[2];
    unsigned char host[4];
    unsigned char zero[8];
};

volatile bool asked_to_stop;

void stop(int) {
    asked_to_stop = true;
}

void answer(Word connection) {
    constexpr Word length = 4, most = 256;
    char request[most];
    call(read, connection, address(request), most);
    call(write, connection, address("i386"), length);
    const Word child = call(fork);
    if (child == 0) {
        call(write, connection, address(" too"), length);
        call(exit_group, 0);
    }
    call(waitpid, child);
    call(close, connection);
}

int serve() {
    constexpr Word inet = 2, stream = 1, backlog = 8, sigterm = 15, bytes_of_mask = 8;
    const Action action{stop, 0, nullptr, {0, 0}};
    call(rt_sigaction, sigterm, address(&action), 0, bytes_of_mask);
    const Address here{inet, {8080 / 256, 8080 % 256}, {0, 0, 0, 0}, {}};
    const Word listener = call(socket, inet, stream);
    if (call(bind, listener, address(&here), sizeof here) != 0 || call(listen, listener, backlog) != 0)
        return 1;
    while (!asked_to_stop)
        if (const Word connection = call(accept4, listener); connection >= 0) answer(connection);
    return 0;
}

}  // namespace

extern "C" void _start() {
    __asm__ volatile("and $-16, %esp");
    call(exit_group, serve());
}
