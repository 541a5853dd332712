#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "audit/fast/kernels.hpp"
#include "scgen/audit/audit_event.hpp"
#include "scgen/observe/ingest.hpp"
#include "support/twin.hpp"

// Reading by heart against its plain twin, which reads every line: on all logs that the project has, on lines that are
// damaged wherever it matters, and cut into blocks anywhere. And the passes with vectors against those without.

namespace scgen {
namespace {

/// Where the lines of a log begin that are known once the lines before them were read, each with what is read of it.
std::map<std::size_t, std::tuple<std::int64_t, std::uint32_t, std::uint32_t>> known_lines(
    const std::string& log, const Kernels& set = kernels) {
    ByHeart by_heart(set);
    std::map<std::size_t, std::tuple<std::int64_t, std::uint32_t, std::uint32_t>> known;
    std::string_view rest = log;
    const auto pass = [&rest] { rest.remove_prefix(std::min(rest.find('\n'), rest.size() - 1) + 1); };
    while (!rest.empty()) {
        const LinesAgain lines = by_heart.read(rest);
        for (const Again& again : lines.lines) {
            known[log.size() - rest.size()] = {again.time_ms, again.serial, again.record};
            pass();
        }
        if (!lines.lines.empty()) continue;
        const std::string_view line = rest.substr(0, rest.find('\n'));
        Record record;
        std::optional<ByHeart::Lesson> lesson;
        if (parse_record(line, record, by_heart, lesson) == Outcome::other)
            if (const auto event = parse_event(line, Trust::kernel))
                lesson = ByHeart::lesson_of(*event, line);
        if (lesson) by_heart.learn(*lesson);
        pass();
    }
    return known;
}

const std::vector<std::string> heads = {
    "Jul  6 15:37:40 my-machine kernel: [369128.669452] audit: type=1326 audit(",
    "Jul  6 15:37:41 my-machine kernel: [369129.669452] audit: type=1326 audit(",
    "Jul  6 15:37:41 other-machine kernel: [369129.669452] audit: type=1326 audit(",
    "Jul  6 15:37:40 [12] kernel: audit: type=1326 audit(",
    "Jul  6 15:37:40 12:34:56 kernel: audit: type=1326 audit(",
    "[369128.669452] audit: type=1326 audit(",
    "<5>[369128.669452] audit: type=1326 audit(",
    "5,972,1956035620,-;audit: type=1326 audit(",
    "2026-11-23T19:42:25.355000+00:00 node-1 kernel: [1956.035620] audit: type=1326 audit(",
    "[Mon Nov 23 19:42:25 2026] audit: type=1326 audit(",
    "[ 1956.035620] [   T37] audit: type=1326 audit(",
    "Mon 2026-11-23 19:42:25 UTC node-1 kernel: audit: type=1326 audit(",
    "type=SECCOMP msg=audit(",
    "node=node-1 type=SECCOMP msg=audit(",
    "Nov 23 19:42:25 node-1 audispd[312]: type=SECCOMP msg=audit(",
    "{\"ID\":\"",
    "{\"ID\":\"",
    "type=SYSCALL msg=audit(",
    "type=USER_LOGIN msg=audit(",
    "type=CONFIG_CHANGE msg=audit(",
    "type=DAEMON_START msg=audit(",
    "type=ANOM_ABEND msg=audit(",
    "[ 1956.035620] audit: type=1400 audit(",
    "Jul  6 15:37:40 my-machine myapp: [369128.669452] audit: type=1326 audit(",
    "Jul  6 15:37:40 my-machine app[1]: type=SYSCALL msg=audit(",
    "words and nothing else (",
    ""};
const std::vector<std::string> bodies = {
    "auid=4294967295 uid=0 gid=0 ses=4294967295 pid=29064 comm=\"http-echo\" exe=\"/http-echo\" sig=0 "
    "arch=c000003e syscall=51 compat=0 ip=0x46fe1f code=0x7ffc0000",
    "auid=4294967295 uid=0 gid=0 ses=4294967295 pid=29064 comm=\"http-echo\" exe=\"/http-echo\" sig=0 "
    "arch=c000003e syscall=52 compat=0 ip=0x46fe1f code=0x7ffc0000",
    "auid=1000 uid=33 gid=33 ses=7 subj=docker-default (enforce) pid=7 comm=776F726B65722031 exe=\"/a\" "
    "sig=31 arch=40000003 syscall=5 compat=1 ip=0xb7 code=0x0",
    "auid=0 uid=0 gid=0 ses=1 pid=9 comm=\"a\" exe=\"/a\" reason=\"seccomp\" sig=31 syscall=2 compat=0 "
    "ip=0x1 code=0x30000",
    "auid=0 uid=0 gid=0 ses=1 pid=9 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e syscall=0 compat=0 ip=0x1 "
    "code=0x7ffc0000\x1d"
    "AUID=\"root\" UID=\"root\" ARCH=x86_64 SYSCALL=read",
    "arch=c000003e syscall=257 success=yes exit=3 ppid=1 pid=812 auid=4294967295 uid=0 comm=\"cat\" "
    "exe=\"/usr/bin/cat\" key=\"files\"",
    "op=set audit_backlog_limit=8192 old=64 auid=0 ses=1 res=1",
    "pid=1 uid=0 msg='unit=SECCOMP auid=0 uid=0 gid=0 ses=1 pid=9 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e "
    "syscall=0 compat=0 ip=0x1 code=0x7ffc0000'",
    "pid=1 uid=0 msg='type=SECCOMP msg=audit(1594067860.484:1): auid=0 uid=0 gid=0 ses=1 pid=77 '",
    "pid=1 msg=', called-seccomp-controlled-syscall, audit: audit_lost=2 audit_rate_limit=0'"};

const std::string laurel_head = R"({"ID":")";
const std::string laurel_fields =
    R"("auid":4294967295,"uid":0,"gid":0,"ses":4294967295,"pid":7132,"comm":"a%20b","exe":"/a","sig":0,)"
    R"("arch":"0xc000003e","syscall":12,"compat":0,"ip":"0x49641b","code":"0x7ffc0000")";
/// One for each of `bodies`: two that teach, some that say something else beside the id, and other events.
const std::vector<std::string> laurel_bodies = {
    R"(SECCOMP":[{)" + laurel_fields + "}]}",
    R"(SECCOMP":{"ARCH":"x86_64",)" + laurel_fields + R"(,"SYSCALL":"brk"}})",
    R"(NODE":"node-1","SECCOMP":[{)" + laurel_fields + "}]}",
    R"(SECCOMP":[{)" + laurel_fields + R"(}],"id":"1594067860.484:7"})",
    R"(SECCOMP":[{)" + laurel_fields + R"(}],"_ID":"1594067860.484:7"})",
    R"(SECCOMP":[{)" + laurel_fields + "},{" + laurel_fields + "}]}",
    R"(SECCOMP":[{)" + laurel_fields + R"(}],"jsonPayload":{"ID":"1594067860.484:7"}},{"a":1})",
    R"(SECCOMP":[{)" + laurel_fields + R"(,"sig":9}]})",
    R"(SYSCALL":{"arch":"0xc000003e","syscall":257,"success":"yes","exit":3,"items":1,"comm":"cat"}})",
    R"(PROCTITLE":{"ARGV":["cat","type=SECCOMP msg=audit(1594067860.484:1): auid=0 uid=0"]}})"};

