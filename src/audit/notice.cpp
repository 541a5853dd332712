// What kernels and daemons say when they lose records, word for word.
//
//   kernel      audit: audit_backlog=9 > audit_backlog_limit=8
//               audit: audit_lost=2 audit_rate_limit=0 audit_backlog_limit=8       all that were lost since boot
//               audit: backlog limit exceeded | rate limit exceeded | out of memory in audit_log_start |
//                      kauditd retry queue overflow | kauditd hold queue overflow
//               audit: auditd disappeared | *NO* daemon at audit_pid=312            before 4.10
//               kauditd_printk_skb: 1546 callbacks suppressed                       printk_ratelimit()
//               ** 17 printk messages dropped **
//   record      type=1305 audit(...): op=set lost=0 old=839 .. | op=set audit_pid=312 .. |
//                      op=seccomp-logging actions=kill,trap .. | op=add_rule key=.. list=5 ..
//   journald    Missed 4 kernel messages | /dev/kmsg buffer overrun, some messages lost. |
//               Forwarding to syslog missed 3 messages.
//   rsyslogd    imklog: 12 messages lost due to rate-limiting (..) | imuxsock lost 5 messages from pid 7 ..
//   auditd      Audit daemon is suspending logging due to low disk space. | queue is full - dropping event | ..
//
// The count of suppressed callbacks is that of the shared printk_ratelimit(), but the name before it is that of whoever
// called next; most kernel code has limits of its own and prints the same words, so names are taken that are known to
// share. The loss lines are limited by it, too, and therefore are fewer than the losses.
#include "scgen/audit/notice.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "carrier_time.hpp"
#include "cursor.hpp"
#include "origin.hpp"

