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
// A facility other than kern (0) is refused wherever it can be seen: the kernel forces one on what user space
// writes to /dev/kmsg (devkmsg_write() in kernel/printk/printk.c). Colours of dmesg are skipped.
// Sources: util-linux sys-utils/dmesg.c, systemd src/shared/logs-show.c, rsyslog plugins/imklog, busybox
// sysklogd/syslogd.c, audit-userspace audisp/plugins/syslog, Talos' dmesg.
#include "origin.hpp"

#include <algorithm>
#include <array>

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

/// Digits, exactly `width` of them.
std::optional<int> fixed(Cursor& c, std::size_t width) noexcept {
    if (c.rest.size() < width) return std::nullopt;
    int value = 0;
    for (const char digit : c.rest.substr(0, width)) {
        if (!is_digit(digit)) return std::nullopt;
        value = value * 10 + (digit - '0');
    }
    c.rest.remove_prefix(width);
    return value;
}

/// Days from 1970-01-01 of a proleptic Gregorian date.
constexpr std::int64_t days_of(int year, int month, int day) noexcept {
    const int y = month <= 2 ? year - 1 : year;
    const int era_year = y % 400;
    const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return y / 400 * 146097LL + era_year * 365 + era_year / 4 - era_year / 100 + day_of_year - 719468;
}
static_assert(days_of(1970, 1, 1) == 0 && days_of(2026, 11, 23) == 20780);

constexpr std::array<string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<string_view, 7> weekdays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

template <std::size_t n>
bool eat_one_of(Cursor& c, const std::array<string_view, n>& words) noexcept {
    return std::any_of(words.begin(), words.end(), [&](string_view word) { return c.eat(word); });
}

/// "19:42:25", with a fraction of up to nine digits behind a point or a comma. Units of the result:
/// milliseconds.
std::optional<std::int64_t> clock(Cursor& c) noexcept {
    const auto hour = fixed(c, 2);
    if (!hour || !c.eat(':')) return std::nullopt;
    const auto minute = fixed(c, 2);
    if (!minute || !c.eat(':')) return std::nullopt;
    const auto second = fixed(c, 2);
    if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    std::int64_t milliseconds = 0;
    if (c.starts('.') || c.starts(',')) {
        c.rest.remove_prefix(1);
        const string_view fraction = c.take_while(is_digit);
        if (fraction.empty() || fraction.size() > 9) return std::nullopt;
        for (std::size_t i = 0, weight = 100; i < 3; ++i, weight /= 10)
            if (i < fraction.size()) milliseconds += static_cast<std::int64_t>(weight) * (fraction[i] - '0');
    }
    return ((*hour * 60 + *minute) * 60 + *second) * 1000LL + milliseconds;
}

struct Time {
    std::optional<std::int64_t> time_ms;
    /// dmesg alone writes its fractions behind a comma, and alone puts no host or tag behind the time.
    bool of_dmesg = false;
};

/// Minutes east of Greenwich.
std::optional<int> zone(Cursor& c) noexcept {
    if (c.eat('Z') || c.eat("UTC")) return 0;
    const bool west = c.starts('-');
    if (!c.eat('+') && !c.eat('-')) return std::nullopt;
    const auto hours = fixed(c, 2);
    c.eat(':');
    const auto minutes = hours ? fixed(c, 2) : std::nullopt;
    if (!minutes) return std::nullopt;
    return (west ? -1 : 1) * (*hours * 60 + *minutes);
}

std::optional<std::int64_t> date(Cursor& c) noexcept {
    const auto year = fixed(c, 4);
    if (!year || *year < 1970 || !c.eat('-')) return std::nullopt;
    const auto month = fixed(c, 2);
    if (!month || *month < 1 || *month > 12 || !c.eat('-')) return std::nullopt;
    const auto day = fixed(c, 2);
    if (!day || *day < 1 || *day > 31) return std::nullopt;
    return days_of(*year, *month, *day) * 86'400'000;
}

