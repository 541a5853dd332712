// Journal entries and JSON objects: a record with its provenance in fields beside it. That makes them better
// evidence than text: journald's underscore fields cannot be set by the program that logged, so an entry
// whose _TRANSPORT is syslog, stdout or journal is a program's own words, whatever they say, and one whose
// _TRANSPORT is audit came by netlink.
//
//   journald audit    _TRANSPORT=audit _AUDIT_TYPE=1326 _AUDIT_ID=serial _SOURCE_REALTIME_TIMESTAMP=us
//                     MESSAGE="SECCOMP auid=..."
//   journald kernel   _TRANSPORT=kernel SYSLOG_FACILITY=0 MESSAGE="audit: type=1326 audit(...): ..."
//   dmesg -J          pri msg
//   laurel            ID="sec.msec:serial" SECCOMP=[{auid, ..., arch: "0x..", syscall: n, ...}]
//   Fluent Bit, Cloud Logging
//                     the journal's fields, perhaps without underscores and in lower case, perhaps inside
//                     jsonPayload; or a whole line of text in log, message or textPayload
//
// Sources: systemd src/journal/journald-audit.c and journald-kmsg.c; util-linux sys-utils/dmesg.c; laurel's README;
// GoogleCloudPlatform k8s-node-tools os-audit/cos-auditd-logging.yaml.
#include "entry.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "body.hpp"
#include "carrier_time.hpp"
#include "cursor.hpp"