std::string line_of(const std::string& head, std::uint64_t ms, std::uint64_t serial,
                    const std::string& body) {
    const bool is_json = head == laurel_head;
    const auto which =
        static_cast<std::size_t>(std::find(bodies.begin(), bodies.end(), body) - bodies.begin());
    std::string fraction = std::to_string(1000 + ms % 1000);
    fraction[0] = '.';
    return head + std::to_string(1'594'067'860 + ms / 1000) + fraction + ":" + std::to_string(serial) +
           (is_json ? "\",\"" + laurel_bodies.at(which) : "): " + body) + "\n";
}

/// What other programs write, and what makes readers begin an entry.
const std::vector<std::string> others = {
    "Jul  6 15:37:40 my-machine systemd[1]: Started Session 4711 of user root.",
    "",
    "\r",
    "{",
    "}",
    "__CURSOR=s=1",
    "MESSAGE=audit(",
    "kauditd_printk_skb: 1546 callbacks suppressed",
    "Jul  6 15:37:40 my-machine kernel: [1.2] audit: audit_lost=2 audit_rate_limit=0 audit_backlog_limit=8",
    "Mon 2026-11-23 19:42:25.355000 UTC [s=1;i=2]",
    "    MESSAGE=x"};

class Logs {
  public:
    explicit Logs(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t limit) { return random_() % limit; }

    /// Lines that repeat each other, of which `of_1000` are damaged.
    std::string make(std::size_t lines, std::size_t damaged_of_1000) {
        // A few heads and bodies a log, so that they are known soon.
        std::vector<std::string> some_heads, some_bodies;
        for (int i = 0; i < 4; ++i) {
            some_heads.push_back(heads[below(heads.size())]);
            some_bodies.push_back(bodies[below(bodies.size())]);
        }
        std::string log;
        std::uint64_t ms = below(100'000), serial = below(4) == 0 ? 4'294'967'000 : below(100'000'000);
        for (std::size_t i = 0; i < lines; ++i) {
            ms += below(50) == 0 ? 700'000 : below(5);
            serial += below(20) == 0 ? below(5) : 1;
            const std::uint64_t back = below(30) == 0 ? below(3) : 0;
            std::string line =
                line_of(some_heads[below(some_heads.size())], ms - std::min<std::uint64_t>(ms, 100 * back),
                        serial - std::min(serial, back), some_bodies[below(some_bodies.size())]);
            if (below(40) == 0) line = others[below(others.size())] + "\n";
            if (below(1000) < damaged_of_1000) damage(line);
            log += line;
        }
        return log;
    }

  private:
    void damage(std::string& line) {
        const std::string letters = "0123456789 []().:=\"'/-<>,;azAZ\t\r\x1b\x1d\xff\n";
        for (std::size_t times = 1 + below(3); times > 0 && !line.empty(); --times) {
            const std::size_t at =
                below(below(2) == 0 ? std::min<std::size_t>(line.size(), 120) : line.size());
            const char letter =
                below(2) == 0 ? static_cast<char>('0' + below(10)) : letters[below(letters.size())];
            switch (below(3)) {
                case 0: line.insert(at, 1, letter); break;
                case 1: line.erase(at, 1); break;
                default: line[at] = letter; break;
            }
        }
    }

    std::mt19937_64 random_;
};

TEST(ByHeart, GivesWhatReadingEveryLineGives) {
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        Logs logs(seed);
        const std::string log = logs.make(200 + logs.below(400), seed % 4 == 0 ? 0 : logs.below(300));
        // Some of it in blocks, so that what comes later may be looked at too early.
        ASSERT_TRUE(agrees(log, seed % 2 == 0 ? log.size() : 5'000)) << "seed " << seed;
    }
}

TEST(ByHeart, KnowsMostOfWhatRepeats) {
    for (const char* head :
         {"Jul  6 15:37:40 my-machine kernel: [369128.669452] audit: type=1326 audit(",
          "2026-11-23T19:42:25.355000+00:00 node-1 kernel: [1956.035620] audit: type=1326 audit(",
          "[ 1956.035620] audit: type=1326 audit(", "type=SECCOMP msg=audit("}) {
        std::string log;
        for (std::uint64_t i = 0; i < 100; ++i)
            log += line_of(head, i, 14'536 + i, bodies[i % 2]);
        EXPECT_EQ(known_lines(log).size(), 98U) << head << ": two are read";
    }
    std::string log;
    for (std::uint64_t i = 0; i < 100; ++i)
        log += line_of(i % 2 == 0 ? "type=SECCOMP msg=audit(" : "type=SYSCALL msg=audit(", i, 14'536 + i,
                       bodies[i % 2 * 5]);
    EXPECT_EQ(known_lines(log).size(), 98U);
}

TEST(ByHeart, AnotherThreadsMemoryKnowsWhatTheReaderKnows) {
    std::string log;
    for (std::uint64_t i = 0; i < 3000; ++i)
        log += line_of(heads[i % 2 * 2], i, 14'536 + i, bodies[i % 3]);
    Ingest ingest({});
    const Foresight foresight = ingest.foresight(0);
    ingest.feed({.text = log});
    for (const MakePreview& make_preview : {foresight.by_caller, foresight.by_thread}) {
        Preview preview;
        make_preview(log, preview);
        EXPECT_GT(preview.again.size(), 2900U);
    }
    // What is known differently is no longer so.
    Preview late;
    foresight.by_thread(log, late);
    ASSERT_FALSE(late.parts.empty());
    RecordReader reader(Trust::kernel);
    EXPECT_FALSE(reader.holds(late, late.parts.front()));
}

TEST(ByHeart, LaurelsEventsAreKnownWhereAllButTheirIdRepeats) {
    for (std::size_t which = 0; which < bodies.size(); ++which) {
        std::string log;
        for (std::uint64_t i = 0; i < 300; ++i)
            log += line_of(laurel_head, i, 14'536 + i, bodies[which]);
        EXPECT_TRUE(agrees(log)) << which;
        RecordReader reader(Trust::kernel);
        reader.read_again(log);
        Record record;
        reader.read(std::string_view(log).substr(0, log.find('\n')), record);
        while (reader.more(record)) {
        }
        const LinesAgain lines = reader.read_again(log);
        EXPECT_EQ(lines.lines.empty(), which > 1) << which;
        if (lines.lines.empty()) continue;
        const Record again = reader.record_again(lines, lines.lines[7]);
        EXPECT_EQ(again.serial, 14'543U);
        EXPECT_EQ(again.syscall.nr, 12);
        EXPECT_EQ(interpret(again.comm), "a b");
    }
}

TEST(ByHeart, ATimeOfDayAndDigitsMayDifferWhereTheyAreTimes) {
    const std::string head = "Jul  6 15:37:40 my-machine kernel: [369128.669452] audit: type=1326 audit(";
    const auto known_behind = [&](std::string other) {
        std::string log;
        for (std::uint64_t i = 0; i < 10; ++i)
            log += line_of(head, i, i + 1, bodies[0]);
        const std::size_t before = known_lines(log).size();
        return known_lines(log + line_of(other, 10, 11, bodies[0])).size() - before;
    };
    const auto with = [&](std::size_t at, std::string_view text) {
        std::string other = head;
        other.replace(at, text.size(), text);
        return other;
    };
    EXPECT_EQ(known_behind(with(7, "23:59:60")), 1U);
    EXPECT_EQ(known_behind(with(7, "24:00:00")), 0U);
    EXPECT_EQ(known_behind(with(7, "15:60:00")), 0U);
    EXPECT_EQ(known_behind(with(7, "15:37:61")), 0U);
    EXPECT_EQ(known_behind(with(36, "999999.000000")), 1U);
    EXPECT_EQ(known_behind(with(4, "30")), 0U) << "no date is known but the last";
    EXPECT_EQ(known_behind(with(16, "n")), 0U);
}

TEST(ByHeart, SerialsMayHaveAnyLengthButNoOtherForm) {
    std::string log;
    std::size_t good = 0;
    for (const char* serial :
         {"7",          "8",          "9",          "10",         "99",          "100",       "99999",
          "100000",     "9999999",    "10000000",   "99999999",   "100000000",   "999999999", "1000000000",
          "4294967294", "4294967295", "4294967296", "9999999999", "10000000000", "08",        "000009",
          "0",          "1",          "",           "a",          "1a",          "12 ",       "4294967295"})
        for (int times = 0; times < 3; ++times) {
            const std::string line = line_of("type=SECCOMP msg=audit(", 5, 1, bodies[0]);
            log += line.substr(0, line.find(":1)") + 1) + serial + line.substr(line.find("): "));
        }
    EXPECT_TRUE(agrees(std::string(100, '\n') + log));
    Record record;
    for (std::string_view rest = log; !rest.empty(); rest.remove_prefix(rest.find('\n') + 1))
        good += parse_record(rest.substr(0, rest.find('\n')), Trust::kernel, record) == Outcome::observed
                    ? 1U
                    : 0U;
    EXPECT_EQ(good, 57U) << "nineteen of them are serials";
    for (const Kernels& set : usable_kernels())
        EXPECT_EQ(known_lines(log, set).size(), good - 1) << set.name << ": the first is read";
}

TEST(ByHeart, KeepsMoreOfWhatComesAgain) {
    const auto known_of = [](std::size_t different, std::size_t lines) {
        std::string log;
        for (std::size_t i = 0; i < lines; ++i) {
            std::string body = bodies[0];
            body.replace(body.find("29064"), 5, std::to_string(10'000 + i * 7919 % different));
            log += line_of("type=SECCOMP msg=audit(", i, i + 1, body);
        }
        const std::size_t known = known_lines(log).size();
        EXPECT_TRUE(agrees(log));
        return known;
    };
    EXPECT_GT(known_of(8'000, 16'000), 7'500U);
    EXPECT_LT(known_of(9'000, 18'000), 1'000U) << "all that came first were forgotten";
    EXPECT_GT(known_of(20'000, 200'000), 100'000U);
}

TEST(ByHeart, BlocksMayEndAnywhere) {
    Logs logs(11);
    const std::string log = logs.make(400, 10);
    for (const std::size_t block : {1U, 200U, 400U, 700U, 1000U, 4096U})
        EXPECT_TRUE(agrees(log, block)) << block;
}

TEST(ByHeart, FindsRecordsAtEveryOffsetOfAPiece) {
    const std::string record = line_of(heads[0], 5, 6, bodies[0]),
                      event = line_of("type=SYSCALL msg=audit(", 5, 7, bodies[5]);
    for (std::size_t offset = 0; offset < 140; ++offset) {
        std::string log;
        for (int i = 0; i < 110; ++i)
            log += record + event;
        log +=
            std::string(offset, '.') + "\n" + record + event + std::string(500, 'x') + "\n" + event + record;
        for (int i = 0; i < 30; ++i)
            log += std::string(offset, '.') + "\n" + (i % 2 == 0 ? record : event);
        ASSERT_TRUE(agrees(log)) << offset;
    }
}

TEST(ByHeart, AgreesOnEveryLogOfTheProject) {
    std::size_t logs = 0;
    for (const char* folder :
         {SCGEN_SAMPLES, SCGEN_TESTS "/data", SCGEN_TESTS "/fuzz/corpus", SCGEN_TESTS "/golden"})
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
            if (!entry.is_regular_file() || entry.file_size() > 4'000'000) continue;
            std::ifstream in(entry.path(), std::ios::binary);
            const std::string log{std::istreambuf_iterator<char>(in), {}};
            // More than once, so that it is known and has more lines than are looked at first.
            std::string several;
            while (!log.empty() &&
                   several.size() < std::min<std::size_t>(3 * log.size() + 20'000, 5'000'000)) {
                several += log;
                if (!several.ends_with('\n')) several += '\n';
            }
            EXPECT_TRUE(agrees(several)) << entry.path();
            ++logs;
        }
    EXPECT_GT(logs, 100U);
}

TEST(ByHeart, EveryProcessorKnowsTheSameLines) {
    for (std::uint64_t seed = 1; seed <= 100; ++seed) {
        Logs logs(seed);
        const std::string log = logs.make(200 + logs.below(400), logs.below(100));
        const auto plain = known_lines(log, usable_kernels().back());
        for (const Kernels& set : usable_kernels())
            ASSERT_EQ(known_lines(log, set), plain) << set.name << ", seed " << seed;
    }
}

TEST(ByHeart, VectorsFindWhatPlainLoopsFind) {
    std::mt19937 random(20'261'126);
    const std::string letters = "audiauidupprges-secNODE__CU [s=\n\n{[,d \xff\x80xyz";
    for (int round = 0; round < 20'000; ++round) {
        std::string text(64 * (1 + random() % 4) + beyond, 'x');
        for (char& c : text)
            if (random() % 3 != 0) c = letters[random() % letters.size()];
        for (std::size_t word = random() % 4; word > 0; --word)
            text.replace(random() % (text.size() - 4), 4,
                         std::vector<std::string>{"audi", "auid", "uppr", "ages", "-sec", "NODE", "__CU",
                                                  " [s="}[random() % 8]);
        const std::size_t from = random() % 2, last = text.size() - beyond - piece + 1;
        const Mark plain = usable_kernels().back().next_mark(text.data(), from, last - from);
        for (const Kernels& set : usable_kernels()) {
            const Mark fast = set.next_mark(text.data(), from, last - from);
            ASSERT_TRUE(fast.kind == plain.kind && fast.at == plain.at && fast.newlines == plain.newlines)
                << set.name << ": " << ::testing::PrintToString(text);
        }
    }
}

}  // namespace
}  // namespace scgen