std::optional<Time> iso_time(Cursor& c) noexcept {
    const auto day = date(c);
    if (!day || !c.eat('T')) return std::nullopt;
    const bool comma = c.rest.substr(0, 9).find(',') != string_view::npos;
    const auto time = clock(c);
    const auto offset = time ? zone(c) : std::nullopt;
    if (!offset || !c.eat(' ')) return std::nullopt;
    return Time{*day + *time - *offset * 60'000LL, comma};
}

/// "Mon 2026-11-23 19:42:25 UTC ": journalctl -o short-full. Other zones have names, which do not tell the
/// offset.
std::optional<Time> full_time(Cursor& c) noexcept {
    if (!eat_one_of(c, weekdays) || !c.eat(' ')) return std::nullopt;
    const auto day = date(c);
    if (!day || !c.eat(' ')) return std::nullopt;
    const auto time = clock(c);
    if (!time || !c.eat(' ')) return std::nullopt;
    const string_view name = c.take_while(is_token);
    if (name.empty() || !c.eat(' ')) return std::nullopt;
    return name == "UTC" ? Time{.time_ms = *day + *time} : Time{};
}

/// "Nov 23 19:42:25 ": RFC 3164, which knows neither year nor zone.
std::optional<Time> short_time(Cursor& c) noexcept {
    if (!eat_one_of(c, months) || !c.eat(' ')) return std::nullopt;
    c.eat(' ');
    const string_view day = c.take_while(is_digit);
    if (day.empty() || day.size() > 2 || !c.eat(' ') || !clock(c) || !c.eat(' ')) return std::nullopt;
    return Time{};
}

/// "1795462945.362886 ": journalctl -o short-unix.
std::optional<Time> unix_time(Cursor& c) noexcept {
    const auto seconds = c.decimal<std::int64_t>();
    if (!seconds || *seconds < 0 || *seconds > 253402300799 || !c.eat('.')) return std::nullopt;
    const auto milliseconds = fixed(c, 3);
    const auto rest = milliseconds ? fixed(c, 3) : std::nullopt;
    if (!rest || !c.eat(' ')) return std::nullopt;
    return Time{.time_ms = *seconds * 1000 + *milliseconds};
}

template <class Read>
std::optional<Time> attempt(Cursor& c, Read read) noexcept {
    const Cursor before = c;
    const auto time = read(c);
    if (!time) c = before;
    return time;
}

std::optional<Time> any_time(Cursor& c) noexcept {
    for (const auto read : {iso_time, short_time, full_time, unix_time})
        if (const auto time = attempt(c, read)) return time;
    return std::nullopt;
}

bool is_stamp_text(string_view text) noexcept {
    const auto allowed = [](char c) {
        return is_digit(c) || is_lower(c) || (c >= 'A' && c <= 'Z') ||
               string_view(" .,:+-<>").find(c) != string_view::npos;
    };
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), allowed) &&
           std::any_of(text.begin(), text.end(), is_digit);
}

