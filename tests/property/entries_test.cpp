#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "scgen/audit/record_reader.hpp"
#include "support/twin.hpp"

// Entries of JSON over several lines that are read as a whole, against reading their lines: dmesg -J and journalctl
// -o json-pretty, whole and damaged, and cut into blocks anywhere.

namespace scgen {
namespace {

using Lines = std::vector<std::string>;

const Lines bodies = {
    R"(type=1326 audit(1594067860.484:%): auid=4294967295 uid=0 gid=0 ses=4294967295 pid=29064 comm=\"http-echo\" )"
    R"(exe=\"/http-echo\" sig=0 arch=c000003e syscall=51 compat=0 ip=0x46fe1f code=0x7ffc0000)",
    R"(type=1326 audit(1594067861.484:%): auid=1000 uid=33 gid=33 ses=7 pid=7 comm=776F726B65722031 exe=\"/\u0061\" )"
    R"(sig=31 arch=40000003 syscall=5 compat=1 ip=0xb7 code=0x0)",
    R"(type=1326 audit(1594067861.484:%): auid=1000 uid=33 gid=33 ses=7 pid=7 comm=\"a)",
    R"(type=1300 audit(1594067862.484:%): arch=c000003e syscall=257 success=yes)",
    R"(audit_lost=2 audit_rate_limit=0 audit_backlog_limit=8)",
    R"(nothing \\ of \t interest)"};

class Entries {
  public:
    explicit Entries(std::uint64_t seed) : random_(seed) {}

    std::size_t below(std::size_t limit) { return random_() % limit; }

    /// Entries enough for some to be read as a whole; `damage` of a hundred lines are damaged.
    std::string make(std::size_t damage) {
        Lines lines;
        while (lines.size() < 400)
            if (below(2) == 0)
                add_pretty(lines);
            else
                add_dmesg(lines, 1 + below(30));
        std::string log;
        for (std::string& line : lines) {
            if (below(100) < damage) spoil(line);
            log += line + "\n";
        }
        return log;
    }

  private:
    std::string message() {
        std::string body = bodies[below(bodies.size())];
        const std::size_t at = body.find('%');
        if (at != std::string::npos) body.replace(at, 1, std::to_string(++serial_));
        return body;
    }

    void add_dmesg(Lines& lines, std::size_t count) {
        lines.insert(lines.end(), {"{", "   \"dmesg\": [", "      {"});
        for (; count > 0; --count) {
            if (below(10) != 0)
                lines.emplace_back("         \"pri\": " + std::to_string(below(10) == 0 ? 13 : 5) + ",");
            lines.emplace_back("         \"time\":  1956.035620,");
            if (below(20) == 0)
                lines.insert(lines.end(),
                             {"         \"more\": {", "            \"a\": [1, 2]", "         },"});
            lines.push_back("         \"msg\": \"audit: " + message() + "\"");
            if (count > 1) lines.emplace_back(below(30) == 0 ? "  },{" : "      },{");
        }
        lines.insert(lines.end(), {"      }", "   ]", "}"});
    }

    void add_pretty(Lines& lines) {
        const bool is_socket = below(3) == 0;
        lines.emplace_back("{");
        lines.emplace_back("\t\"_HOSTNAME\" : \"vm\",");
        if (is_socket) {
            lines.insert(lines.end(), {"\t\"_TRANSPORT\" : \"audit\",", "\t\"_AUDIT_TYPE\" : \"1326\",",
                                       "\t\"_SOURCE_REALTIME_TIMESTAMP\" : \"1795462945355000\",",
                                       "\t\"_AUDIT_ID\" : \"" + std::to_string(++serial_) + "\","});
        } else {
            lines.emplace_back("\t\"_TRANSPORT\" : \"kernel\",");
            if (below(5) == 0) lines.emplace_back("\t\"X\" : [ 83, 69, 67 ],");
        }
        std::string text = message();
        if (is_socket) text = "SECCOMP " + text.substr(std::min(text.size(), text.find("): ") + 3));
        lines.push_back("\t\"MESSAGE\" : \"" + (is_socket ? text : "audit: " + text) + "\"");
        lines.emplace_back("}");
    }

    void spoil(std::string& line) {
        const std::string letters = "0123456789 {}[],:\"\\\r\x1f\xff\nn";
        switch (below(6)) {
            case 0: line.insert(below(line.size() + 1), 1, letters[below(letters.size())]); break;
            case 1: line.erase(below(line.size()), 1); break;
            case 2: line[below(line.size())] = letters[below(letters.size())]; break;
            case 3: line += "\n" + line; break;
            case 4: line += below(2) == 0 ? "\r" : " "; break;
            default: line = Lines{"{", "}", "},{", "", "[", "{\"dmesg\":["}[below(6)]; break;
        }
    }

    std::mt19937_64 random_;
    std::uint64_t serial_ = 14'000;
};

TEST(Entries, GiveWhatTheirLinesGive) {
    for (std::uint64_t seed = 1; seed <= 600; ++seed) {
        Entries entries(seed);
        const std::string log = entries.make(seed % 3 == 0 ? 0 : 1 + entries.below(8));
        ASSERT_TRUE(agrees(log, seed % 2 == 0 ? log.size() : 700)) << "seed " << seed << "\n" << log;
    }
}

/// Otherwise the above compares nothing.
TEST(Entries, AreReadAsAWhole) {
    RecordReader reader(Trust::kernel);
    Record record;
    const std::string pretty =
        "{\n\t\"_TRANSPORT\" : \"kernel\",\n\t\"MESSAGE\" : \"audit: type=1326 "
        "audit(1594067860.484:14536): auid=0 uid=0 gid=0 ses=1 pid=9 comm=\\\"a\\\" exe=\\\"/a\\\" "
        "sig=0 arch=c000003e syscall=51 compat=0 ip=0x1 code=0x7ffc0000\"\n}\n";
    const auto entry = reader.read_entry(pretty + "{\n", record);
    ASSERT_TRUE(entry.has_value());
    EXPECT_EQ(entry->bytes, pretty.size());
    EXPECT_EQ(entry->lines, 4U);
    EXPECT_EQ(entry->outcome, Outcome::observed);
    EXPECT_EQ(record.syscall.nr, 51);
    EXPECT_EQ(record.serial, 14'536U);
    for (const char* line : {"{", "   \"dmesg\": [", "      {", "   \"msg\": \"x\"", "      },{"}) {
        EXPECT_FALSE(reader.read_entry(std::string(line) + "\n", record).has_value()) << line;
        reader.read(line, record);
        while (reader.more(record)) {
        }
    }
    const auto open = reader.read_entry("   \"msg\": \"y\"\n      },{\n   \"msg\"", record);
    ASSERT_TRUE(open.has_value());
    EXPECT_EQ(open->lines, 2U);
    EXPECT_EQ(open->outcome, Outcome::other);
    EXPECT_FALSE(reader.read_entry("   \"msg\": \"z\"\n      }\n", record).has_value()) << "the last one";
}

}  // namespace
}  // namespace scgen