namespace scgen {
namespace {

using std::string_view;
using Kind = Notice::Kind;

Notice lost(Loss::Kind kind, std::uint64_t count = 0) noexcept {
    Notice notice;
    notice.loss = {kind, count};
    return notice;
}

Notice of_kind(Kind kind, std::uint64_t count = 0) noexcept {
    Notice notice;
    notice.kind = kind;
    notice.loss = {Loss::Kind::audit_lost, count};
    return notice;
}

/// A message that begins with this is a loss of unknown size.
struct Words {
    string_view text;
    Loss::Kind kind;
};

std::optional<Notice> find_words(string_view message, std::span<const Words> all) noexcept {
    for (const Words& words : all)
        if (message.starts_with(words.text)) return lost(words.kind);
    return std::nullopt;
}

/// "BEFORE N AFTER": N.
std::optional<std::uint64_t> counted_between(string_view message, string_view before,
                                             string_view after) noexcept {
    Cursor c{message};
    if (!c.eat(before)) return std::nullopt;
    const auto count = c.decimal<std::uint64_t>();
    return count && c.eat(after) ? count : std::nullopt;
}

/// Whether a function of this name asks printk_ratelimit(), as the audit log's printing does.
bool shares_printk_limit(string_view function) noexcept {
    constexpr std::array<string_view, 3> others{"show_signal_msg", "show_signal", "signal_fault"};
    const bool is_name = std::all_of(function.begin(), function.end(), [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || c == '_' || c == '.';
    });
    return is_name && (function.find("audit") != string_view::npos ||
                       std::find(others.begin(), others.end(), function) != others.end());
}

std::optional<Notice> suppressed_callbacks(string_view message) noexcept {
    const std::size_t colon = message.find(": ");
    if (colon == string_view::npos || !shares_printk_limit(message.substr(0, colon))) return std::nullopt;
    const auto count = counted_between(message.substr(colon), ": ", " callbacks suppressed");
    return count ? std::optional(lost(Loss::Kind::printk_limit, *count)) : std::nullopt;
}

/// "COMM: N output lines suppressed due to ratelimiting": writers to /dev/kmsg, which are no kernel.
std::optional<Notice> suppressed_writers(string_view message) noexcept {
    constexpr string_view words = " output lines suppressed due to ratelimiting";
    const std::size_t at = message.find(words);
    const std::size_t colon = at == string_view::npos ? at : message.substr(0, at).rfind(": ");
    if (colon == string_view::npos) return std::nullopt;
    const auto count = counted_between(message.substr(colon), ": ", words);
    return count ? std::optional(of_kind(Kind::unrelated, *count)) : std::nullopt;
}

/// Whether the kernel's command line says that there is no audit.
bool turns_audit_off(string_view message) noexcept {
    Cursor c{message};
    if (!c.eat("Kernel command line: ") && !c.eat("Command line: ")) return false;
    while (!c.at_end()) {
        const string_view word = c.take_while([](char ch) { return ch != ' '; });
        if (word == "audit=0" || word == "audit=off") return true;
        c.take(1);
    }
    return false;
}

std::optional<Notice> said_by_kernel(string_view message) noexcept {
    constexpr std::array<Words, 8> words{{{"audit_backlog=", Loss::Kind::audit_backlog},
                                          {"backlog limit exceeded", Loss::Kind::audit_backlog},
                                          {"rate limit exceeded", Loss::Kind::audit_rate},
                                          {"out of memory in audit_", Loss::Kind::audit_memory},
                                          {"kauditd retry queue overflow", Loss::Kind::audit_queue},
                                          {"kauditd hold queue overflow", Loss::Kind::audit_queue},
                                          {"auditd disappeared", Loss::Kind::audit_daemon},
                                          {"*NO* daemon at audit_pid=", Loss::Kind::audit_daemon}}};
    Cursor c{message};
    if (c.eat("audit: ")) {
        if (const auto count = counted_between(c.rest, "audit_lost=", " audit_rate_limit="))
            return of_kind(Kind::total, *count);
        if (c.starts("disabled (until reboot)")) return of_kind(Kind::audit_off);
        return find_words(c.rest, words);
    }
    if (const auto count = counted_between(message, "** ", " printk messages dropped **"))
        return lost(Loss::Kind::kernel_ring, *count);
    if (turns_audit_off(message)) return of_kind(Kind::audit_off);
    if (const auto notice = suppressed_callbacks(message)) return notice;
    return suppressed_writers(message);
}

std::optional<Notice> said_by_journald(string_view message) noexcept {
    if (const auto count = counted_between(message, "Missed ", " kernel messages"))
        return lost(Loss::Kind::kernel_ring, *count);
    if (message.starts_with("/dev/kmsg buffer overrun, some messages lost"))
        return lost(Loss::Kind::kernel_ring);
    if (const auto count = counted_between(message, "Forwarding to syslog missed ", " messages"))
        return lost(Loss::Kind::syslog, *count);
    // Limits are per unit, and what comes from the kernel belongs to none.
    if (const auto count = counted_between(message, "Suppressed ", " messages from "))
        return of_kind(Kind::unrelated, *count);
    return std::nullopt;
}

/// rsyslog names the input that lost messages; imuxsock is /dev/log, where programs write and the kernel does not.
std::optional<Notice> said_by_rsyslogd(string_view message) noexcept {
    constexpr string_view reason = " due to rate-limiting";
    const std::size_t end = message.starts_with("im") ? message.find(reason) : string_view::npos;
    if (end == string_view::npos) return std::nullopt;
    const string_view text = message.substr(0, end);
    std::uint64_t count = 0;
    if (const std::size_t at = text.rfind(": "); text.ends_with(" messages lost"))
        count = counted_between(text.substr(std::min(at, text.size())), ": ", " messages lost").value_or(0);
    else if (const auto lost_by = counted_between(text, "imuxsock lost ", " messages from pid "))
        count = *lost_by;
    else if (text.find(" drop messages") == string_view::npos)
        return std::nullopt;
    if (text.starts_with("imuxsock")) return of_kind(Kind::unrelated, count);
    return lost(Loss::Kind::syslog, count);
}

std::optional<Notice> said_by_auditd(string_view message) noexcept {
    constexpr std::array<Words, 7> words{
        {{"Audit daemon has no space left on logging partition", Loss::Kind::audit_daemon},
         {"Audit daemon is suspending logging due to ", Loss::Kind::audit_daemon},
         {"Error receiving audit netlink packet", Loss::Kind::audit_daemon},
         {"queue to plugins is full - dropping event", Loss::Kind::audit_daemon},
         {"queue is full - dropping event", Loss::Kind::audit_daemon},
         {"dispatch err (pipe full) event lost", Loss::Kind::audit_daemon},
         {"Auditd is suspending event passing to plugins", Loss::Kind::audit_daemon}}};
    if (message.starts_with("Init complete, auditd ")) return of_kind(Kind::daemon);
    return find_words(message, words);
}

/// The value of a field of a CONFIG_CHANGE record, without the quotes that old kernels put.
string_view field(string_view body, string_view key) noexcept {
    for (std::size_t at = body.find(key); at != string_view::npos; at = body.find(key, at + 1)) {
        if (at > 0 && body[at - 1] != ' ') continue;
        string_view value = body.substr(at + key.size());
        const char stop = value.starts_with('"') ? '"' : ' ';
        if (stop == '"') value.remove_prefix(1);
        return value.substr(0, value.find(stop));
    }
    return {};
}

bool lists_word(string_view list, string_view wanted) noexcept {
    while (!list.empty()) {
        const std::size_t comma = list.find(',');
        if (list.substr(0, comma) == wanted) return true;
        if (comma == string_view::npos) return false;
        list.remove_prefix(comma + 1);
    }
    return false;
}

std::optional<Notice> config_change(string_view body) noexcept {
    const string_view operation = field(body, "op=");
    if (operation == "seccomp-logging")
        return lists_word(field(body, "actions="), "log") ? std::nullopt
                                                          : std::optional(of_kind(Kind::actions_changed));
    if (operation == "add_rule" || operation == "add rule")
        return field(body, "list=") == "5" ? std::optional(of_kind(Kind::exclude_rule)) : std::nullopt;
    if (const string_view pid = field(body, "audit_pid="); !pid.empty() && pid != "0")
        return of_kind(Kind::daemon);
    // Somebody reset the counter, and the kernel says what it was.
    Cursor old{field(body, "lost=").empty() ? string_view() : field(body, "old=")};
    const auto count = old.decimal<std::uint64_t>();
    return count && *count > 0 ? std::optional(of_kind(Kind::total, *count)) : std::nullopt;
}

constexpr std::size_t anchor_size = 4;
static_assert(notice_anchors.size() == 3);

/// Whether an anchor stands at a place.
template <std::size_t which>
unsigned char is_at(const char* at) noexcept {
    constexpr string_view anchor = notice_anchors[which];
    static_assert(anchor.size() == anchor_size);
    constexpr char a = anchor[0], b = anchor[1], c = anchor[2], d = anchor[3];
    return static_cast<unsigned char>((at[0] == a) & (at[1] == b) & (at[2] == c) & (at[3] == d));
}

/// FNV-1a.
std::uint64_t hash_of(string_view text) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    return hash;
}

/// A notice that begins with one of the first words on the line, whoever says it.
std::optional<Notice> find_anywhere(string_view line) noexcept {
    constexpr std::size_t longest_prefix = 256, longest_line = 2048;
    line = line.substr(0, longest_line);
    for (std::size_t at = 0; at < std::min(line.size(), longest_prefix); ++at) {
        if (at > 0 && line[at - 1] != ' ') continue;
        for (const string_view speaker : {"kernel", "systemd-journald", "rsyslogd", "auditd"})
            if (const auto notice = parse_message(speaker, line.substr(at))) return notice;
    }
    return std::nullopt;
}

}  // namespace