/// Kernel stamps and caller tags in brackets, and the CPU that PREEMPT_RT consoles print.
void skip_stamps(Cursor& c) noexcept {
    while (c.starts('[')) {
        const std::size_t end = c.rest.find(']');
        if (end == string_view::npos || !is_stamp_text(c.rest.substr(1, end - 1))) return;
        c.rest.remove_prefix(end + 1);
        c.eat(' ');
    }
    const Cursor before = c;
    if (!(fixed(c, 3) && c.eat(": "))) c = before;
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

/// "[HOST ][kern.LEVEL ]TAG", where `tag` eats what identifies the program. Some daemons and `--no-hostname`
/// leave the host out.
template <class Tag>
bool host_and_tag(Cursor& c, Prefix& prefix, Tag tag) noexcept {
    for (int words = 0; words <= 2; ++words) {
        if (tag(c)) return true;
        const string_view word = c.take_while(is_token);
        if (word.empty() || word.ends_with(':') || !c.eat(' ')) return false;
        if (is_facility_and_level(word)) {
            if (!word.starts_with("kern.")) return false;
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
bool eat_kmsg_header(Cursor& c) noexcept {
    const Cursor before = c;
    const auto priority = c.decimal<std::uint32_t>();
    if (priority && *priority < 8 && c.eat(',') && c.decimal<std::uint64_t>() && c.eat(',') &&
        c.decimal<std::uint64_t>() && c.starts(',')) {
        const auto flags = c.until(';');
        if (flags && std::all_of(flags->begin(), flags->end(), is_token) && c.eat(';')) return true;
    }
    c = before;
    return false;
}

/// "<5>": the facility must be kern.
std::optional<bool> eat_priority(Cursor& c) noexcept {
    if (!c.starts('<') || c.rest.size() < 3 || !is_digit(c.rest[1])) return false;
    c.rest.remove_prefix(1);
    const auto priority = c.decimal<std::uint32_t>();
    if (!priority || *priority > 7 || !c.eat('>')) return std::nullopt;
    return true;
}

/// RFC 5424 behind "<5>": "1 TIME HOST kernel PROCID MSGID SD [BOM]".
bool eat_rfc5424(Cursor& c, Prefix& prefix) noexcept {
    const auto time = iso_time(c);
    if (!time) return false;
    prefix.time_ms = time->time_ms;
    prefix.host = c.take_while(is_token);
    if (prefix.host.empty() || !c.eat(" kernel ")) return false;
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

std::optional<Prefix> kernel_prefix(Cursor c) noexcept {
    Prefix prefix{.origin = Origin::text, .host = {}, .time_ms = {}};
    const auto done = [&]() -> std::optional<Prefix> {
        skip_repetition(c);
        c.eat("audit: ");
        return c.at_end() ? std::optional(prefix) : std::nullopt;
    };
    c.eat("\xEF\xBB\xBF");
    if (eat_kmsg_header(c)) {
        prefix.origin = Origin::ring;
        return done();
    }
    const auto priority = eat_priority(c);
    if (!priority) return std::nullopt;
    if (*priority && c.eat("1 ")) {
        if (!eat_rfc5424(c, prefix)) return std::nullopt;
        skip_stamps(c);
        return done();
    }
    const bool decoded = eat_decoded_facility(c) || eat_talos(c, prefix);
    const std::size_t size = c.rest.size();
    skip_stamps(c);
    const bool stamped = c.rest.size() != size;
    const auto time = any_time(c);
    if (time) prefix.time_ms = time->time_ms;
    if (time && time->of_dmesg) skip_stamps(c);
    const bool from_ring = !time || time->of_dmesg;
    if (from_ring && (c.starts("audit: ") || c.at_end())) {
        if (decoded || *priority) prefix.origin = Origin::ring;
        return done();
    }
    const auto kernel = [](Cursor& at) { return eat_tag(at, "kernel"); };
    if ((!time && !stamped) || !host_and_tag(c, prefix, kernel)) return std::nullopt;
    skip_stamps(c);
    return done();
}

/// "TIME [HOST] TAG" or "[MONOTONIC] [HOST] TAG" of the journal and syslog; true also where there is nothing
/// at all.
template <class Tag>
bool syslog_header(Cursor& c, Prefix& prefix, Tag tag) noexcept {
    c.eat("\xEF\xBB\xBF");
    const std::size_t size = c.rest.size();
    const auto time = any_time(c);
    if (!time) skip_stamps(c);
    if (c.rest.size() == size) return true;
    if (time) prefix.time_ms = time->time_ms;
    prefix.origin = Origin::text;
    return host_and_tag(c, prefix, tag);
}

std::optional<Prefix> daemon_prefix(Cursor c) noexcept {
    Prefix prefix{.origin = Origin::netlink, .host = {}, .time_ms = {}};
    const auto tag = [](Cursor& at) { return eat_tag(at, "audispd") || eat_tag(at, "audisp-syslog"); };
    if (!syslog_header(c, prefix, tag)) return std::nullopt;
    if (c.eat("node=")) {
        prefix.host = c.take_while(is_token);
        if (prefix.host.empty() || !c.eat(' ')) return std::nullopt;
    }
    return c.at_end() ? std::optional(prefix) : std::nullopt;
}

std::optional<Prefix> journal_prefix(Cursor c) noexcept {
    Prefix prefix{.origin = Origin::text, .host = {}, .time_ms = {}};
    const auto tag = [](Cursor& at) { return eat_tag(at, "audit"); };
    if (!syslog_header(c, prefix, tag)) return std::nullopt;
    return c.at_end() ? std::optional(prefix) : std::nullopt;
}

/// Copies `text` without colour sequences; nothing when it is too long to be a prefix.
std::optional<string_view> without_colours(string_view text, std::array<char, 512>& buffer) noexcept {
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

}  // namespace

std::optional<Prefix> parse_prefix(string_view text, Voice voice) noexcept {
    std::array<char, 512> buffer;
    string_view plain = text;
    if (text.find('\x1b') != string_view::npos) {
        const auto stripped = without_colours(text, buffer);
        if (!stripped) return std::nullopt;
        plain = *stripped;
    }
    auto prefix = voice == Voice::kernel   ? kernel_prefix(Cursor{plain})
                  : voice == Voice::daemon ? daemon_prefix(Cursor{plain})
                                           : journal_prefix(Cursor{plain});
    if (prefix && plain.data() == buffer.data()) prefix->host = {};
    return prefix;
}

}  // namespace scgen
