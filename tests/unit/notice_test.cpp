#include "scgen/audit/notice.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "scgen/audit/record_reader.hpp"
#include "scgen/audit/source.hpp"

// Every literal by which a kernel or a daemon says that it lost something, behind the prefix of every carrier.

namespace scgen {

void PrintTo(Notice::Kind kind, std::ostream* out) {
    *out << "kind " << static_cast<int>(kind);
}

void PrintTo(Loss::Kind kind, std::ostream* out) {
    *out << loss_name(kind);
}

namespace {

using Kind = Notice::Kind;

struct Case {
    std::string message;
    Kind kind;
    Loss::Kind loss;
    std::uint64_t count = 0;
};

const std::vector<Case> kernel_messages{
    {"audit: audit_backlog=9 > audit_backlog_limit=8", Kind::loss, Loss::Kind::audit_backlog},
    {"audit: audit_lost=839 audit_rate_limit=0 audit_backlog_limit=8", Kind::total, Loss::Kind::audit_lost,
     839},
    {"audit: backlog limit exceeded", Kind::loss, Loss::Kind::audit_backlog},
    {"audit: rate limit exceeded", Kind::loss, Loss::Kind::audit_rate},
    {"audit: out of memory in audit_log_start", Kind::loss, Loss::Kind::audit_memory},
    {"audit: kauditd retry queue overflow", Kind::loss, Loss::Kind::audit_queue},
    {"audit: kauditd hold queue overflow", Kind::loss, Loss::Kind::audit_queue},
    {"audit: auditd disappeared", Kind::loss, Loss::Kind::audit_daemon},
    {"audit: *NO* daemon at audit_pid=312", Kind::loss, Loss::Kind::audit_daemon},
    {"kauditd_printk_skb: 1546 callbacks suppressed", Kind::loss, Loss::Kind::printk_limit, 1546},
    {"audit_printk_skb: 27 callbacks suppressed", Kind::loss, Loss::Kind::printk_limit, 27},
    {"audit_log_start: 3 callbacks suppressed", Kind::loss, Loss::Kind::printk_limit, 3},
    {"show_signal_msg: 12 callbacks suppressed", Kind::loss, Loss::Kind::printk_limit, 12},
    {"** 17 printk messages dropped **", Kind::loss, Loss::Kind::kernel_ring, 17},
    {"** 17 printk messages dropped ** [ 6645.545851] audit: type=1326", Kind::loss, Loss::Kind::kernel_ring,
     17},
    {"cat: 40 output lines suppressed due to ratelimiting", Kind::unrelated, Loss::Kind::audit_lost, 40},
    {"audit: disabled (until reboot)", Kind::audit_off, Loss::Kind::audit_lost},
    {"Kernel command line: BOOT_IMAGE=/vmlinuz root=/dev/vda audit=0 quiet", Kind::audit_off,
     Loss::Kind::audit_lost},
    {"Command line: audit=off", Kind::audit_off, Loss::Kind::audit_lost},
};

const std::vector<Case> journald_messages{
    {"Missed 4 kernel messages", Kind::loss, Loss::Kind::kernel_ring, 4},
    {"/dev/kmsg buffer overrun, some messages lost.", Kind::loss, Loss::Kind::kernel_ring},
    {"Forwarding to syslog missed 3 messages.", Kind::loss, Loss::Kind::syslog, 3},
    {"Suppressed 1200 messages from chatty.service", Kind::unrelated, Loss::Kind::audit_lost, 1200},
};

const std::vector<Case> rsyslogd_messages{
    {"imklog: 12 messages lost due to rate-limiting (500 allowed within 5 seconds)", Kind::loss,
     Loss::Kind::syslog, 12},
    {"imjournal: 9 messages lost due to rate-limiting (20000 allowed within 600 seconds)", Kind::loss,
     Loss::Kind::syslog, 9},
    {"imjournal from <vm:kernel>: begin to drop messages due to rate-limiting", Kind::loss,
     Loss::Kind::syslog},
    {"imuxsock lost 5 messages from pid 7 due to rate-limiting", Kind::unrelated, Loss::Kind::audit_lost, 5},
    {"imuxsock begins to drop messages from pid 7 due to rate-limiting", Kind::unrelated,
     Loss::Kind::audit_lost},
    {"imuxsock from <vm:a>: 8 messages lost due to rate-limiting (200 allowed within 5 seconds)",
     Kind::unrelated, Loss::Kind::audit_lost, 8},
};

const std::vector<Case> auditd_messages{
    {"Audit daemon has no space left on logging partition", Kind::loss, Loss::Kind::audit_daemon},
    {"Audit daemon is suspending logging due to low disk space.", Kind::loss, Loss::Kind::audit_daemon},
    {"Audit daemon is suspending logging due to no space left on logging partition.", Kind::loss,
     Loss::Kind::audit_daemon},
    {"Audit daemon is suspending logging due to logfile size.", Kind::loss, Loss::Kind::audit_daemon},
    {"Audit daemon is suspending logging due to previously mentioned write error", Kind::loss,
     Loss::Kind::audit_daemon},
    {"Error receiving audit netlink packet (No buffer space available)", Kind::loss,
     Loss::Kind::audit_daemon},
    {"queue to plugins is full - dropping event", Kind::loss, Loss::Kind::audit_daemon},
    {"queue is full - dropping event", Kind::loss, Loss::Kind::audit_daemon},
    {"dispatch err (pipe full) event lost", Kind::loss, Loss::Kind::audit_daemon},
    {"Auditd is suspending event passing to plugins due to overflowing its queue.", Kind::loss,
     Loss::Kind::audit_daemon},
    {"Init complete, auditd 3.0.9 listening for events (startup state enable)", Kind::daemon,
     Loss::Kind::audit_lost},
};

/// What precedes a message of the kernel, and what is known from it.
struct Carrier {
    std::string prefix;
    Origin origin = Origin::text;
    std::string host = "";
    std::uint64_t uptime = 0;
};

const std::vector<Carrier> kernel_carriers{
    {""},
    {"[ 1956.035620] ", Origin::text, "", 1956035620},
    {"[12345678.035620][  T37] ", Origin::text, "", 12345678035620},
    {"[Mon Nov 23 19:42:25 2026] "},
    {"[  +5.225289] "},
    {"2026-11-23T19:42:25,035620+00:00 "},
    {"<4>[ 1956.035620] ", Origin::ring, "", 1956035620},
    {"kern  :warn  : [ 1956.035620] ", Origin::ring, "", 1956035620},
    {"4,972,1956035620,-;", Origin::ring, "", 1956035620},
    {"4,972,1956035620,-,caller=T37;", Origin::ring, "", 1956035620},
    {"Nov 23 19:42:25 vm kernel: ", Origin::text, "vm"},
    {"Nov 23 19:42:25 vm kernel: [ 1956.035620] ", Origin::text, "vm", 1956035620},
    {"Nov  3 19:48:14 vm kern.warn kernel: [ 1956.035620] ", Origin::text, "vm", 1956035620},
    {"2026-11-23T19:42:24.358707+00:00 vm kernel: [ 1956.035620] ", Origin::text, "vm", 1956035620},
    {"Mon 2026-11-23 19:42:25 UTC vm kernel: ", Origin::text, "vm"},
    {"1795462945.362886 vm kernel: ", Origin::text, "vm"},
    {"[ 1956.035911] vm kernel: ", Origin::text, "vm", 1956035911},
    {"<4>1 2026-11-23T19:42:24.358707+00:00 vm kernel - - - [ 1956.035620] ", Origin::text, "vm", 1956035620},
    {"10.5.0.2: kern: warning: [2026-11-23T19:42:24.358707Z]: ", Origin::ring, "10.5.0.2"},
    {"Nov 23 19:42:25 vm kernel: message repeated 2 times: [ ", Origin::text, "vm"},
};

void expect_notice(const std::optional<Notice>& notice, const Case& wanted, const std::string& line) {
    ASSERT_TRUE(notice) << line;
    EXPECT_EQ(notice->kind, wanted.kind) << line;
    EXPECT_EQ(notice->loss.kind, wanted.loss) << line;
    EXPECT_EQ(notice->loss.count, wanted.count) << line;
}

TEST(Notice, EveryKernelMessageBehindEveryCarrier) {
    for (const Case& wanted : kernel_messages)
        for (const Carrier& carrier : kernel_carriers) {
            const std::string line = carrier.prefix + wanted.message;
            const auto notice = parse_notice(line, Trust::kernel);
            expect_notice(notice, wanted, line);
            if (!notice) continue;
            EXPECT_EQ(notice->origin, carrier.origin) << line;
            EXPECT_EQ(notice->host, carrier.host) << line;
            if (carrier.uptime != 0) {
                EXPECT_EQ(notice->mark, carrier.uptime) << line;
            }
            EXPECT_EQ(notice->mark.has_value(), !carrier.prefix.empty()) << line;
        }
}

TEST(Notice, EveryMessageOfADaemonBehindEveryCarrier) {
    const std::vector<std::string> carriers{"",
                                            "Nov 23 19:42:25 vm TAG: ",
                                            "Nov 23 19:42:25 vm TAG[312]: ",
                                            "Nov 23 19:42:25 vm daemon.warn TAG[312]: ",
                                            "Nov 23 19:42:25 TAG[312]: ",
                                            "2026-11-23T19:42:24.358707+00:00 vm TAG[312]: ",
                                            "<46>Nov 23 19:42:25 vm TAG[312]: ",
                                            "<28>1 2026-11-23T19:42:24.358707+00:00 vm TAG 312 - - ",
                                            "[ 1956.035911] vm TAG[312]: ",
                                            "[ 1956.035911] TAG[312]: ",
                                            "1795462945.362886 vm TAG[312]: "};
    const auto check = [&](const std::vector<Case>& cases, const std::vector<std::string>& tags) {
        for (const Case& wanted : cases)
            for (const std::string& tag : tags)
                for (std::string line : carriers) {
                    if (const std::size_t at = line.find("TAG"); at != std::string::npos)
                        line.replace(at, 3, tag);
                    line += wanted.message;
                    // Without its name before it, what auditd says has nothing that a search would find.
                    if (line == wanted.message && !may_be_notice(line)) continue;
                    expect_notice(parse_notice(line, Trust::kernel), wanted, line);
                }
    };
    check(journald_messages, {"systemd-journald"});
    check(rsyslogd_messages, {"rsyslogd", "rsyslogd-2177"});
    check(auditd_messages, {"auditd", "audispd", "audisp-syslog"});
}

TEST(Notice, ColoursOfDmesgAreNoPartOfIt) {
    const auto notice = parse_notice(
        "\x1b[32m[ 5937.526441] \x1b[0m\x1b[33mkauditd_printk_skb: \x1b[0m1546 callbacks suppressed",
        Trust::kernel);
    ASSERT_TRUE(notice);
    EXPECT_EQ(notice->loss, (Loss{Loss::Kind::printk_limit, 1546}));
    EXPECT_EQ(notice->mark, 5937526441U);
}

TEST(Notice, WhatIsNone) {
    for (const std::string line : {
             "",
             "audi",
             "nothing of the kind, though it says audit and messages and suppressed",
             "[ 1956.035620] net_ratelimit: 23 callbacks suppressed",
             "[ 1956.035620] ext4_error: 23 callbacks suppressed",
             "[ 1956.035620] kauditd_printk_skb: -1 callbacks suppressed",
             "[ 1956.035620] kauditd_printk_skb: 99999999999999999999 callbacks suppressed",
             "[ 1956.035620] kauditd_printk_skb:  12 callbacks suppressed",
             "[ 1956.035620]  kauditd_printk_skb: 12 callbacks suppressed",
             "[ 1956.035620] audit: audit_lost= audit_rate_limit=0",
             "[ 1956.035620] audit: initializing netlink subsys (disabled)",
             "[ 1956.035620] Kernel command line: audit=1 xaudit=0 audit=00",
             "Nov 23 19:42:25 vm myapp[12]: audit: audit_lost=5 audit_rate_limit=0 audit_backlog_limit=8",
             "Nov 23 19:42:25 vm myapp[12]: kernel: kauditd_printk_skb: 5 callbacks suppressed",
             "Nov 23 19:42:25 vm user.warn kernel: kauditd_printk_skb: 5 callbacks suppressed",
             "<12>Nov 23 19:42:25 vm kernel: kauditd_printk_skb: 5 callbacks suppressed",
             "12,972,1956035620,-;kauditd_printk_skb: 5 callbacks suppressed",
             "user  :warn  : [ 1956.035620] kauditd_printk_skb: 5 callbacks suppressed",
             "Nov 23 19:42:25 vm kernel: Missed 4 kernel messages",
             "Nov 23 19:42:25 vm auditd[7]: Audit daemon rotating log files",
             "type=USER_MSG msg=audit(1795462945.355:7): pid=1 msg='audit: backlog limit exceeded'",
         })
        EXPECT_FALSE(parse_notice(line, Trust::kernel)) << line;
}

TEST(Notice, TrustInAnyPrefixExtendsToWhatLogsSayOfThemselves) {
    for (const std::string line :
         {"web-1 | kauditd_printk_skb: 5 callbacks suppressed", "  audit: backlog limit exceeded",
          "node 3: Missed 4 kernel messages", "x imklog: 12 messages lost due to rate-limiting"}) {
        EXPECT_FALSE(parse_notice(line, Trust::kernel)) << line;
        EXPECT_TRUE(parse_notice(line, Trust::any)) << line;
    }
    const std::string long_line = std::string(100'000, ' ') + "audit: backlog limit exceeded";
    EXPECT_FALSE(parse_notice(long_line, Trust::any));
}

TEST(Notice, EveryOneHoldsAnAnchor) {
    for (const auto& all : {kernel_messages, journald_messages, rsyslogd_messages})
        for (const Case& each : all)
            EXPECT_TRUE(each.kind == Kind::audit_off || may_be_notice(each.message)) << each.message;
    for (const Case& each : auditd_messages)
        EXPECT_TRUE(may_be_notice("auditd: " + each.message) && may_be_notice("audispd: " + each.message));
}

TEST(Notice, ChangesOfTheConfiguration) {
    struct Change {
        std::string body;
        std::optional<Kind> kind;
        std::uint64_t count = 0;
    };
    for (const Change& change : std::vector<Change>{
             {"op=seccomp-logging actions=kill_process,kill_thread,trap old-actions=kill_process,log res=1",
              Kind::actions_changed},
             {"op=seccomp-logging actions=errno,log old-actions=errno res=1", std::nullopt},
             {"op=seccomp-logging actions=(none) old-actions=log res=1", Kind::actions_changed},
             {"auid=0 ses=1 op=add_rule key=(null) list=5 res=1", Kind::exclude_rule},
             {"auid=0 ses=1 op=\"add rule\" key=(null) list=5 res=1", Kind::exclude_rule},
             {"auid=0 ses=1 op=add_rule key=(null) list=4 res=1", std::nullopt},
             {"auid=0 ses=1 op=remove_rule key=(null) list=5 res=1", std::nullopt},
             {"op=set audit_pid=312 old=0 auid=4294967295 ses=4294967295 res=1", Kind::daemon},
             {"op=set audit_pid=0 old=312 auid=4294967295 ses=4294967295 res=1", std::nullopt},
             {"op=set audit_enabled=1 old=0 auid=0 ses=1 res=1", std::nullopt},
             {"op=set lost=0 old=839 auid=0 ses=1 res=1", Kind::total, 839},
             {"op=set lost=0 old=0 auid=0 ses=1 res=1", std::nullopt},
         })
        for (const std::string head : {"type=CONFIG_CHANGE msg=audit(1795462945.355:7): ",
                                       "[ 1.000000] audit: type=1305 audit(1795462945.355:7): "}) {
            const std::string line = head + change.body;
            const auto event = parse_event(line, Trust::kernel);
            ASSERT_TRUE(event) << line;
            EXPECT_EQ(event->type, AuditEvent::Type::config_change) << line;
            const auto notice = notice_of(*event);
            EXPECT_EQ(notice ? std::optional(notice->kind) : std::nullopt, change.kind) << line;
            if (notice) {
                EXPECT_EQ(notice->loss.count, change.count) << line;
            }
        }
    EXPECT_TRUE(parse_notice("Nov 23 19:42:25 vm audit[1]: CONFIG_CHANGE op=set audit_pid=312 old=0 res=1",
                             Trust::kernel));
}

TEST(AuditEvent, ReadsTheStampOfEveryType) {
    struct Line {
        std::string text;
        AuditEvent::Type type;
        bool printed;
        Origin origin;
        std::string host = "";
    };
    using Type = AuditEvent::Type;
    const std::string stamp = "audit(1795462945.355:1013): ";
    for (const Line& line : std::vector<Line>{
             {"type=SYSCALL msg=" + stamp + "arch=c000003e", Type::other, false, Origin::netlink},
             {"node=web-1 type=EOE msg=" + stamp, Type::other, false, Origin::netlink, "web-1"},
             {"type=UNKNOWN[1334] msg=" + stamp + "prog-id=3 op=LOAD", Type::other, false, Origin::netlink},
             {"type=DAEMON_START msg=" + stamp + "op=start ver=3.0.9", Type::daemon_start, false,
              Origin::netlink},
             {"type=DAEMON_ABORT msg=" + stamp + "op=x", Type::daemon_failure, false, Origin::netlink},
             {"type=DAEMON_ROTATE msg=" + stamp + "op=x", Type::daemon, false, Origin::netlink},
             {"type=SECCOMP msg=" + stamp + "auid=42949", Type::seccomp, false, Origin::netlink},
             {"[    1.5] audit: type=2000 " + stamp + "state=initialized", Type::other, true, Origin::text},
             {"5,9,1500000,-;audit: type=1400 " + stamp + "apparmor=\"STATUS\"", Type::other, true,
              Origin::ring},
             {"Nov 23 19:42:25 vm kernel: audit: type=1326 " + stamp + "auid=4", Type::seccomp, true,
              Origin::text, "vm"},
             {"Nov 23 19:42:25 vm audispd[4]: node=b type=CWD msg=" + stamp, Type::other, false, Origin::text,
              "b"},
         }) {
        const auto event = parse_event(line.text, Trust::kernel);
        ASSERT_TRUE(event) << line.text;
        EXPECT_EQ(event->type, line.type) << line.text;
        EXPECT_EQ(event->printed, line.printed) << line.text;
        EXPECT_EQ(event->origin, line.origin) << line.text;
        EXPECT_EQ(event->host, line.host) << line.text;
        EXPECT_EQ(event->time_ms, 1795462945355) << line.text;
        EXPECT_EQ(event->serial, 1013U) << line.text;
    }
    for (const std::string line :
         {"audit(1795462945.355:1013): ", "type= msg=audit(1795462945.355:1013): ",
          "type=1400 audit(1795462945.355:10",
          "type=1400 audit(1795462945.35:1013): ", "x type=1400 audit(1795462945.355:1013): ",
          "type=USER_MSG msg='type=CWD msg=audit(1795462945.355:1013): '",
          "type=1400  audit(1795462945.355:1013): "})
        EXPECT_FALSE(parse_event(line, Trust::kernel)) << line;
}

/// What a reader found beside records.
struct Found {
    std::vector<Notice> notices;
    std::vector<AuditEvent> events;
    std::vector<std::string> hosts;
    std::vector<std::string> boots;
};

Found read_all(const std::string& text, Trust trust = Trust::kernel) {
    Found found;
    RecordReader reader(trust);
    Record record;
    const auto take = [&](const std::optional<Outcome>& outcome) {
        if (!outcome) return false;
        if (reader.event()) {
            EXPECT_NE(*outcome, Outcome::observed);
            found.events.push_back(*reader.event());
        }
        if (reader.notice()) {
            found.notices.push_back(*reader.notice());
            found.hosts.emplace_back(reader.notice()->host);
            found.boots.emplace_back(reader.notice()->boot);
        }
        return true;
    };
    for_each_line(text, [&](std::string_view line) {
        take(reader.read(line, record));
        while (take(reader.more(record))) {
        }
    });
    take(reader.finish(record));
    return found;
}

std::string json(const std::string& fields, const std::string& message) {
    return "{" + fields + ",\"MESSAGE\":\"" + message + "\"}\n";
}

const std::string of_kernel =
    R"("_TRANSPORT":"kernel","SYSLOG_IDENTIFIER":"kernel","SYSLOG_FACILITY":"0","_HOSTNAME":"vm","_BOOT_ID":"b1",)"
    R"("__REALTIME_TIMESTAMP":"1795462945363203","_SOURCE_MONOTONIC_TIMESTAMP":"1956035620","PRIORITY":"4")";

TEST(Notice, TheKernelsInTheJournal) {
    for (const Case& wanted : kernel_messages) {
        const Found found = read_all(json(of_kernel, wanted.message));
        ASSERT_EQ(found.notices.size(),
                  wanted.kind == Kind::audit_off && !may_be_notice(wanted.message) ? 0U : 1U)
            << wanted.message;
        if (found.notices.empty()) continue;
        expect_notice(found.notices.front(), wanted, wanted.message);
        EXPECT_EQ(found.notices.front().origin, Origin::ring);
        EXPECT_EQ(found.notices.front().mark, 1956035620U);
        EXPECT_EQ(found.notices.front().time_ms, 1795462945363);
        EXPECT_EQ(found.hosts.front(), "vm");
        EXPECT_EQ(found.boots.front(), "b1");
    }
}

TEST(Notice, DaemonsInTheJournal) {
    const std::string driver =
        R"("_TRANSPORT":"driver","SYSLOG_IDENTIFIER":"systemd-journald","PRIORITY":"4")";
    for (const Case& wanted : journald_messages) {
        const Found found = read_all(json(driver, wanted.message));
        ASSERT_EQ(found.notices.size(), 1U) << wanted.message;
        expect_notice(found.notices.front(), wanted, wanted.message);
    }
    const std::string syslog =
        R"("_TRANSPORT":"syslog","SYSLOG_IDENTIFIER":"auditd","SYSLOG_FACILITY":"3","PRIORITY":"4")";
    for (const Case& wanted : auditd_messages)
        EXPECT_EQ(read_all(json(syslog, wanted.message)).notices.size(), 1U) << wanted.message;
}

TEST(Notice, OtherFormsOfTheJournal) {
    const std::string message = "kauditd_printk_skb: 1546 callbacks suppressed";
    for (const std::string& text : std::vector<std::string>{
             "__CURSOR=s=1\n_HOSTNAME=vm\n_BOOT_ID=b1\n_TRANSPORT=kernel\nSYSLOG_FACILITY=0\nSYSLOG_"
             "IDENTIFIER=kernel\n"
             "_SOURCE_MONOTONIC_TIMESTAMP=1956035620\nMESSAGE=" +
                 message + "\n\n",
             "Mon 2026-11-23 19:42:25.355000 UTC [s=3464;i=500;b=00c4;m=7496;t=660f;x=6df2]\n    "
             "_HOSTNAME=vm\n"
             "    _BOOT_ID=b1\n    _TRANSPORT=kernel\n    SYSLOG_FACILITY=0\n    "
             "_SOURCE_MONOTONIC_TIMESTAMP=1956035620\n"
             "    MESSAGE=" +
                 message + "\n",
             "{\n\"_TRANSPORT\" : "
             "\"kernel\",\n\"_HOSTNAME\":\"vm\",\"_BOOT_ID\":\"b1\",\n\"SYSLOG_FACILITY\":\"0\",\n"
             "\"_SOURCE_MONOTONIC_TIMESTAMP\":\"1956035620\",\n\"MESSAGE\" : \"" +
                 message + "\"\n}\n",
         }) {
        const Found found = read_all(text);
        ASSERT_EQ(found.notices.size(), 1U) << text;
        EXPECT_EQ(found.notices.front().loss, (Loss{Loss::Kind::printk_limit, 1546})) << text;
        EXPECT_EQ(found.notices.front().mark, 1956035620U) << text;
        EXPECT_EQ(found.boots.front(), "b1") << text;
    }
    const Found dmesg = read_all("{\"dmesg\":[{\"pri\":4,\"time\":  1956.035620,\"msg\":\"" + message +
                                 "\"},{\"pri\":12,\"time\":1957.035620,\"msg\":\"" + message + "\"}]}\n");
    ASSERT_EQ(dmesg.notices.size(), 1U) << "the second is of a program";
    EXPECT_EQ(dmesg.notices.front().mark, 1956035620U);
}

TEST(Notice, ProgramsCannotSpeakForOthersInTheJournal) {
    for (const std::string fields :
         {R"("_TRANSPORT":"stdout","SYSLOG_IDENTIFIER":"kernel")",
          R"("_TRANSPORT":"syslog","SYSLOG_IDENTIFIER":"kernel")",
          R"("_TRANSPORT":"kernel","SYSLOG_IDENTIFIER":"x","SYSLOG_FACILITY":"1")", R"("stream":"stdout")",
          R"("_TRANSPORT":"stdout","SYSLOG_IDENTIFIER":"web")"}) {
        const Found found = read_all(json(fields, "kauditd_printk_skb: 1546 callbacks suppressed"));
        EXPECT_TRUE(found.notices.empty()) << fields;
    }
}

TEST(AuditEvent, OfTheAuditTransportAndOfLaurel) {
    const Found found = read_all(
        json(
            R"("_TRANSPORT":"audit","_AUDIT_TYPE":"1305","_AUDIT_ID":"7","_SOURCE_REALTIME_TIMESTAMP":"1795462945355000")",
            "CONFIG_CHANGE op=set audit_pid=312 old=0 res=1") +
        R"({"ID":"1795462945.355:8","SYSCALL":{"arch":"0xc000003e"}})" + "\n" +
        R"({"ID":"1795462945.355:4711","DAEMON_END":{"op":"terminate"}})" + "\n" +
        json(of_kernel, "audit: type=1400 audit(1795462945.355:9): apparmor=\\\"STATUS\\\""));
    ASSERT_EQ(found.events.size(), 4U);
    EXPECT_EQ(found.events[0].serial, 7U);
    EXPECT_EQ(found.events[0].origin, Origin::netlink);
    EXPECT_FALSE(found.events[0].printed);
    EXPECT_EQ(found.events[1].serial, 8U);
    EXPECT_EQ(found.events[1].type, AuditEvent::Type::other);
    EXPECT_EQ(found.events[1].origin, Origin::netlink);
    EXPECT_EQ(found.events[2].type, AuditEvent::Type::daemon);
    EXPECT_EQ(found.events[3].serial, 9U);
    EXPECT_TRUE(found.events[3].printed);
    EXPECT_EQ(found.events[3].origin, Origin::ring);
    ASSERT_EQ(found.notices.size(), 1U);
    EXPECT_EQ(found.notices[0].kind, Kind::daemon);
}

TEST(AuditEvent, OfARecordThatWasCut) {
    const Found found = read_all("type=SECCOMP msg=audit(1795462945.355:1013): auid=42949\n");
    ASSERT_EQ(found.events.size(), 1U);
    EXPECT_EQ(found.events[0].serial, 1013U);
}

}  // namespace
}  // namespace scgen