bool may_be_notice(string_view line) noexcept {
    // No branch within a piece and no loop over the anchors, so that compilers make vectors of it.
    constexpr std::size_t piece = 256;
    if (line.size() < anchor_size) return false;
    const std::size_t places = line.size() - anchor_size + 1;
    for (std::size_t begin = 0; begin < places; begin += piece) {
        const char* const first = line.data() + begin;
        const std::size_t count = std::min(places - begin, piece);
        unsigned char found = 0;
        for (std::size_t i = 0; i < count; ++i)
            found = static_cast<unsigned char>(found | is_at<0>(first + i) | is_at<1>(first + i) |
                                               is_at<2>(first + i));
        if (found != 0) return true;
    }
    return false;
}

std::optional<Notice> parse_message(string_view speaker, string_view message) noexcept {
    if (speaker == "kernel") return said_by_kernel(message);
    if (speaker == "systemd-journald") return said_by_journald(message);
    if (speaker.starts_with("rsyslogd")) return said_by_rsyslogd(message);
    if (speaker == "auditd" || speaker.starts_with("audisp")) return said_by_auditd(message);
    constexpr string_view change = "CONFIG_CHANGE ";
    if (speaker == "audit" && message.starts_with(change))
        return config_change(message.substr(change.size()));
    return std::nullopt;
}

