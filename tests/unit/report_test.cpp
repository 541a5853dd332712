#include <gtest/gtest.h>

#include <set>

#include "scgen/report/escape.hpp"
#include "scgen/report/json_text.hpp"
#include "scgen/report/nearest.hpp"
#include "scgen/report/records.hpp"
#include "scgen/report/summary.hpp"
#include "scgen/report/table.hpp"
#include "scgen/report/workloads.hpp"

namespace scgen {
namespace {

using namespace std::string_literals;

TEST(Escape, LeavesPlainTextAlone) {
    for (const std::string& text :
         std::vector<std::string>{"", "nginx", "runc:[2:INIT]", "/opt/my app/x", "caf\xc3\xa9",
                                  "\xe6\x97\xa5\xe6\x9c\xac", "\xf0\x9f\x90\xb3"})
        EXPECT_EQ(escape(text), text);
}

TEST(Escape, NothingMovesACursorOrHides) {
    struct Case {
        std::string raw;
        std::string shown;
    };
    for (const auto& [raw, shown] : {
             Case{"a\x1b[2Jb", "a\\x1b[2Jb"},
             Case{"\n\r\t\0"s, "\\x0a\\x0d\\x09\\x00"},
             Case{"\x7f", "\\x7f"},
             Case{"\xc2\x9b"
                  "31m",
                  "\\xc2\\x9b31m"},  // CSI as one C1 character
             Case{"\x9b", "\\x9b"},  // the same as a byte: no UTF-8
             Case{"\xe2\x80\xae"
                  "gpj",
                  "\\xe2\\x80\\xaegpj"},               // right-to-left override
             Case{"\xe2\x81\xa6", "\\xe2\\x81\\xa6"},  // isolate
             Case{"\xd8\x9c", "\\xd8\\x9c"},           // Arabic letter mark
             Case{"\xe2\x80\x8b", "\\xe2\\x80\\x8b"},  // zero-width space
             Case{"\xe2\x80\xa8\xe2\x80\xa9", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9"},
             Case{"\xef\xbb\xbf", "\\xef\\xbb\\xbf"},
             Case{"\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81"},  // tag
             Case{"\xc0\x8a", "\\xc0\\x8a"},                    // overlong newline
             Case{"\xed\xa0\x80", "\\xed\\xa0\\x80"},           // surrogate
             Case{"\xf5\x80\x80\x80", "\\xf5\\x80\\x80\\x80"},
             Case{"\xe2\x80", "\\xe2\\x80"},
         })
        EXPECT_EQ(escape(raw), shown);
}

TEST(Escape, DifferentNamesStayDifferent) {
    EXPECT_EQ(escape("\\x1b"), "\\\\x1b");
    EXPECT_NE(escape("\\x1b"), escape("\x1b"));
    EXPECT_EQ(escape(" a b "), "\\x20a b\\x20");
    EXPECT_EQ(escape(" "), "\\x20");
    EXPECT_EQ(escape_message(escape("\\\x1b")), escape("\\\x1b")) << "a message may be escaped again";
}

TEST(Escape, JsonIsAlwaysUtf8) {
    EXPECT_EQ(json_string("a\"b\\c\n\x01\x7f"), R"("a\"b\\c\n\u0001\u007f")");
    EXPECT_EQ(json_string("\xff\xfe x"), "\"\xef\xbf\xbd\xef\xbf\xbd x\"");
    EXPECT_EQ(json_string("caf\xc3\xa9"), "\"caf\xc3\xa9\"");
    EXPECT_EQ(json_string("\xe2\x80\xa8"), "\"\\u2028\"");
}

TEST(FileName, StaysInsideItsDirectory) {
    for (const std::string& name :
         std::vector<std::string>{"../../etc/passwd", "/etc/passwd", "..", ".", "", "-rf", ".bashrc", "a/b",
                                  "a\0b"s, "a b", "\xe2\x80\xae", "CON\n", "~", "*", "$(id)", "a\\b"}) {
        const std::string file = file_name(name, ".json");
        EXPECT_EQ(file.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"),
                  std::string::npos)
            << file;
        EXPECT_NE(file.front(), '-') << file;
        EXPECT_NE(file.front(), '.') << file;
        EXPECT_NE(file, name + ".json") << "what changed carries a hash";
    }
}

TEST(FileName, PlainNamesKeepTheirs) {
    EXPECT_EQ(file_name("http-echo", ".json"), "http-echo.json");
    EXPECT_EQ(file_name("s.sh", ".json"), "s.sh.json");
}

TEST(FileName, NamesThatLookAlikeDiffer) {
    std::set<std::string> files;
    const std::string long_name(300, 'x');
    const std::vector<std::string> names{"a/b",           "a b", "a_b", "a:b", long_name,
                                         long_name + "y", "-a",  "_a",  "",    "_"};
    for (const std::string& name : names)
        files.insert(file_name(name, ".json"));
    EXPECT_EQ(files.size(), names.size());
    for (const std::string& file : files)
        EXPECT_LE(file.size(), 105U);
}

TEST(TableText, AlignsByCharacters) {
    Table table({{"NAME"}, {"N", Table::Align::right}, {"LAST"}});
    table.row({"caf\xc3\xa9", "7", ""});
    table.row({"x", "1234", "y"});
    EXPECT_EQ(table.text(), "NAME     N  LAST\ncaf\xc3\xa9     7\nx     1234  y\n");
}

TEST(TableText, WideCharactersTakeTwoColumns) {
    EXPECT_EQ(columns("\xe6\x97\xa5\xe6\x9c\xac"), 4U);
    EXPECT_EQ(columns("e\xcc\x81"), 1U);
    EXPECT_EQ(columns("abc"), 3U);
}

TEST(TableText, CountsAndEnumerates) {
    EXPECT_EQ(counted(1, "record"), "1 record");
    EXPECT_EQ(counted(0, "record"), "0 records");
    EXPECT_EQ(counted(2, "process", "processes"), "2 processes");
    EXPECT_EQ(enumerate({"a", "b", "c"}, 2), "a, b and 1 more");
    EXPECT_EQ(enumerate({"a", "b"}, 2), "a, b");
}

TEST(Nearest, OffersWhatIsLikely) {
    EXPECT_EQ(nearest("opneat", {"openat", "open", "openat2"}).front(), "openat");
    EXPECT_EQ(nearest("--com", {"--comm", "--color", "--exe"}).front(), "--comm");
    EXPECT_TRUE(nearest("zzzzzz", {"openat"}).empty());
    EXPECT_TRUE(nearest("", {"openat"}).empty());
    EXPECT_EQ(did_you_mean({"a", "b", "c"}), " Did you mean a, b or c?");
    EXPECT_EQ(did_you_mean({}), "");
}

TEST(JsonWriter, IndentsOrNot) {
    const auto write = [](std::size_t indent) {
        JsonText json(indent);
        json.begin('{').key("a").begin('[').number(-1).null().end(']').key("b").begin('[').end(']').end('}');
        return json.str();
    };
    EXPECT_EQ(write(0), R"({"a":[-1,null],"b":[]})");
    EXPECT_EQ(write(2), "{\n  \"a\": [\n    -1,\n    null\n  ],\n  \"b\": []\n}");
}

Record echo_record() {
    Record record;
    record.time_ms = 1594067860484;
    record.serial = 14536;
    record.comm = {Text::Form::quoted, "http-echo"};
    record.exe = {Text::Form::hex, "2F781B"};
    record.pid = 29064;
    record.syscall = {Arch::x86_64, 51};
    record.code = 0x7ffc0000U;
    record.uid = 0;
    record.ip = 0x46fe1fU;
    return record;
}

TEST(RecordText, IsOneLine) {
    EXPECT_EQ(record_text(echo_record()),
              "2020-07-06T20:37:40.484Z  http-echo        29064    getsockname       x86_64   log");
    const Container container{"0123",
                              "shop",
                              "front-0",
                              "we\x1b"
                              "b",
                              {}};
    EXPECT_EQ(record_text(echo_record(), &container),
              "2020-07-06T20:37:40.484Z  http-echo        29064    getsockname       x86_64   log           "
              "shop/front-0/we\\x1bb");
    Record bare;
    bare.syscall = {Arch::none, -1};
    bare.comm = {Text::Form::hex, "0A1B5B324A"};
    EXPECT_EQ(record_text(bare).find('\n'), std::string::npos);
    EXPECT_NE(record_text(bare).find("\\x0a\\x1b[2J"), std::string::npos);
}

TEST(RecordText, JsonHasEveryFieldOrNull) {
    EXPECT_EQ(
        record_json(echo_record()),
        R"({"time":"2020-07-06T20:37:40.484Z","serial":14536,"pid":29064,"comm":"http-echo","exe":"/x\u001b",)"
        R"("subj":null,"arch":"x86_64","nr":51,"syscall":"getsockname","action":"log","code":"0x7ffc0000",)"
        R"("sig":null,"ip":"0x46fe1f","uid":0,"auid":null,"container":null,"pod":null})");
}

TEST(RecordText, JsonNamesContainerAndPod) {
    const auto ends_with = [](const Container& container, const std::string& end) {
        return record_json(echo_record(), &container).ends_with(end);
    };
    EXPECT_TRUE(ends_with({"id", "n", "p", "c", {}}, R"("container":"c","pod":"n/p"})"));
    EXPECT_TRUE(ends_with({"id", "", "", "", {}}, R"("container":"id","pod":null})"));
    EXPECT_TRUE(ends_with({"id", "n", "p\"", "", {}}, R"("container":"id","pod":"n/p\""})"));
}

Workload workload_of(Action action) {
    Workload workload;
    workload.name = "x\x1b";
    workload.comms = {"x\x1b"};
    workload.pids = {7};
    workload.calls[{{Arch::x86_64, 0}, action}] = {3, {1000, 1}, {2000, 2}};
    workload.calls[{{Arch::x86, 9999}, Action::errno_}] = {2, {1500, 1}, {1500, 2}};
    return workload;
}

TEST(WorkloadsText, TableAndJson) {
    WorkloadTable table;
    table.add(workload_of(Action::log));
    EXPECT_EQ(table.text(),
              "WORKLOAD  RECORDS  DENIED  SYSCALLS  ARCHS        FIRST                     LAST              "
              "        "
              "PIDS  EXES\n"
              "x\\x1b           5       2         2  x86, x86_64  1970-01-01T00:00:01.000Z  "
              "1970-01-01T00:00:02.000Z  "
              "7     -\n");
    WorkloadArray array;
    array.add(workload_of(Action::log));
    const std::string json = std::move(array).text();
    EXPECT_NE(json.find("\"x86\": [\n        \"9999\"\n      ]"), std::string::npos) << json;
    EXPECT_NE(json.find("\"denied\": 2"), std::string::npos) << json;
    EXPECT_NE(json.find("\"last\": \"1970-01-01T00:00:02.000Z\""), std::string::npos) << json;
    EXPECT_EQ(WorkloadArray().text(), "[]\n");
}

TEST(Summary, NamesEveryOutcomeAndLoss) {
    InputFacts facts;
    facts.tally.add(Outcome::observed, 2);
    facts.tally.add(Outcome::other);
    facts.tally.add(Outcome::truncated);
    facts.tally.add(Outcome::refused);
    facts.over_limit = 4;
    std::string all;
    std::size_t warnings = 0;
    for (const Remark& remark : input_summary(facts)) {
        all += remark.text + "\n";
        warnings += remark.warning ? 1U : 0U;
    }
    EXPECT_NE(all.find("5 lines: 2 records, 1 other, 1 refused, 1 truncated\n"), std::string::npos) << all;
    EXPECT_NE(all.find("lost: 4 records"), std::string::npos) << all;
    EXPECT_NE(all.find("--trust any"), std::string::npos) << all;
    EXPECT_NE(all.find("incomplete: 5 records lost\n"), std::string::npos) << all;
    EXPECT_EQ(warnings, 3U) << all;
}

}  // namespace
}  // namespace scgen
