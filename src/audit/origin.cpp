// What may stand before a record. A line teaches only when everything before its record is what a carrier of
// kernel messages writes, from the first byte on: a record inside another program's line, in a quoted
// message, behind a user-space facility or on an indented continuation line is somebody's text.
//
//   kernel   [BOM] [FACILITY] [TIME [HOST] [kern.LEVEL] kernel: ] [STAMP...] [audit: ]
//   daemon   [TIME [HOST] audispd[PID]: ] [node=NAME ]
//   journal  [TIME [HOST] audit[PID]: ]
//
//   FACILITY   <5>            dmesg -r, /proc/kmsg; <5>1 is RFC 5424 with its six header fields
//              5,1,2,-;       /dev/kmsg
//              kern  :notice: dmesg -x
//              NODE: kern:  notice:   talosctl dmesg
//   TIME       Nov 23 19:42:25[.123456] | 2026-11-23T19:42:25[.,123456](Z|+00:00|+0000)
//              Mon 2026-11-23 19:42:25[.123456] UTC | 1795462945.362886
//   STAMP      [ 1956.035620] [  T37] [+0.225289] [<    0.001>] [Mon Nov 23 19:42:25 2026];
//              "000: " on PREEMPT_RT
//
// The same prefixes stand before what the kernel, auditd, journald and rsyslogd say of their own logs.
//
// A facility other than kern (0) is refused wherever it can be seen: the kernel forces one on what user space
// writes to /dev/kmsg (devkmsg_write() in kernel/printk/printk.c). Colours of dmesg are skipped.
// Sources: util-linux sys-utils/dmesg.c, systemd src/shared/logs-show.c, rsyslog plugins/imklog, busybox
// sysklogd/syslogd.c, audit-userspace audisp/plugins/syslog, Talos' dmesg.
#include "origin.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "carrier_time.hpp"
#include "cursor.hpp"