std::optional<Notice> parse_notice(string_view line, Trust trust) noexcept {
    if (!may_be_notice(line)) return std::nullopt;
    std::array<char, 512> buffer;
    string_view plain = line;
    if (line.find('\x1b') != string_view::npos) {
        const auto stripped = without_colours(line, buffer);
        if (!stripped) return std::nullopt;
        plain = *stripped;
    }
    const auto speech = parse_speech(plain);
    auto notice = speech ? parse_message(speech->speaker, speech->message) : std::nullopt;
    // Without a prefix nobody is named: journalctl -o cat, dmesg -t.
    const bool bare = speech && speech->message.data() == plain.data();
    for (const string_view speaker : {"systemd-journald", "rsyslogd", "auditd"})
        if (bare && !notice) notice = parse_message(speaker, plain);
    if (!notice && trust == Trust::any) notice = find_anywhere(plain);
    if (!notice) return notice;
    const Prefix prefix = speech ? speech->prefix : Prefix{};
    const std::size_t before = speech ? plain.size() - speech->message.size() : 0;
    notice->host = plain.data() == line.data() ? prefix.host : string_view();
    notice->origin = prefix.origin;
    notice->time_ms = prefix.time_ms;
    notice->order = prefix.order_ms != 0 ? prefix.order_ms
                                         : static_cast<std::int64_t>(prefix.uptime_us.value_or(0) / 1000);
    if (prefix.uptime_us)
        notice->mark = prefix.uptime_us;
    else if (before > 0)
        notice->mark = hash_of(plain.substr(0, before));
    return notice;
}

bool is_container_output(string_view line) noexcept {
    if (line.starts_with("{\"log\":\"")) return line.find("\"stream\":\"std") != string_view::npos;
    Cursor c{line};
    const auto time = parse_carrier_time(c);
    return time && time->time_ms && (c.eat("stdout ") || c.eat("stderr ")) && (c.eat("F ") || c.eat("P "));
}

std::optional<Notice> notice_of(const AuditEvent& event) noexcept {
    auto notice = event.type == AuditEvent::Type::config_change ? config_change(event.body)
                  : event.type == AuditEvent::Type::daemon_failure
                      ? std::optional(lost(Loss::Kind::audit_daemon))
                      : std::nullopt;
    if (!notice) return notice;
    notice->origin = event.origin;
    notice->host = event.host;
    notice->boot = event.boot;
    notice->time_ms = event.time_ms;
    notice->order = event.time_ms;
    notice->mark = static_cast<std::uint64_t>(event.time_ms) << 20U ^ event.serial;
    return notice;
}

}  // namespace scgen
