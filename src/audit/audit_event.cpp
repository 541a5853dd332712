#include "scgen/audit/audit_event.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "body.hpp"
#include "cursor.hpp"
#include "origin.hpp"

namespace scgen {
namespace {

using std::string_view;
using Type = AuditEvent::Type;

/// Where "type=" begins and what it names.
struct Label {
    std::size_t begin;
    string_view type;
    Voice voice;
};

/// Reads the words before "audit(": "type=1305 ", or "type=CONFIG_CHANGE msg=".
std::optional<Label> label_of(string_view before) noexcept {
    constexpr string_view key = "type=", of_daemon = " msg=";
    const std::size_t begin = before.rfind(key);
    if (begin == string_view::npos) return std::nullopt;
    string_view type = before.substr(begin + key.size());
    const Voice voice = type.ends_with(of_daemon) ? Voice::daemon : Voice::kernel;
    const std::size_t tail = voice == Voice::daemon ? of_daemon.size() : 1;
    if (type.size() <= tail || (voice == Voice::kernel && !type.ends_with(' '))) return std::nullopt;
    type.remove_suffix(tail);
    if (type.find(' ') != string_view::npos) return std::nullopt;
    return Label{begin, type, voice};
}

}  // namespace

AuditEvent::Type event_type(string_view type) noexcept {
    // Numbers: linux/audit.h and libaudit.h. The daemon numbers records of 1200 to 1299 itself.
    constexpr std::array<std::pair<string_view, Type>, 11> known{{{"SECCOMP", Type::seccomp},
                                                                  {"1326", Type::seccomp},
                                                                  {"UNKNOWN[1326]", Type::seccomp},
                                                                  {"CONFIG_CHANGE", Type::config_change},
                                                                  {"1305", Type::config_change},
                                                                  {"DAEMON_START", Type::daemon_start},
                                                                  {"1200", Type::daemon_start},
                                                                  {"DAEMON_ABORT", Type::daemon_failure},
                                                                  {"1202", Type::daemon_failure},
                                                                  {"DAEMON_ERR", Type::daemon_failure},
                                                                  {"1209", Type::daemon_failure}}};
    for (const auto& [name, meaning] : known)
        if (type == name) return meaning;
    const bool number = type.size() == 4 && std::all_of(type.begin(), type.end(), is_digit);
    return type.starts_with("DAEMON_") || (number && type.starts_with("12")) ? Type::daemon : Type::other;
}

std::optional<AuditEvent> parse_event(string_view line, Trust trust) noexcept {
    constexpr string_view stamp_word = "audit(";
    const std::size_t stamp = line.find(stamp_word);
    const auto label = stamp == string_view::npos ? std::nullopt : label_of(line.substr(0, stamp));
    if (!label) return std::nullopt;
    const string_view before = line.substr(0, label->begin);
    const auto prefix = parse_prefix(before, label->voice);
    if (!prefix && (trust == Trust::kernel || before.find("msg='") != string_view::npos)) return std::nullopt;
    Cursor c{line.substr(stamp + stamp_word.size())};
    Record record;
    if (!parse_stamp(c, record) || !c.eat("): ")) return std::nullopt;
    return AuditEvent{.type = event_type(label->type),
                      .printed = label->voice == Voice::kernel,
                      .origin = prefix ? prefix->origin : Origin::unproven,
                      .host = prefix ? prefix->host : string_view(),
                      .boot = {},
                      .time_ms = *record.time_ms,
                      .serial = *record.serial,
                      .body = c.rest};
}

std::optional<AuditEvent> event_of(const Record& record) noexcept {
    if (!record.time_ms || !record.serial) return std::nullopt;
    return AuditEvent{.type = Type::seccomp,
                      .printed = record.printed,
                      .origin = record.origin,
                      .host = record.host,
                      .boot = record.boot,
                      .time_ms = *record.time_ms,
                      .serial = *record.serial,
                      .body = {}};
}

}  // namespace scgen
