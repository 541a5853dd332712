#include "scgen/audit/record_reader.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "scgen/audit/source.hpp"

namespace scgen {
namespace {

struct Seen {
    std::string comm;
    std::string exe;
    std::string host;
    Syscall syscall;
    std::optional<std::uint32_t> serial;
    std::optional<std::int64_t> time_ms;
    Origin origin;
};

struct Result {
    Tally tally;
    std::vector<Seen> seen;
};

/// Reads `text` and checks the conservation law on the way.
Result read_all(const std::string& text, Trust trust = Trust::kernel) {
    Result result;
    RecordReader reader(trust);
    Record record;
    std::uint64_t lines = 0;
    const auto take = [&](std::optional<Outcome> outcome) {
        if (!outcome) return false;
        result.tally.add(*outcome);
        if (*outcome == Outcome::observed)
            result.seen.push_back({interpret(record.comm), interpret(record.exe), std::string(record.host),
                                   record.syscall, record.serial, record.time_ms, record.origin});
        return true;
    };
    for_each_line(text, [&](std::string_view line) {
        ++lines;
        take(reader.read(line, record));
        while (take(reader.more(record))) {
        }
    });
    take(reader.finish(record));
    EXPECT_EQ(result.tally.lines(), lines + reader.further_entries()) << text;
    return result;
}

const std::string body =
    "auid=4294967295 uid=0 gid=0 ses=4294967295 pid=7 comm=\"a\" exe=\"/a\" sig=0 arch=c000003e syscall=59 "
    "compat=0 ip=0x7f code=0x7ffc0000";
const std::string printed = "audit: type=1326 audit(1795462945.355:1013): " + body;

std::string escaped(std::string text) {
    for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2)
        text.insert(at, "\\");
    return text;
}

const std::string audit_json =
    "{\"_TRANSPORT\":\"audit\",\"_AUDIT_TYPE\":\"1326\",\"_AUDIT_ID\":\"1013\",\"_SOURCE_REALTIME_"
    "TIMESTAMP\":\"1795462945355000\",\"_HOSTNAME\":\"vm\","
    "\"SYSLOG_FACILITY\":\"4\",\"MESSAGE\":\"SECCOMP " +
    escaped(body) + "\"}";

std::string kernel_json(const std::string& more = "") {
    return "{\"_TRANSPORT\":\"kernel\",\"SYSLOG_IDENTIFIER\":\"kernel\",\"SYSLOG_FACILITY\":\"0\"," + more +
           "\"MESSAGE\":\"" + escaped(printed) + "\"}";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return text.replace(at, from.size(), to);
}

void expect_one(const Result& result, Origin origin, const std::string& what) {
    ASSERT_EQ(result.seen.size(), 1U) << what;
    EXPECT_EQ(result.seen[0].comm, "a") << what;
    EXPECT_EQ(result.seen[0].exe, "/a") << what;
    EXPECT_EQ(result.seen[0].syscall, (Syscall{Arch::x86_64, 59})) << what;
    EXPECT_EQ(result.seen[0].serial, 1013U) << what;
    EXPECT_EQ(result.seen[0].time_ms, 1795462945355) << what;
    EXPECT_EQ(result.seen[0].origin, origin) << what;
}

TEST(RecordReader, JsonOfTheJournal) {
    expect_one(read_all(audit_json), Origin::netlink, "audit transport");
    expect_one(read_all(kernel_json()), Origin::ring, "kernel transport");
    expect_one(read_all("data: " + audit_json + "\n\n"), Origin::netlink, "json-sse");
    expect_one(read_all("\x1e" + audit_json + "\n"), Origin::netlink, "json-seq");
    expect_one(read_all(audit_json + "\r\n"), Origin::netlink, "CRLF");
    std::string bytes;
    for (const char c : "SECCOMP " + body)
        bytes += (bytes.empty() ? "" : ",") + std::to_string(static_cast<unsigned char>(c));
    expect_one(read_all(replaced(audit_json, "\"SECCOMP " + escaped(body) + "\"", "[" + bytes + "]")),
               Origin::netlink, "bytes");
}

TEST(RecordReader, JsonOfShippers) {
    expect_one(read_all("{\"insertId\":\"x\",\"jsonPayload\":" + audit_json +
                        ",\"resource\":{\"type\":\"k8s_node\"}}"),
               Origin::netlink, "Cloud Logging");
    expect_one(read_all("{\"transport\":\"audit\",\"audit_type\":\"1326\",\"audit_id\":\"1013\",\"source_"
                        "realtime_timestamp\":\"1795462945355000\",\"message\":"
                        "\"SECCOMP " +
                        escaped(body) + "\"}"),
               Origin::text, "Fluent Bit, stripped and lower case");
    expect_one(read_all("{\"date\":1.5,\"log\":\"Nov 23 19:42:25 vm kernel: " + escaped(printed) + "\"}"),
               Origin::text, "tail of a syslog file");
    expect_one(read_all("{\"textPayload\":\"Nov 23 19:42:25 vm kernel: " + escaped(printed) + "\"}"),
               Origin::text, "textPayload");
    expect_one(read_all("[{\"jsonPayload\":" + audit_json + "}]"), Origin::netlink, "array");
}

TEST(RecordReader, Laurel) {
    const std::string laurel =
        "{\"ID\":\"1795462945.355:1013\",\"NODE\":\"vm\",\"SECCOMP\":[{\"auid\":4294967295,\"uid\":0,\"pid\":"
        "7,\"comm\":\"a\",\"exe\":\"/a\",\"sig\":0,"
        "\"arch\":\"0xc000003e\",\"syscall\":59,\"compat\":0,\"ip\":\"0x7f\",\"code\":\"0x7ffc0000\","
        "\"ARCH\":\"x86_64\",\"SYSCALL\":\"unknown-syscall(-1)\"}]}";
    expect_one(read_all(laurel), Origin::netlink, "laurel");
    EXPECT_EQ(read_all(laurel).seen.at(0).host, "vm");
    expect_one(read_all(replaced(replaced(laurel, "[{", "{"), "}]", "}")), Origin::netlink,
               "an object, not an array");
    EXPECT_EQ(read_all(replaced(laurel, "\"a\"", "\"q%14%25\"")).seen.at(0).comm, "q\x14%");
    for (const auto& [from, to] :
         std::vector<std::pair<std::string, std::string>>{{"\"syscall\":59,", ""},
                                                          {"\"syscall\":59", "\"syscall\":\"0x3b\""},
                                                          {"\"syscall\":59", "\"syscall\":59,\"syscall\":60"},
                                                          {"0x7ffc0000", "0x7ffc00"},
                                                          {"1013\"", "\""}})
        EXPECT_EQ(read_all(replaced(laurel, from, to)).tally[Outcome::malformed], 1U) << to;
    EXPECT_EQ(read_all("{\"ID\":\"1795464203.071:3317\",\"SYSCALL\":{\"arch\":\"0xc000003e\",\"syscall\":44,"
                       "\"a\":1326}}")
                  .tally[Outcome::other],
              1U);
}

TEST(RecordReader, ProgramsCannotSpeakForTheKernel) {
    const std::vector<std::string> lines{
        replaced(kernel_json(), "\"kernel\"", "\"syslog\""),
        replaced(kernel_json(), "\"kernel\"", "\"stdout\""),
        replaced(kernel_json(), "\"kernel\"", "\"journal\""),
        replaced(kernel_json(), "\"SYSLOG_FACILITY\":\"0\"", "\"SYSLOG_FACILITY\":\"1\""),
        replaced(kernel_json(), "\"SYSLOG_IDENTIFIER\":\"kernel\"", "\"SYSLOG_IDENTIFIER\":\"app\""),
        replaced(audit_json, "\"_TRANSPORT\":\"audit\"",
                 "\"_TRANSPORT\":\"journal\",\"TRANSPORT\":\"audit\""),
        replaced(audit_json, "\"_AUDIT_TYPE\":\"1326\"", "\"_AUDIT_TYPE\":\"1112\""),
        replaced(audit_json, "\"_AUDIT_TYPE\"", "\"_TRANSPORT\":\"stdout\",\"_AUDIT_TYPE\""),
        "{\"log\":\"" + escaped(printed) + "\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-23T19:42:25Z\"}",
        "{\"log\":\"" + escaped(printed) + "\",\"kubernetes\":{\"pod_name\":\"x\"}}",
        "{\"textPayload\":\"" + escaped(printed) + "\",\"resource\":{\"type\":\"k8s_container\"}}",
        "{\"dmesg\":[{\"pri\":12,\"time\":1.0,\"msg\":\"" + escaped(printed) + "\"}]}",
        "{\"whatever\":\"" + escaped(printed) + "\"}",
        "{\"message\":\"app says: " + escaped(printed) + "\"}",
    };
    for (const auto& line : lines) {
        const Result result = read_all(line);
        EXPECT_TRUE(result.seen.empty()) << line;
        EXPECT_EQ(result.tally[Outcome::refused], 1U) << line;
    }
}

TEST(RecordReader, JsonThatIsCutOrOdd) {
    for (std::size_t size = audit_json.find("SECCOMP") + 8; size < audit_json.size(); size += 7) {
        const Result result = read_all(audit_json.substr(0, size));
        EXPECT_TRUE(result.seen.empty());
        EXPECT_EQ(result.tally[Outcome::truncated], 1U) << size;
    }
    EXPECT_EQ(
        read_all(replaced(audit_json, "\"SECCOMP " + escaped(body) + "\"", "null")).tally[Outcome::truncated],
        1U);
    EXPECT_TRUE(read_all("{\"a\":" + std::string(200'000, '[') + "SECCOMP").seen.empty());
    EXPECT_TRUE(read_all(std::string(200'000, '{') + "\n" + std::string(100, '{')).seen.empty());
}

const std::string dmesg_json =
    "{\n   \"dmesg\": [\n      {\n         \"pri\": 5,\n         \"time\":  1956.035620,\n         \"msg\": "
    "\"" +
    escaped(printed) +
    "\"\n      },{\n         \"pri\": 6,\n         \"time\":  1956.1,\n         \"msg\": \"usb: {[\\\"\"\n   "
    "   }\n   ]\n}\n";

TEST(RecordReader, JsonOverManyLines) {
    expect_one(read_all(dmesg_json), Origin::ring, "dmesg -J");
    EXPECT_EQ(read_all(dmesg_json).tally[Outcome::part], 8U);
    expect_one(read_all("{\n\t\"_TRANSPORT\" : \"audit\",\n\t\"_AUDIT_TYPE\" : \"1326\",\n\t\"_AUDIT_ID\" : "
                        "\"1013\",\n\t\"_SOURCE_REALTIME_TIMESTAMP\" : "
                        "\"1795462945355000\",\n\t\"MESSAGE\" : \"SECCOMP " +
                        escaped(body) + "\"\n}\n"),
               Origin::netlink, "json-pretty");
    expect_one(read_all("[\n  {\n    \"jsonPayload\": " + audit_json + "\n  },\n  {\n    \"a\": 1\n  }\n]\n"),
               Origin::netlink, "gcloud");
    const Result minified = read_all("{\"dmesg\": [{\"pri\":5,\"time\":1.0,\"msg\":\"" + escaped(printed) +
                                     "\"}, {\"pri\":5,\"time\":1.1,\"msg\":\"" + escaped(printed) + "\"}]}");
    EXPECT_EQ(minified.seen.size(), 2U);
    EXPECT_EQ(minified.tally.lines(), 2U);
}

TEST(RecordReader, ALoneBraceDoesNotSwallowTheLog) {
    const Result result = read_all("{\n[ 1.000001] " + printed + "\n{\n  \"a\": [\n" + printed + "\n");
    EXPECT_EQ(result.seen.size(), 2U);
    const Result cut = read_all(dmesg_json.substr(0, dmesg_json.find("syscall=")));
    EXPECT_EQ(cut.tally.lost(), 1U);
}

std::string export_entry(const std::string& fields) {
    return "__CURSOR=s=1;i=5\n__REALTIME_TIMESTAMP=1795462945362886\n_HOSTNAME=vm\n" + fields + "\n";
}

const std::string audit_fields =
    "_TRANSPORT=audit\n_AUDIT_TYPE=1326\n_SOURCE_REALTIME_TIMESTAMP=1795462945355000\n_AUDIT_ID="
    "1013\nMESSAGE=SECCOMP " +
    body + "\n";

std::string binary(const std::string& key, const std::string& value) {
    std::string text = key + "\n";
    for (int i = 0; i < 8; ++i)
        text += static_cast<char>(value.size() >> (8 * i) & 0xff);
    return text + value + "\n";
}

TEST(RecordReader, JournalExport) {
    expect_one(read_all(export_entry(audit_fields)), Origin::netlink, "export");
    EXPECT_EQ(read_all(export_entry(audit_fields)).seen.at(0).host, "vm");
    expect_one(read_all(export_entry("_TRANSPORT=kernel\nSYSLOG_FACILITY=0\nMESSAGE=" + printed + "\n")),
               Origin::ring, "kernel");
    expect_one(read_all(export_entry(binary("_COMM", std::string("x\ny\r\0z\n\nq", 10)) + audit_fields)),
               Origin::netlink, "binary field of ten bytes");
    expect_one(read_all(export_entry(binary("X", "a\n\n_TRANSPORT=stdout\n") + audit_fields)),
               Origin::netlink, "fields inside a binary value");
    expect_one(read_all(export_entry("_TRANSPORT=audit\n_AUDIT_TYPE=1326\n_SOURCE_REALTIME_TIMESTAMP="
                                     "1795462945355000\n_AUDIT_ID=1013\n" +
                                     binary("MESSAGE", "SECCOMP " + body))),
               Origin::netlink, "binary message");
    expect_one(read_all(export_entry(audit_fields).substr(0, export_entry(audit_fields).size() - 1)),
               Origin::netlink, "no empty line at the end");
    EXPECT_EQ(read_all(export_entry(audit_fields) + export_entry(audit_fields)).seen.size(), 2U);
    EXPECT_EQ(read_all(export_entry("_TRANSPORT=stdout\nMESSAGE=" + printed + "\n")).tally[Outcome::refused],
              1U);
    EXPECT_EQ(
        read_all(export_entry("_TRANSPORT=journal\n_TRANSPORT=audit\n_AUDIT_TYPE=1326\nMESSAGE=SECCOMP " +
                              body + "\n"))
            .tally[Outcome::refused],
        1U);
}

TEST(RecordReader, ABinaryValueOfAnyLengthEndsWhereItSays) {
    for (std::size_t size = 0; size < 300; ++size)
        expect_one(read_all(export_entry(binary("_CMDLINE", std::string(size, '\n')) + audit_fields)),
                   Origin::netlink, std::to_string(size));
}

TEST(RecordReader, JournalVerbose) {
    const std::string head =
        "Mon 2026-11-23 19:42:25.355000 UTC [s=3464c2;i=500;b=00c4;m=7496bd47;t=660f6cb10d3c6;x=6d]\n";
    const auto entry = [&](const std::string& fields) {
        std::string text = head;
        for_each_line(fields, [&](std::string_view line) { text += "    " + std::string(line) + "\n"; });
        return text;
    };
    expect_one(read_all(entry("_HOSTNAME=vm\n" + audit_fields)), Origin::netlink, "verbose");
    EXPECT_EQ(read_all(entry(audit_fields) + entry("_TRANSPORT=kernel\nMESSAGE=usb\n") + entry(audit_fields))
                  .seen.size(),
              2U);
    EXPECT_EQ(
        read_all(entry("_TRANSPORT=stdout\nMESSAGE=x\n        _TRANSPORT=audit\n        MESSAGE=SECCOMP " +
                       body + "\n"))
            .seen.size(),
        0U)
        << "continuation lines are no fields";
    expect_one(read_all(entry(audit_fields) + "-- Boot 1 --\n"), Origin::netlink, "followed by another line");
}

}  // namespace
}  // namespace scgen
