#include "audit/recent_parts.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/audit/record_reader.hpp"

// Reading with remembered parts against reading each line anew: on lines that share what is remembered, and on such lines
// damaged wherever it matters.

namespace scgen {
namespace {

std::string shown(std::string_view line, Outcome outcome, const Record& record) {
    std::string out(outcome_name(outcome));
    if (outcome != Outcome::observed) return out;
    const auto view = [&](std::string_view text) {
        // Where it is and not only what it says: it must lie in the line that was read.
        const bool inside = text.empty() || (text.data() >= line.data() &&
                                             text.data() + text.size() <= line.data() + line.size());
        out += inside ? " '" + std::string(text) + "'" : " outside";
    };
    const auto number = [&](auto value) { out += value ? " " + std::to_string(*value) : " -"; };
    number(record.time_ms);
    number(record.serial);
    view(record.host);
    view(record.boot);
    view(record.subj);
    out += " " + std::to_string(static_cast<int>(record.comm.form));
    view(record.comm.raw);
    out += " " + std::to_string(static_cast<int>(record.exe.form));
    view(record.exe.raw);
    out += " " + std::to_string(record.pid) + " " +
           std::to_string(static_cast<std::uint32_t>(record.syscall.arch)) + ":" +
           std::to_string(record.syscall.nr) + " " + std::to_string(static_cast<int>(record.action));
    number(record.code);
    number(record.auid);
    number(record.uid);
    number(record.ses);
    number(record.sig);
    number(record.ip);
    return out + " " + std::to_string(static_cast<int>(record.origin)) + (record.printed ? " printed" : "");
}

/// Reads a line in both ways, and gives the outcome.
Outcome expect_agreement(const std::string& line, Trust trust, RecentParts& recent) {
    // Filled with what no field may keep.
    Record fast, plain;
    fast.pid = plain.pid = 4711;
    const Outcome outcome = parse_record(line, trust, fast, recent);
    EXPECT_EQ(shown(line, outcome, fast), shown(line, parse_record(line, trust, plain), plain)) << line;
    return outcome;
}

const std::vector<std::string> prefixes = {
    "Jul  6 15:37:40 my-machine kernel: [369128.669452] audit: type=1326 audit(",
    "Jul  6 15:37:40 my-machine kernel: [  128.669452] audit: type=1326 audit(",
    "[369128.669452] audit: type=1326 audit(",
    "<5>[369128.669452] audit: type=1326 audit(",
    "5,972,1956035620,-;audit: type=1326 audit(",
    "2026-11-23T19:42:25.355000+00:00 node-1 kernel: [1956.035620] audit: type=1326 audit(",
    "[Mon Nov 23 19:42:25 2026] audit: type=1326 audit(",
    "[ 1956.035620] [   T37] audit: type=1326 audit(",
    "type=SECCOMP msg=audit(",
    "node=node-1 type=SECCOMP msg=audit(",
    "Jul  6 15:37:40 my-machine myapp: [369128.669452] audit: type=1326 audit(",
    "type=1326 audit("};
const std::vector<std::string> bodies = {
    "auid=4294967295 uid=0 gid=0 ses=4294967295 pid=29064 comm=\"http-echo\" exe=\"/http-echo\" sig=0 "
    "arch=c000003e syscall=51 "
    "compat=0 ip=0x46fe1f code=0x7ffc0000",
    "auid=1000 uid=33 gid=33 ses=7 subj=docker-default (enforce) pid=7 comm=776F726B65722031 exe=\"/a\" "
    "sig=31 arch=40000003 "
    "syscall=5 compat=1 ip=0xb7 code=0x0",
    "auid=0 uid=0 gid=0 ses=1 pid=9 comm=(null) exe=(null) sig=0 arch=c000003e syscall=1073741825 compat=0 "
    "ip=0x1 "
    "code=0x50001",
    "auid=0 uid=0 gid=0 ses=1 pid=9 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e syscall=0 compat=0 ip=0x1 "
    "code=0x7ffc0000\x1d"
    "AUID=\"root\" UID=\"root\" ARCH=x86_64 SYSCALL=read"};

TEST(RecentParts, GiveWhatReadingAnewGives) {
    RecentParts recent;
    for (int again = 0; again < 6; ++again)
        for (const std::string& prefix : prefixes)
            for (const std::string& body : bodies) {
                const std::string stamp = "1594067860.48" + std::to_string(again) + ":14536): ";
                const Outcome outcome = expect_agreement(prefix + stamp + body, Trust::kernel, recent);
                EXPECT_EQ(outcome,
                          prefix.find("myapp") == std::string::npos ? Outcome::observed : Outcome::refused);
            }
}

TEST(RecentParts, AgreeOnDamagedLines) {
    std::mt19937 random(20'261'126);
    const std::string letters = "0123456789 []().:=\"'/-<>,;azAZ\t\x1b\x1d\xff";
    RecentParts recent;
    int observed = 0;
    for (int round = 0; round < 200'000; ++round) {
        const std::string& prefix = prefixes[random() % prefixes.size()];
        std::string line = prefix + "1594067860.48" + std::to_string(random() % 10) + ":" +
                           std::to_string(random() % 20) + "): " + bodies[random() % bodies.size()];
        for (std::size_t damage = random() % 4; damage > 0; --damage) {
            // Half of it to the prefix, where the rule of what may differ is.
            const std::size_t at = random() % (random() % 2 == 0 ? prefix.size() : line.size());
            const char letter = random() % 2 == 0 ? static_cast<char>('0' + random() % 10)
                                                  : letters[random() % letters.size()];
            switch (random() % 3) {
                case 0: line.insert(at, 1, letter); break;
                case 1: line.erase(at, 1); break;
                default: line[at] = letter; break;
            }
        }
        const Trust trust = random() % 8 == 0 ? Trust::any : Trust::kernel;
        observed += expect_agreement(line, trust, recent) == Outcome::observed ? 1 : 0;
        if (HasFailure()) return;
    }
    EXPECT_GT(observed, 50'000);
}

TEST(RecentParts, ManyTextsPushEachOtherOut) {
    RecentParts recent;
    for (int round = 0; round < 3; ++round)
        for (int pid = 1; pid < 5000; ++pid) {
            std::string body = bodies[0];
            body.replace(body.find("29064"), 5, std::to_string(pid));
            expect_agreement(prefixes[0] + "1594067860.484:" + std::to_string(pid) + "): " + body,
                             Trust::kernel, recent);
        }
}

}  // namespace
}  // namespace scgen