namespace scgen {
namespace {

using std::string_view;

bool is_lower(char c) noexcept {
    return c >= 'a' && c <= 'z';
}

bool is_token(char c) noexcept {
    return static_cast<unsigned char>(c) > ' ' && c != 0x7f;
}

bool is_stamp_text(string_view text) noexcept {
    const auto allowed = [](char c) {
        return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z') ||
               string_view(" .,:+-<>").find(c) != string_view::npos;
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed) &&
           std::any_of(text.begin(), text.end(), is_digit);
}

/// "  1956.035620" as microseconds.
std::optional<std::uint64_t> uptime_of(string_view text) noexcept {
    Cursor c{text};
    c.take_while([](char ch) { return ch == ' '; });
    const auto seconds = c.decimal<std::uint32_t>();
    if (!seconds || !c.eat('.')) return std::nullopt;
    const auto fraction = parse_fixed(c, 6);
    if (!fraction || !c.at_end()) return std::nullopt;
    return std::uint64_t{*seconds} * 1'000'000 + static_cast<std::uint64_t>(*fraction);
}

/// Kernel stamps and caller tags in brackets, and the CPU that PREEMPT_RT consoles print.
void eat_stamps(Cursor& c, Prefix& prefix) noexcept {
    while (c.starts('[')) {
        const std::size_t end = c.rest.find(']');
        const string_view text = c.rest.substr(1, end - 1);
        if (end == string_view::npos || !is_stamp_text(text)) return;
        if (const auto uptime = uptime_of(text)) prefix.uptime_us = uptime;
        c.rest.remove_prefix(end + 1);
        c.eat(' ');
    }
    const Cursor before = c;
    if (!(parse_fixed(c, 3) && c.eat(": "))) c = before;
}

constexpr std::array<string_view, 24> facilities{
    "kern",   "user",   "mail",     "daemon", "auth",   "syslog",   "lpr",     "news",
    "uucp",   "cron",   "authpriv", "ftp",    "ntp",    "security", "console", "solaris-cron",
    "local0", "local1", "local2",   "local3", "local4", "local5",   "local6",  "local7"};
constexpr std::array<string_view, 11> levels{"emerg", "panic",   "alert",  "crit", "err",  "error",
                                             "warn",  "warning", "notice", "info", "debug"};

/// Whether `word` is a facility and level as busybox prints them: "kern.notice".
bool is_facility_and_level(string_view word) noexcept {
    const std::size_t dot = word.find('.');
    if (dot == string_view::npos) return false;
    return std::find(facilities.begin(), facilities.end(), word.substr(0, dot)) != facilities.end() &&
           std::find(levels.begin(), levels.end(), word.substr(dot + 1)) != levels.end();
}

/// "[HOST ][FACILITY.LEVEL ]TAG", where `tag` eats what identifies the program and is told whether the facility is one
/// of user space. Some daemons and `--no-hostname` leave the host out.
template <class Tag>
bool host_and_tag(Cursor& c, Prefix& prefix, Tag tag) noexcept {
    bool of_user_space = false;
    for (int words = 0; words <= 2; ++words) {
        if (tag(c, of_user_space)) return true;
        const string_view word = c.take_while(is_token);
        if (word.empty() || word.ends_with(':') || !c.eat(' ')) return false;
        if (is_facility_and_level(word)) {
            of_user_space = !word.starts_with("kern.");
        } else if (words == 0) {
            prefix.host = word;
        } else {
            return false;
        }
    }
    return false;
}

/// "NAME: " or "NAME[PID]: ".
bool eat_tag(Cursor& c, string_view name) noexcept {
    const Cursor before = c;
    if (c.eat(name)) {
        if (c.eat(": ")) return true;
        if (c.eat('[') && !c.take_while(is_digit).empty() && c.eat("]: ")) return true;
    }
    c = before;
    return false;
}

/// "kern  :notice: ", as dmesg -x pads it.
bool eat_decoded_facility(Cursor& c) noexcept {
    const Cursor before = c;
    const string_view facility = c.take_while([](char ch) { return is_lower(ch) || is_digit(ch); });
    c.take_while([](char ch) { return ch == ' '; });
    if (facility == "kern" && c.eat(':')) {
        c.take_while([](char ch) { return ch == ' '; });
        const string_view level = c.take_while(is_lower);
        c.take_while([](char ch) { return ch == ' '; });
        if (std::find(levels.begin(), levels.end(), level) != levels.end() && c.eat(": ")) return true;
    }
    c = before;
    return false;
}

/// "5,972,1956035620,-[,caller=T37];", the record header of /dev/kmsg; true only for facility 0.
bool eat_kmsg_header(Cursor& c, Prefix& prefix) noexcept {
    const Cursor before = c;
    const auto priority = c.decimal<std::uint32_t>();
    if (priority && *priority < 8 && c.eat(',') && c.decimal<std::uint64_t>() && c.eat(',')) {
        const auto uptime = c.decimal<std::uint64_t>();
        const auto flags = uptime && c.starts(',') ? c.until(';') : std::nullopt;
        if (flags && std::all_of(flags->begin(), flags->end(), is_token) && c.eat(';')) {
            prefix.origin = Origin::ring;
            prefix.uptime_us = uptime;
            return true;
        }
    }
    c = before;
    return false;
}

/// "<5>": facility times eight plus level.
std::optional<std::uint32_t> eat_priority(Cursor& c) noexcept {
    const Cursor before = c;
    if (c.eat('<'))
        if (const auto priority = c.decimal<std::uint32_t>(); priority && *priority < 192 && c.eat('>'))
            return priority;
    c = before;
    return std::nullopt;
}

/// RFC 5424 behind "<5>": "1 TIME HOST PROGRAM PROCID MSGID SD [BOM]".
bool eat_rfc5424(Cursor& c, Speech& speech) noexcept {
    const auto time = parse_carrier_time(c);
    if (!time) return false;
    speech.prefix.time_ms = time->time_ms;
    speech.prefix.order_ms = time->order_ms;
    speech.prefix.host = c.take_while(is_token);
    if (speech.prefix.host.empty() || !c.eat(' ')) return false;
    speech.speaker = c.take_while(is_token);
    if (speech.speaker.empty() || !c.eat(' ')) return false;
    if (c.take_while(is_token).empty() || !c.eat(' ') || c.take_while(is_token).empty() || !c.eat(' '))
        return false;
    if (c.starts('[')) {
        while (c.starts('[')) {
            const auto data = c.until(']');
            if (!data) return false;
            c.rest.remove_prefix(1);
        }
    } else if (!c.eat('-')) {
        return false;
    }
    if (!c.eat(' ')) return false;
    c.eat("\xEF\xBB\xBF");
    return true;
}

/// rsyslog folds equal messages: "message repeated 2 times: [ audit: ...]".
void skip_repetition(Cursor& c) noexcept {
    const Cursor before = c;
    if (!(c.eat("message repeated ") && !c.take_while(is_digit).empty() && c.eat(" times: ["))) {
        c = before;
        return;
    }
    c.eat(' ');
}

bool eat_talos(Cursor& c, Prefix& prefix) noexcept {
    const Cursor before = c;
    const string_view node = c.take_while([](char ch) { return is_token(ch) && ch != ':'; });
    if (!node.empty() && c.eat(": ") && eat_decoded_facility(c)) {
        prefix.host = node;
        const auto stamp = c.starts('[') ? c.until(']') : std::nullopt;
        if (stamp && c.eat("]: ")) return true;
    }
    c = before;
    return false;
}

/// Programs whose words on their own logs count, and the kernel.
bool is_known_speaker(string_view name) noexcept {
    constexpr std::array<string_view, 4> names{"kernel", "auditd", "systemd-journald", "rsyslogd"};
    return std::find(names.begin(), names.end(), name) != names.end() || name.starts_with("audisp") ||
           name.starts_with("rsyslogd-");
}

/// "NAME: " or "NAME[PID]: " of a program that is_known_speaker().
bool eat_speaker(Cursor& c, bool of_user_space, string_view& speaker) noexcept {
    const Cursor before = c;
    const string_view name = c.take_while([](char ch) { return is_token(ch) && ch != ':' && ch != '['; });
    c = before;
    const bool journal = name == "audit" && c.rest.substr(name.size(), 1) == "[";
    if (name == "kernel" && of_user_space) return false;
    if ((!journal && !is_known_speaker(name)) || !eat_tag(c, name)) return false;
    speaker = name;
    return true;
}

std::optional<Prefix> kernel_prefix(string_view text) noexcept {
    const auto speech = parse_speech(text);
    if (!speech || speech->speaker != "kernel") return std::nullopt;
    return speech->message.empty() || speech->message == "audit: " ? std::optional(speech->prefix)
                                                                   : std::nullopt;
}

/// "TIME [HOST] TAG" or "[MONOTONIC] [HOST] TAG" of the journal and syslog; true also where there is nothing
/// at all.
template <class Tag>
bool syslog_header(Cursor& c, Prefix& prefix, Tag tag) noexcept {
    c.eat("\xEF\xBB\xBF");
    const std::size_t size = c.rest.size();
    const auto time = parse_carrier_time(c);
    if (!time) eat_stamps(c, prefix);
    if (c.rest.size() == size) return true;
    if (time) prefix.time_ms = time->time_ms;
    prefix.origin = Origin::text;
    return host_and_tag(c, prefix, tag);
}

std::optional<Prefix> daemon_prefix(Cursor c) noexcept {
    Prefix prefix{.origin = Origin::netlink};
    const auto tag = [](Cursor& at, bool user) {
        return !user && (eat_tag(at, "audispd") || eat_tag(at, "audisp-syslog"));
    };
    if (!syslog_header(c, prefix, tag)) return std::nullopt;
    if (c.eat("node=")) {
        prefix.host = c.take_while(is_token);
        if (prefix.host.empty() || !c.eat(' ')) return std::nullopt;
    }
    return c.at_end() ? std::optional(prefix) : std::nullopt;
}

std::optional<Prefix> journal_prefix(Cursor c) noexcept {
    Prefix prefix{.origin = Origin::text};
    const auto tag = [](Cursor& at, bool user) { return !user && eat_tag(at, "audit"); };
    if (!syslog_header(c, prefix, tag)) return std::nullopt;
    return c.at_end() ? std::optional(prefix) : std::nullopt;
}

}  // namespace

std::optional<string_view> without_colours(string_view text, std::span<char> buffer) noexcept {
    if (text.size() > buffer.size()) return std::nullopt;
    std::size_t size = 0;
    for (std::size_t i = 0; i < text.size();) {
        if (text.substr(i, 2) == "\x1b[") {
            i += 2;
            while (i < text.size() && (is_digit(text[i]) || text[i] == ';'))
                ++i;
            if (i == text.size() || text[i] != 'm') return std::nullopt;
            ++i;
        } else {
            buffer[size++] = text[i++];
        }
    }
    return string_view(buffer.data(), size);
}

std::optional<Speech> parse_speech(string_view line) noexcept {
    Cursor c{line};
    Speech speech{.speaker = "kernel", .prefix = {.origin = Origin::text}, .message = {}};
    Prefix& prefix = speech.prefix;
    const auto says = [&speech](const Cursor& rest) {
        speech.message = rest.rest;
        return std::optional(speech);
    };
    c.eat("\xEF\xBB\xBF");
    if (eat_kmsg_header(c, prefix)) return says(c);
    const auto priority = eat_priority(c);
    const bool of_user_space = priority && *priority > 7;
    if (priority && c.eat("1 ")) {
        if (!eat_rfc5424(c, speech) || !is_known_speaker(speech.speaker) ||
            (speech.speaker == "kernel" && of_user_space))
            return std::nullopt;
        if (speech.speaker == "kernel") eat_stamps(c, prefix);
        skip_repetition(c);
        return says(c);
    }
    const bool decoded = eat_decoded_facility(c) || eat_talos(c, prefix);
    const std::size_t size = c.rest.size();
    eat_stamps(c, prefix);
    const bool stamped = c.rest.size() != size;
    const auto time = parse_carrier_time(c);
    if (time) prefix.time_ms = time->time_ms;
    if (time) prefix.order_ms = time->order_ms;
    if (time && time->of_dmesg) eat_stamps(c, prefix);
    const bool may_be_ring = (!time || time->of_dmesg) && !of_user_space;
    if ((time || stamped) && !(may_be_ring && c.starts("audit: "))) {
        Cursor named = c;
        Speech tagged = speech;
        const auto tag = [&](Cursor& at, bool user) {
            return eat_speaker(at, user || of_user_space, tagged.speaker);
        };
        if (host_and_tag(named, tagged.prefix, tag)) {
            speech = tagged;
            if (speech.speaker == "kernel") eat_stamps(named, prefix);
            skip_repetition(named);
            return says(named);
        }
    }
    if (!may_be_ring) return std::nullopt;
    if (decoded || priority) prefix.origin = Origin::ring;
    return says(c);
}

std::optional<Prefix> parse_prefix(string_view text, Voice voice) noexcept {
    // What the journal and dmesg -J keep in a field of its own: nothing of it need be looked for.
    if (voice == Voice::kernel && text == "audit: ") return Prefix{.origin = Origin::text};
    std::array<char, 512> buffer;
    string_view plain = text;
    if (text.find('\x1b') != string_view::npos) {
        const auto stripped = without_colours(text, buffer);
        if (!stripped) return std::nullopt;
        plain = *stripped;
    }
    auto prefix = voice == Voice::kernel   ? kernel_prefix(plain)
                  : voice == Voice::daemon ? daemon_prefix(Cursor{plain})
                                           : journal_prefix(Cursor{plain});
    if (prefix && plain.data() == buffer.data()) prefix->host = {};
    return prefix;
}

}  // namespace scgen