namespace scgen {

using std::string_view;

enum class Entry::Slot : std::uint8_t {
    message,
    transport,
    audit_type,
    audit_id,
    source_time,
    received_time,
    uptime,
    dmesg_time,
    boot,
    facility,
    identifier,
    host,
    priority,
    stream,
    resource,
    kubernetes,
    id,
    auid,
    uid,
    pid,
    comm,
    exe,
    subj,
    sig,
    arch,
    syscall,
    ip,
    code
};

struct Entry::Known {
    string_view path;  ///< "" at the top or inside jsonPayload
    string_view key;   ///< upper case, without leading underscores
    Slot slot;
};

namespace {

char upper(char c) noexcept {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool equal_in_any_case(string_view key, string_view upper_case) noexcept {
    return key.size() == upper_case.size() && std::equal(key.begin(), key.end(), upper_case.begin(),
                                                         [](char a, char b) { return upper(a) == b; });
}

string_view without_underscores(string_view key) noexcept {
    while (key.starts_with('_'))
        key.remove_prefix(1);
    return key;
}

bool is_seccomp_type(string_view type, string_view message) noexcept {
    return type == "1326" || (type == "1701" && message.find(" reason=\"seccomp\"") != string_view::npos);
}

/// dmesg -J writes "1956.035620", in quotes or without. Units of the result: microseconds.
bool dmesg_uptime(string_view text, std::uint64_t& uptime) noexcept {
    Cursor c{text};
    const auto seconds = c.decimal<std::uint32_t>();
    const auto fraction = seconds && c.eat('.') ? parse_fixed(c, 6) : std::nullopt;
    if (!fraction || !c.at_end()) return false;
    uptime = std::uint64_t{*seconds} * 1'000'000 + static_cast<std::uint64_t>(*fraction);
    return true;
}

/// laurel writes bytes that are not printable as %XX, and % as %25.
Text percent_decoded(string_view text, std::string& scratch) noexcept {
    const std::size_t offset = scratch.size();
    if (text.find('%') == string_view::npos || scratch.capacity() - offset < text.size())
        return {Text::Form::plain, text};
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned value = 0;
        const string_view digits = text.substr(i + 1, 2);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (text[i] == '%' && digits.size() == 2 && error == std::errc{} && end == digits.data() + 2) {
            scratch.push_back(static_cast<char>(value));
            i += 2;
        } else {
            scratch.push_back(text[i]);
        }
    }
    return {Text::Form::plain, string_view(scratch).substr(offset)};
}

}  // namespace

const Entry::Known* Entry::find(string_view path, string_view key) noexcept {
    static constexpr std::array known{
        Known{"", "MESSAGE", Slot::message},
        Known{"", "MSG", Slot::message},
        Known{"", "LOG", Slot::message},
        Known{"", "TEXTPAYLOAD", Slot::message},
        Known{"", "TRANSPORT", Slot::transport},
        Known{"", "AUDIT_TYPE", Slot::audit_type},
        Known{"", "AUDIT_ID", Slot::audit_id},
        Known{"", "SOURCE_REALTIME_TIMESTAMP", Slot::source_time},
        Known{"", "REALTIME_TIMESTAMP", Slot::received_time},
        Known{"", "SOURCE_MONOTONIC_TIMESTAMP", Slot::uptime},
        Known{"", "TIME", Slot::dmesg_time},
        Known{"", "BOOT_ID", Slot::boot},
        Known{"", "SYSLOG_FACILITY", Slot::facility},
        Known{"", "FAC", Slot::facility},
        Known{"", "SYSLOG_IDENTIFIER", Slot::identifier},
        Known{"", "HOSTNAME", Slot::host},
        Known{"", "NODE", Slot::host},
        Known{"", "PRI", Slot::priority},
        Known{"", "STREAM", Slot::stream},
        Known{"RESOURCE", "TYPE", Slot::resource},
        Known{"", "KUBERNETES", Slot::kubernetes},
        Known{"", "ID", Slot::id},
        Known{"SECCOMP", "AUID", Slot::auid},
        Known{"SECCOMP", "UID", Slot::uid},
        Known{"SECCOMP", "PID", Slot::pid},
        Known{"SECCOMP", "COMM", Slot::comm},
        Known{"SECCOMP", "EXE", Slot::exe},
        Known{"SECCOMP", "SUBJ", Slot::subj},
        Known{"SECCOMP", "SIG", Slot::sig},
        Known{"SECCOMP", "ARCH", Slot::arch},
        Known{"SECCOMP", "SYSCALL", Slot::syscall},
        Known{"SECCOMP", "IP", Slot::ip},
        Known{"SECCOMP", "CODE", Slot::code},
    };
    // By length and first letter of the key, so that hardly any is compared in vain: begins[n] is where those whose sum is
    // n begin in `order`.
    constexpr std::size_t sums = 32;
    constexpr auto sum = [](std::size_t length, char first) {
        return (length * 7 + static_cast<unsigned char>(first)) % sums;
    };
    struct BySum {
        std::array<std::uint8_t, known.size()> order{};
        std::array<std::uint8_t, sums + 1> begins{};
    };
    static constexpr BySum by_sum = [sum] {
        BySum out;
        std::uint8_t count = 0;
        for (std::size_t one = 0; one < sums; ++one) {
            out.begins[one] = count;
            for (std::uint8_t i = 0; i < known.size(); ++i)
                if (sum(known[i].key.size(), known[i].key.front()) == one) out.order[count++] = i;
        }
        out.begins[sums] = count;
        return out;
    }();
    const string_view bare_key = without_underscores(key);
    if (bare_key.empty()) return nullptr;
    const std::size_t begin = sum(bare_key.size(), upper(bare_key.front()));
    for (std::size_t i = by_sum.begins[begin]; i < by_sum.begins[begin + 1]; ++i) {
        const Known& candidate = known[by_sum.order[i]];
        if (!equal_in_any_case(bare_key, candidate.key)) continue;
        const string_view bare_path = equal_in_any_case(path, "JSONPAYLOAD") ? string_view() : path;
        if (!equal_in_any_case(bare_path, candidate.path)) continue;
        // laurel's own fields are lower case; their upper-case twins are interpretations and prove nothing.
        const bool upper_case =
            std::any_of(key.begin(), key.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
        return path == "SECCOMP" && upper_case ? nullptr : &candidate;
    }
    return nullptr;
}

void Entry::clear() noexcept {
    for (const Slot slot : set_)
        fields_[static_cast<std::size_t>(slot)] = Field{};
    set_.clear();
    seccomp_objects_ = 0;
    type_ = AuditEvent::Type::other;
    overflow_ = false;
    unknown_.clear();
}

bool Entry::wants(string_view path, string_view key) noexcept {
    return find(path, key) != nullptr;
}

void Entry::set(string_view path, string_view key, JsonKind kind, string_view value) noexcept {
    // laurel has an object for every record of an event, under the name of its type.
    if (kind == JsonKind::complex && path.empty()) {
        if (key == "SECCOMP") ++seccomp_objects_;
        if (key.starts_with("DAEMON_")) type_ = event_type(key);
    }
    const Known* known = find(path, key);
    if (known == nullptr) {
        // "SECCOMP auid=" is the shortest text that claims to be a record.
        constexpr std::size_t shortest = 13;
        if (value.size() >= shortest) unknown_.push_back(value);
        return;
    }
    Field& slot = fields_[static_cast<std::size_t>(known->slot)];
    const bool trusted = key.starts_with('_');
    if (slot.set && slot.trusted && !trusted) return;
    const bool replaces = !slot.set || (trusted && !slot.trusted);
    if (!slot.set) set_.push_back(known->slot);
    const bool conflict = !replaces && (slot.conflict || slot.value != value || slot.kind != kind);
    // Each by itself: put together first, they would be read as one before they are written.
    slot.value = value;
    slot.kind = kind;
    slot.set = true;
    slot.trusted = trusted;
    slot.conflict = conflict;
}

template <class T>
bool Entry::number(Slot slot, string_view prefix, int base, T& value) const noexcept {
    string_view digits = text(slot);
    if (!digits.starts_with(prefix)) return false;
    digits.remove_prefix(prefix.size());
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
    return !digits.empty() && error == std::errc{} && end == digits.data() + digits.size();
}

Outcome Entry::settle(Trust trust, std::string& scratch, Record& record) const noexcept {
    if (seccomp_objects_ > 0) return settle_laurel(scratch, record);
    const Field& message = field(Slot::message);
    const bool by_audit = text(Slot::transport) == "audit";
    if (!message.set) return is_misplaced() ? Outcome::refused : Outcome::other;
    if (overflow_) return Outcome::oversized;
    if (message.kind == JsonKind::null || message.kind == JsonKind::complex)
        return by_audit && text(Slot::audit_type) == "1326" ? Outcome::truncated : Outcome::other;

    if (by_audit && is_seccomp_type(text(Slot::audit_type), message.value)) {
        const bool conflict =
            message.conflict || field(Slot::audit_type).conflict || field(Slot::transport).conflict;
        return conflict ? Outcome::refused : settle_audit(record);
    }
    if (by_audit || (trust == Trust::kernel && !is_kernels())) {
        const Outcome within = parse_record(message.value, Trust::any, record);
        return within == Outcome::other ? within : Outcome::refused;
    }
    const Outcome outcome = parse_record(message.value, trust, record);
    if (outcome == Outcome::other) return outcome;
    if (!text(Slot::host).empty()) record.host = text(Slot::host);
    record.boot = text(Slot::boot);
    if (record.origin == Origin::text && is_ring()) record.origin = Origin::ring;
    return outcome;
}

string_view Entry::laurel_id() const noexcept {
    return seccomp_objects_ == 1 ? text(Slot::id) : string_view();
}

bool Entry::is_misplaced() const noexcept {
    Record record;
    return std::any_of(unknown_.begin(), unknown_.end(), [&record](string_view value) {
        return parse_record(value, Trust::any, record) != Outcome::other;
    });
}

bool Entry::is_of_a_container() const noexcept {
    return field(Slot::stream).set || field(Slot::kubernetes).set || text(Slot::resource) == "k8s_container";
}

/// Whether the message came out of the kernel's ring, where its facility is known.
bool Entry::is_ring() const noexcept {
    return text(Slot::transport) == "kernel" || field(Slot::priority).set;
}

/// Whether nothing speaks against the message's being the kernel's, or that of a daemon that writes what it says.
bool Entry::is_kernels() const noexcept {
    const string_view transport = text(Slot::transport);
    const string_view facility = text(Slot::facility), identifier = text(Slot::identifier);
    const bool of_user_space = (!transport.empty() && transport != "kernel") ||
                               (!facility.empty() && facility != "0" && facility != "kern") ||
                               (transport == "kernel" && !identifier.empty() && identifier != "kernel");
    std::uint32_t priority = 0;
    const bool user_priority = field(Slot::priority).set && field(Slot::priority).kind == JsonKind::number &&
                               !(number(Slot::priority, "", 10, priority) && priority < 8);
    return !is_of_a_container() && !of_user_space && !user_priority && !field(Slot::message).conflict;
}

std::optional<AuditEvent> Entry::event(Trust trust) const noexcept {
    AuditEvent event;
    event.origin = Origin::netlink;
    const string_view message = text(Slot::message);
    if (Record stamp; field(Slot::id).set) {
        Cursor c{text(Slot::id)};
        if (!parse_stamp(c, stamp) || !c.at_end()) return std::nullopt;
        event.type = seccomp_objects_ > 0 ? AuditEvent::Type::seccomp : type_;
        event.time_ms = *stamp.time_ms;
        event.serial = *stamp.serial;
    } else if (text(Slot::transport) == "audit") {
        std::int64_t microseconds = 0;
        if (!number(Slot::audit_id, "", 10, event.serial) ||
            !number(Slot::source_time, "", 10, microseconds) || field(Slot::transport).conflict ||
            field(Slot::audit_id).conflict)
            return std::nullopt;
        event.type = event_type(text(Slot::audit_type));
        event.time_ms = microseconds / 1000;
        event.body = message.substr(std::min(message.find(' '), message.size()));
        if (!field(Slot::transport).trusted) event.origin = Origin::text;
    } else {
        if (!field(Slot::message).set || (trust == Trust::kernel && !is_kernels())) return std::nullopt;
        const auto written = parse_event(message, trust);
        if (!written) return std::nullopt;
        event = *written;
        if (event.origin == Origin::text && is_ring()) event.origin = Origin::ring;
    }
    if (!text(Slot::host).empty()) event.host = text(Slot::host);
    event.boot = text(Slot::boot);
    return event;
}

std::optional<Notice> Entry::notice(Trust trust) const noexcept {
    if (!field(Slot::message).set || (trust == Trust::kernel && is_of_a_container())) return std::nullopt;
    const string_view message = text(Slot::message), identifier = text(Slot::identifier);
    std::optional<Notice> notice;
    if (is_ring() && is_kernels())
        notice = parse_message("kernel", message);
    else if (!identifier.empty())
        notice = identifier == "kernel" && trust == Trust::kernel ? std::nullopt
                                                                  : parse_message(identifier, message);
    else if (!is_ring() || trust == Trust::any)
        notice = parse_notice(message, trust);
    if (!notice) return notice;
    if (!text(Slot::host).empty()) notice->host = text(Slot::host);
    notice->boot = text(Slot::boot);
    // What journald says of itself has the transport "driver", which nobody else can set.
    const bool of_journald = text(Slot::transport) == "driver" && field(Slot::transport).trusted;
    if ((is_ring() && is_kernels()) || of_journald) notice->origin = Origin::ring;
    std::int64_t microseconds = 0;
    if (number(Slot::source_time, "", 10, microseconds) ||
        number(Slot::received_time, "", 10, microseconds)) {
        notice->time_ms = notice->order = microseconds / 1000;
        notice->mark = static_cast<std::uint64_t>(microseconds);
    }
    std::uint64_t uptime = 0;
    if (number(Slot::uptime, "", 10, uptime) || dmesg_uptime(text(Slot::dmesg_time), uptime)) {
        notice->mark = uptime;
        if (notice->order == 0) notice->order = static_cast<std::int64_t>(uptime / 1000);
    }
    return notice;
}

/// MESSAGE is "SECCOMP auid=..." (or "AUDIT1326 auid=..." where systemd did not know the type); the stamp
/// stands beside it.
Outcome Entry::settle_audit(Record& record) const noexcept {
    record = Record{};
    record.origin = field(Slot::transport).trusted ? Origin::netlink : Origin::text;
    record.host = text(Slot::host);
    record.boot = text(Slot::boot);
    std::uint32_t serial = 0;
    if (number(Slot::audit_id, "", 10, serial)) record.serial = serial;
    std::int64_t microseconds = 0;
    if (number(Slot::source_time, "", 10, microseconds)) record.time_ms = microseconds / 1000;
    const string_view message = text(Slot::message);
    const std::size_t fields = message.find(' ');
    return fields == string_view::npos ? Outcome::truncated
                                       : parse_fields(message.substr(fields + 1), record);
}

bool Entry::laurel_numbers(Record& record) const noexcept {
    std::uint32_t auid = 0, uid = 0, token = 0, code = 0;
    std::int32_t sig = 0, nr = 0;
    std::uint64_t ip = 0;
    if (!number(Slot::pid, "", 10, record.pid) || record.pid < 0 || !number(Slot::syscall, "", 10, nr))
        return false;
    if (field(Slot::arch).set && !number(Slot::arch, "0x", 16, token)) return false;
    if (!number(Slot::code, "0x", 16, code)) return false;
    record.syscall = {arch_of(token, nr), nr};
    record.code = code;
    if (number(Slot::auid, "", 10, auid)) record.auid = auid;
    if (number(Slot::uid, "", 10, uid)) record.uid = uid;
    if (number(Slot::sig, "", 10, sig)) record.sig = sig;
    if (number(Slot::ip, "0x", 16, ip)) record.ip = ip;
    return true;
}

Outcome Entry::settle_laurel(std::string& scratch, Record& record) const noexcept {
    record = Record{};
    const bool conflict =
        std::any_of(set_.begin(), set_.end(), [this](Slot slot) { return field(slot).conflict; });
    Cursor stamp{text(Slot::id)};
    if (seccomp_objects_ > 1 || conflict || !parse_stamp(stamp, record) || !stamp.at_end() ||
        !laurel_numbers(record))
        return Outcome::malformed;
    const auto action = action_of_code(*record.code);
    if (!action || !field(Slot::comm).set) return Outcome::malformed;
    record.action = *action;
    record.origin = Origin::netlink;
    record.host = text(Slot::host);
    record.subj = text(Slot::subj);
    const auto name = [&](Slot slot) {
        return field(slot).kind == JsonKind::null ? Text{} : percent_decoded(text(slot), scratch);
    };
    record.comm = name(Slot::comm);
    record.exe = name(Slot::exe);
    return Outcome::observed;
}

}  // namespace scgen
