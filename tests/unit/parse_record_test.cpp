#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scgen/audit/record_reader.hpp"

namespace scgen {
namespace {

const std::string fields =
    "auid=4294967295 uid=0 gid=0 ses=4294967295 pid=29064 comm=\"http-echo\" exe=\"/http-echo\" sig=0 "
    "arch=c000003e syscall=51 "
    "compat=0 ip=0x46fe1f code=0x7ffc0000";
const std::string stamped = "audit(1594067860.484:14536): " + fields;
const std::string printed = "audit: type=1326 " + stamped;
const std::string written = "type=SECCOMP msg=" + stamped;

/// Keeps the line, because the record points into it.
Outcome parse(const std::string& line, Record& record, Trust trust = Trust::kernel) {
    static std::string kept;
    kept = line;
    return parse_record(kept, trust, record);
}

Outcome outcome_of(const std::string& line, Trust trust = Trust::kernel) {
    Record record;
    return parse(line, record, trust);
}

TEST(ParseRecord, ReadsEveryField) {
    Record record;
    ASSERT_EQ(parse("Jul  6 15:37:40 my-machine kernel: [369128.669452] " + printed, record),
              Outcome::observed);
    EXPECT_EQ(record.time_ms, 1594067860484);
    EXPECT_EQ(record.serial, 14536U);
    EXPECT_EQ(record.host, "my-machine");
    EXPECT_EQ(record.pid, 29064);
    EXPECT_EQ(interpret(record.comm), "http-echo");
    EXPECT_EQ(interpret(record.exe), "/http-echo");
    EXPECT_EQ(record.syscall, (Syscall{Arch::x86_64, 51}));
    EXPECT_EQ(record.action, Action::log);
    EXPECT_EQ(record.code, 0x7ffc0000U);
    EXPECT_EQ(record.auid, 4294967295U);
    EXPECT_EQ(record.uid, 0U);
    EXPECT_EQ(record.sig, 0);
    EXPECT_EQ(record.ip, 0x46fe1fU);
    EXPECT_EQ(record.origin, Origin::text);
}

struct Carrier {
    std::string prefix;
    Origin origin;
    std::string host = "";
};

TEST(ParseRecord, KernelCarriers) {
    const std::vector<Carrier> carriers{
        {"", Origin::text},
        {"[ 1956.035620] ", Origin::text},
        {"[12345678.035620] ", Origin::text},
        {"[    5.123456][  T37] ", Origin::text},
        {"[    5.123456][   C0] ", Origin::text},
        {"[    5.123456] [  T37] ", Origin::text},
        {"[Mon Nov 23 19:42:25 2026] ", Origin::text},
        {"[Mon Nov 23 19:42:25 2026 <    0.000008>] ", Origin::text},
        {"[  +0.225289] ", Origin::text},
        {"[  +1,261094] ", Origin::text},
        {"[<    0.001000>] ", Origin::text},
        {"[ 1956.035620 <    0.001000>] ", Origin::text},
        {"[Nov23 19:42] ", Origin::text},
        {"2026-11-23T19:42:25,035620+00:00 ", Origin::text},
        {"2026-11-23T19:42:25,035620+00:00 [  T37] ", Origin::text},
        {"\x1b[32m[ 1956.035620] \x1b[0m\x1b[33m", Origin::text},
        {"<5>[ 1956.035620] ", Origin::ring},
        {"<5>", Origin::ring},
        {"kern  :notice: [ 1956.035620] ", Origin::ring},
        {"kern  :notice: 2026-11-23T19:42:25,035620+00:00 ", Origin::ring},
        {"5,972,1956035620,-;", Origin::ring},
        {"5,972,1956035620,-,caller=T37;", Origin::ring},
        {"Nov 23 19:42:25 vm kernel: ", Origin::text, "vm"},
        {"\xEF\xBB\xBFNov 23 19:42:25 vm kernel: ", Origin::text, "vm"},
        {"Nov  3 19:42:25 vm kernel: [ 1955.026349] ", Origin::text, "vm"},
        {"Nov 11 23:36:00 node1 kernel: [28922.398944] 000: ", Origin::text, "node1"},
        {"Nov 23 19:42:25.123456 vm kernel: ", Origin::text, "vm"},
        {"Nov 23 19:42:25 kernel: ", Origin::text},
        {"Nov 23 19:48:14 vm kern.notice kernel: [ 2304.441727] ", Origin::text, "vm"},
        {"Nov 23 19:48:14 kern.notice kernel: [ 2304.441727] ", Origin::text},
        {"2026-11-23T19:42:24.358707+00:00 vm kernel: [ 1955.026349] ", Origin::text, "vm"},
        {"2026-11-23T19:42:24+0000 vm kernel: ", Origin::text, "vm"},
        {"2026-11-23T19:42:24Z vm kernel: ", Origin::text, "vm"},
        {"Mon 2026-11-23 19:42:25 UTC vm kernel: ", Origin::text, "vm"},
        {"Mon 2026-11-23 19:42:25 CET vm kernel: ", Origin::text, "vm"},
        {"1795462945.362886 vm kernel: ", Origin::text, "vm"},
        {"[ 1956.035911] vm kernel: ", Origin::text, "vm"},
        {"[ 1956.035911 <    0.000001 >] vm kernel: ", Origin::text, "vm"},
        {"<5>1 2026-11-23T19:42:24.358707+00:00 vm kernel - - - [ 1955.026349] ", Origin::text, "vm"},
        {"<5>1 2026-11-23T19:42:24.358707+00:00 vm kernel - - [x@1 y=\"z\"] \xEF\xBB\xBF[ 1955.026349] ",
         Origin::text, "vm"},
        {"<5>Nov 23 19:42:25 vm kernel: ", Origin::text, "vm"},
        {"10.5.0.2: kern:  notice: [2026-11-23T19:42:24.358707Z]: ", Origin::ring, "10.5.0.2"},
        {"Nov 23 19:42:25 vm kernel: message repeated 2 times: [ ", Origin::text, "vm"},
    };
    for (const auto& carrier : carriers) {
        Record record;
        EXPECT_EQ(parse(carrier.prefix + printed, record), Outcome::observed) << carrier.prefix;
        EXPECT_EQ(record.syscall.nr, 51) << carrier.prefix;
        EXPECT_EQ(record.origin, carrier.origin) << carrier.prefix;
        EXPECT_EQ(record.host, carrier.host) << carrier.prefix;
    }
}

TEST(ParseRecord, DaemonAndJournalCarriers) {
    for (const auto& carrier :
         std::vector<Carrier>{{"", Origin::netlink},
                              {"node=web-1 ", Origin::netlink, "web-1"},
                              {"Nov 23 19:42:25 vm audispd[412]: ", Origin::text, "vm"},
                              {"Nov 23 19:42:25 vm audisp-syslog: ", Origin::text, "vm"},
                              {"Nov 23 19:42:25 vm audispd: node=vm2 ", Origin::text, "vm2"}}) {
        for (const std::string type : {"SECCOMP", "UNKNOWN[1326]", "1326"}) {
            Record record;
            EXPECT_EQ(parse(carrier.prefix + "type=" + type + " msg=" + stamped, record), Outcome::observed)
                << carrier.prefix;
            EXPECT_EQ(record.origin, carrier.origin) << carrier.prefix;
            EXPECT_EQ(record.host, carrier.host) << carrier.prefix;
        }
    }
    for (const std::string prefix :
         {"", "Nov 23 19:42:25 vm audit[29064]: ", "Nov 23 19:42:25 vm audit: ",
          "[ 1956.035911] vm audit[29064]: ", "2026-11-23T19:42:25+0000 vm audit[29064]: ",
          "1795462945.362886 vm audit[29064]: "}) {
        for (const std::string type : {"SECCOMP ", "AUDIT1326 ", "UNKNOWN[1326] "})
            EXPECT_EQ(outcome_of(prefix + type + fields), Outcome::observed) << prefix << type;
    }
}

TEST(ParseRecord, TheTimeOfACarrierServesWhereTheStampIsGone) {
    Record record;
    ASSERT_EQ(parse("2026-11-23T20:42:25.5+01:00 vm audit[29064]: SECCOMP " + fields, record),
              Outcome::observed);
    EXPECT_EQ(record.time_ms, 1795462945500);
    EXPECT_EQ(record.serial, std::nullopt);
    ASSERT_EQ(parse("Nov 23 19:42:25 vm audit[29064]: SECCOMP " + fields, record), Outcome::observed);
    EXPECT_EQ(record.time_ms, std::nullopt) << "no year, no zone";
}

TEST(ParseRecord, KernelsOfEveryAge) {
    const std::string head = "audit(1348733325.650:64): auid=0 uid=0 gid=0 ses=1 pid=7 comm=\"a\" ";
    const std::vector<std::pair<std::string, Outcome>> lines{
        {"type=1701 " + head + "reason=\"seccomp\" sig=0 syscall=39 compat=0 ip=0x7f code=0x50001",
         Outcome::observed},
        {"type=ANOM_ABEND msg=" + head + "reason=\"seccomp\" sig=0 syscall=39 compat=0 ip=0x7f code=0x50001",
         Outcome::observed},
        {"type=1701 " + head + "reason=\"memory violation\" sig=11", Outcome::other},
        {"type=ANOM_ABEND msg=" + head + "exe=\"/x\" sig=11 res=1", Outcome::other},
        {"type=1326 " + head + "sig=0 syscall=39 compat=0 ip=0x7f code=0x50000", Outcome::observed},
        {"type=1326 " + head + "exe=\"/x\" sig=0 syscall=39 compat=0 ip=0x7f code=0x50000",
         Outcome::observed},
        {"type=1326 " + head + "exe=\"/x\" sig=0 arch=c000003e syscall=39 compat=0 ip=0x7f code=0x50000",
         Outcome::observed},
    };
    for (const auto& [line, expected] : lines) {
        Record record;
        EXPECT_EQ(parse(line, record), expected) << line;
        if (expected != Outcome::observed) continue;
        EXPECT_EQ(record.action, Action::errno_) << line;
        EXPECT_EQ(record.syscall.arch, line.find("arch=") == std::string::npos ? Arch::none : Arch::x86_64)
            << line;
    }
}

TEST(ParseRecord, EveryCutIsALossAndNeverAnotherCall) {
    const std::string line = "[ 1956.035620] " + printed;
    const std::size_t anchor = line.find("audit(") + 6;
    for (std::size_t size = anchor; size < line.size(); ++size)
        EXPECT_EQ(outcome_of(line.substr(0, size)), Outcome::truncated) << line.substr(0, size);
    const std::string hex =
        "type=SECCOMP msg=audit(1.000:1): auid=0 uid=0 gid=0 ses=0 subj=a (enforce) pid=1 comm=6162 "
        "exe=(null) sig=31 "
        "arch=40000003 syscall=-1 compat=1 ip=0x0 code=0x80000000";
    ASSERT_EQ(outcome_of(hex), Outcome::observed);
    for (std::size_t size = hex.find("audit(") + 6; size < hex.size(); ++size)
        EXPECT_EQ(outcome_of(hex.substr(0, size)), Outcome::truncated) << hex.substr(0, size);
}

std::string with(const std::string& from, const std::string& to, const std::string& base = written) {
    std::string line = base;
    const std::size_t at = line.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return line.replace(at, from.size(), to);
}

TEST(ParseRecord, BreaksOfTheGrammarAreMalformed) {
    const std::vector<std::string> lines{
        with("syscall=51", "syscall=0x33"),
        with("syscall=51", "syscall=051"),
        with("syscall=51", "syscall=+51"),
        with("syscall=51", "syscall= 51"),
        with("syscall=51", "syscall=51x"),
        with("syscall=51", "syscall=4294967295"),
        with("syscall=51", "syscall=-2147483649"),
        with("syscall=51", "syscall=18446744073709551615"),
        with("syscall=51", "syscall=51 syscall=52"),
        with("syscall=51 compat=0", "compat=0 syscall=51"),
        with("arch=c000003e", "arch=0xc000003e"),
        with("arch=c000003e", "arch=1c000003e"),
        with("compat=0", "compat=2"),
        with("pid=29064", "pid=-1"),
        with("pid=29064", "pid=99999999999"),
        with("comm=\"http-echo\"", "comm=http-echo"),
        with("comm=\"http-echo\"", "comm=\"http echo\""),
        with("comm=\"http-echo\"", "comm=ABC"),
        with("comm=\"http-echo\"", "comm=abcd"),
        with("comm=\"http-echo\"", "comm="),
        with(" pid=", "  pid="),
        with("auid=", "AUID="),
        with("1594067860.484", "1594067860.4845"),
        with("14536", "4294967296"),
        with("code=0x7ffc0000", "code=7ffc0000"),
        with("code=0x7ffc0000", "code=0x7ffc00000"),
        with("code=0x7ffc0000", "code=0x12340000"),
        written + "x",
        written + " syscall=0",
        written +
            "\x1d"
            "AUID=\"unset\" exe=\"/bin/other\"",
        with("ses=4294967295",
             "ses=4294967295 subj=x pid=1 comm=\"evil\" exe=\"/e\" sig=0 arch=c000003e syscall=0 compat=0 "
             "ip=0x0 code=0x7ffc0000"),
    };
    for (const auto& line : lines) {
        const Outcome outcome = outcome_of(line);
        EXPECT_TRUE(outcome == Outcome::malformed || outcome == Outcome::truncated)
            << line << " " << outcome_name(outcome);
    }
}

TEST(ParseRecord, TrailersOfUserSpaceAreSkipped) {
    for (const std::string trailer :
         {" ", "\r",
          "\x1d"
          "AUID=\"unset\" UID=\"root\" ARCH=aarch64 SYSCALL=getdents",
          "AUID=\"unset\" UID=\"root\" SYSCALL=unknown-syscall(-1)", " AUID=\"unset\" SYSCALL=read", "]",
          "#035AUID=\"unset\" SYSCALL=read"}) {
        Record record;
        const std::string line = trailer == "\r" ? written : written + trailer;
        EXPECT_EQ(parse(line, record), Outcome::observed) << trailer;
        EXPECT_EQ(record.syscall, (Syscall{Arch::x86_64, 51})) << trailer;
        EXPECT_EQ(record.code, 0x7ffc0000U) << trailer;
    }
}

TEST(ParseRecord, LookAlikesAreRefused) {
    const std::vector<std::string> lines{
        "Nov 23 19:42:25 vm myapp[12]: " + printed,
        "Nov 23 19:42:25 vm myapp: kernel: " + printed,
        "Nov 23 19:42:25 vm kernel: myapp: " + printed,
        "Nov 23 19:42:25 vm kernel: [ 1955.026349] foo " + printed,
        "Nov 23 19:42:25 vm user.notice kernel: " + printed,
        "Nov 23 19:42:25 user.notice kernel: " + printed,
        "Nov 23 19:42:25 " + printed,
        "        " + printed,
        " 5,972,1956035620,-;" + printed,
        "12,972,1956035620,-;" + printed,
        "<13>[ 1956.035620] " + printed,
        "<13>1 2026-11-23T19:42:24.358707+00:00 vm kernel - - - " + printed,
        "<5>1 2026-11-23T19:42:24.358707+00:00 vm app - - - " + printed,
        "user  :notice: [ 1956.035620] " + printed,
        "2026-11-23T19:42:25.123456789Z stdout F " + printed,
        "2026-11-23T19:42:25.123456789Z stderr P Nov 23 19:42:25 vm kernel: " + printed,
        "{\"log\":\"" + printed,
        "type=USER_LOGIN msg=audit(1594067860.484:14536): pid=1 uid=0 auid=1 ses=1 msg='op=x " + written +
            "'",
        "type=USER_TTY msg=audit(1594067860.484:14536): pid=1 msg='" + written,
        "x" + written,
        "node=a b " + written,
        "type=1300 audit(1594067860.484:14536): " + printed,
        "Nov 23 19:42:25 vm sshd[1]: SECCOMP " + fields,
        "they said SECCOMP " + fields,
        std::string(600, 'x') + printed,
        "\x1b]0;title\x07" + printed,
    };
    for (const auto& line : lines)
        EXPECT_EQ(outcome_of(line), Outcome::refused) << line;
    for (const auto& line : lines) {
        const bool quoted = line.find("msg='") != std::string::npos;
        EXPECT_EQ(outcome_of(line, Trust::any), quoted ? Outcome::refused : Outcome::observed) << line;
    }
}

TEST(ParseRecord, OtherLinesAreOther) {
    for (const std::string line :
         {"", " ", "Nov 23 19:42:25 vm kernel: [ 1.0] usb 1-1: new device",
          "type=SYSCALL msg=audit(1.000:1): arch=c000003e syscall=44", "----",
          "time->Mon Nov 23 19:42:25 2026", "type=1300 audit(1.000:1): arch=c000003e syscall=44", "SECCOMP",
          "auid=1 1326", "[ 5.0] audit: type=1327 audit(1.000:1): proctitle=61"})
        EXPECT_EQ(outcome_of(line), Outcome::other) << line;
}

TEST(ParseRecord, FormatsWithoutNumbersAreUnusable) {
    EXPECT_EQ(outcome_of("NODE,EVENT,DATE,TIME,SERIAL_NUM,EVENT_KIND,SESSION"), Outcome::unusable);
    EXPECT_EQ(
        outcome_of(
            "At 20:02:26 11/23/26 system, acting as root, unsuccessfully called-seccomp-controlled-syscall "
            "unknown-syscall(-1) using /opt/corpus/scrun"),
        Outcome::unusable);
}

TEST(ParseRecord, NamesQuotedAndHex) {
    const std::vector<std::pair<std::string, std::string>> names{
        {"\"CAFE\"", "CAFE"},
        {"CAFE", "\xCA\xFE"},
        {"\"\"", ""},
        {"\"(null)\"", "(null)"},
        {"(null)", ""},
        {"?", ""},
        {"\"a=b\\c'\"", "a=b\\c'"},
        {"6578653D222F62696E2F736822", "exe=\"/bin/sh\""},
        {"6573631B5B33316D726564", "esc\x1b[31mred"},
        {"20", " "},
    };
    for (const auto& [logged, name] : names) {
        Record record;
        EXPECT_EQ(parse(with("comm=\"http-echo\"", "comm=" + logged), record), Outcome::observed) << logged;
        EXPECT_EQ(interpret(record.comm), name) << logged;
    }
}

TEST(ParseRecord, SubjectIsFreeText) {
    for (const std::string subj :
         {"unconfined", "=unconfined", "=snap.demo-store.app (enforce)",
          "system_u:system_r:container_t:s0:c331,c427", "a//&b (complain)", ":ns:profile", "comm=x"}) {
        Record record;
        EXPECT_EQ(parse(with("ses=4294967295", "ses=4294967295 subj=" + subj), record), Outcome::observed)
            << subj;
        EXPECT_EQ(record.subj, subj);
        EXPECT_EQ(interpret(record.comm), "http-echo") << subj;
    }
}

TEST(ParseRecord, NumbersInTheirTrueRange) {
    const std::vector<std::pair<std::string, Syscall>> numbers{
        {"arch=c000003e syscall=1073742339", {Arch::x32, 1073742339}},
        {"arch=c000003e syscall=-1", {Arch::x86_64, -1}},
        {"arch=40000003 syscall=102", {Arch::x86, 102}},
        {"arch=40000028 syscall=983045", {Arch::arm, 983045}},
        {"arch=c000003e syscall=2147483647", {Arch::x32, 2147483647}},
        {"arch=deadbeef syscall=1", {static_cast<Arch>(0xdeadbeef), 1}},
        {"arch=c000003e syscall=-2147483648", {Arch::x86_64, -2147483647 - 1}},
    };
    for (const auto& [text, syscall] : numbers) {
        Record record;
        EXPECT_EQ(parse(with("arch=c000003e syscall=51", text), record), Outcome::observed) << text;
        EXPECT_EQ(record.syscall, syscall) << text;
    }
}

std::string interpreted(const std::string& names,
                        const std::string& call = "arch=x86_64 syscall=getsockname") {
    return "type=SECCOMP msg=audit(11/23/26 20:02:26.207:2162) : auid=unset uid=root gid=root ses=unset "
           "pid=6637 " +
           names + " sig=SIG0 " + call + " compat=0 ip=0x7f74 code=log ";
}

TEST(ParseRecord, InterpretedByAusearch) {
    Record record;
    ASSERT_EQ(parse(interpreted("comm=my app exe=/opt/a b/c"), record), Outcome::observed);
    EXPECT_EQ(interpret(record.comm), "my app");
    EXPECT_EQ(interpret(record.exe), "/opt/a b/c");
    EXPECT_EQ(record.serial, 2162U);
    EXPECT_EQ(record.time_ms, std::nullopt);
    EXPECT_EQ(record.syscall, (Syscall{Arch::x86_64, 51}));
    EXPECT_EQ(record.action, Action::log);
    EXPECT_EQ(record.pid, 6637);

    const std::vector<std::pair<std::string, Syscall>> calls{
        {"arch=x86_64 syscall=pread", {Arch::x86_64, 17}},
        {"arch=i386 syscall=ugetrlimit", {Arch::x86, 191}},
        {"arch=aarch64 syscall=faccessat", {Arch::aarch64, 48}},
        {"arch=x86_64 syscall=unknown-syscall(600)", {Arch::x86_64, 600}},
        {"arch=x86_64 syscall=unknown-syscall(1073742339)", {Arch::x32, 1073742339}},
        {"arch=i386 syscall=unknown-syscall(-1)", {Arch::x86, -1}}};
    for (const auto& [text, syscall] : calls) {
        EXPECT_EQ(parse(interpreted("comm=a exe=/a", text), record), Outcome::observed) << text;
        EXPECT_EQ(record.syscall, syscall) << text;
    }
    for (const std::string names : {"comm=exe=\"/bin/sh\" exe=/x", "comm=x\" syscall=1  exe=/x",
                                    "comm=) : auid=unset exe=/x", "comm= exe=/x", "comm=new\\012line exe=/x"})
        EXPECT_EQ(outcome_of(interpreted(names)), Outcome::observed) << names;
}

TEST(ParseRecord, InterpretedTextThatReadsTwoWaysIsRefusedAsMalformed) {
    EXPECT_EQ(outcome_of(interpreted("comm=a exe=/x exe=/y")), Outcome::malformed);
    EXPECT_EQ(outcome_of(interpreted("comm=a-long-thread-name exe=/x")), Outcome::malformed)
        << "no comm has over 15 bytes";
    EXPECT_EQ(outcome_of(interpreted("comm=a exe=/x", "arch=x86_64 syscall=nosuchcall")), Outcome::malformed);
    EXPECT_EQ(outcome_of(interpreted("comm=a exe=/x", "arch=pdp11 syscall=read")), Outcome::malformed);
    const std::string whole = interpreted("comm=a exe=/x");
    EXPECT_EQ(outcome_of(whole.substr(0, whole.find(" code="))), Outcome::truncated);
}

}  // namespace
}  // namespace scgen
