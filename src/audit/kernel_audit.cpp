#include "scgen/audit/kernel_audit.hpp"

#include <libaudit.h>
#include <poll.h>

#include <algorithm>
#include <string_view>

#include "descriptor.hpp"

namespace scgen {
namespace {

constexpr int patience_ms = 500;

/// The next reply to what was asked; false where the kernel refuses or says nothing more.
bool next_reply(int socket, audit_reply& reply) {
    pollfd ready{socket, POLLIN, 0};
    if (::poll(&ready, 1, patience_ms) <= 0) return false;
    reply = audit_reply{};
    if (::audit_get_reply(socket, &reply, GET_REPLY_NONBLOCKING, 0) <= 0) return false;
    return reply.type != NLMSG_ERROR || reply.error->error == 0;
}

bool holds(std::uint32_t type, std::uint32_t operation, std::uint32_t value) noexcept {
    switch (operation) {
        case AUDIT_EQUAL: return type == value;
        case AUDIT_NOT_EQUAL: return type != value;
        case AUDIT_LESS_THAN: return type < value;
        case AUDIT_LESS_THAN_OR_EQUAL: return type <= value;
        case AUDIT_GREATER_THAN: return type > value;
        case AUDIT_GREATER_THAN_OR_EQUAL: return type >= value;
        default: return true;
    }
}

/// Whether a rule can drop a SECCOMP record: none of its conditions on the type speaks against it.
bool drops_seccomp(const audit_rule_data& rule) noexcept {
    if ((rule.flags & AUDIT_FILTER_MASK) != AUDIT_FILTER_EXCLUDE) return false;
    for (std::uint32_t i = 0; i < rule.field_count && i < AUDIT_MAX_FIELDS; ++i)
        if (rule.fields[i] == AUDIT_MSGTYPE &&
            !holds(AUDIT_SECCOMP, rule.fieldflags[i] & AUDIT_OPERATORS, rule.values[i]))
            return false;
    return true;
}

/// Fields whose value is a string that follows the rule; `values` has its length.
bool is_text(std::uint32_t field) noexcept {
    return (field >= AUDIT_SUBJ_USER && field <= AUDIT_SUBJ_CLR) || field == AUDIT_EXE;
}

std::string rule_text(const audit_rule_data& rule) {
    std::string out = rule.action == AUDIT_NEVER ? "-a never,exclude" : "-a always,exclude";
    std::string_view texts(rule.buf, rule.buflen);
    for (std::uint32_t i = 0; i < rule.field_count && i < AUDIT_MAX_FIELDS; ++i) {
        const char* const name = ::audit_field_to_name(static_cast<int>(rule.fields[i]));
        const char* const sign =
            ::audit_operator_to_symbol(static_cast<int>(rule.fieldflags[i] & AUDIT_OPERATORS));
        out += std::string(" -F ") + (name != nullptr ? name : std::to_string(rule.fields[i])) +
               (sign != nullptr ? sign : "?");
        if (is_text(rule.fields[i])) {
            out += texts.substr(0, rule.values[i]);
            texts.remove_prefix(std::min<std::size_t>(texts.size(), rule.values[i]));
        } else {
            out += std::to_string(rule.values[i]);
        }
    }
    return out;
}

}  // namespace

std::optional<AuditStatus> audit_status() {
    ::set_aumessage_mode(MSG_QUIET, DBG_NO);
    const Descriptor socket(::audit_open());
    if (!socket || ::audit_request_status(socket.get()) <= 0) return std::nullopt;
    audit_reply reply{};
    while (next_reply(socket.get(), reply)) {
        if (reply.type != AUDIT_GET) continue;
        const struct ::audit_status& got = *reply.status;
        return AuditStatus{.enabled = got.enabled != 0,
                           .daemon_pid = got.pid,
                           .lost = got.lost,
                           .backlog = got.backlog,
                           .backlog_limit = got.backlog_limit,
                           .rate_limit = got.rate_limit,
                           .failure = got.failure};
    }
    return std::nullopt;
}

std::vector<std::string> audit_exclude_rules() {
    ::set_aumessage_mode(MSG_QUIET, DBG_NO);
    std::vector<std::string> rules;
    const Descriptor socket(::audit_open());
    if (!socket || ::audit_request_rules_list_data(socket.get()) <= 0) return rules;
    audit_reply reply{};
    while (next_reply(socket.get(), reply) && reply.type != NLMSG_DONE)
        if (reply.type == AUDIT_LIST_RULES && drops_seccomp(*reply.ruledata))
            rules.push_back(rule_text(*reply.ruledata));
    return rules;
}

std::string audit_type_name(int type) {
    const char* const name = ::audit_msg_type_to_name(type);
    return name != nullptr ? name : "UNKNOWN[" + std::to_string(type) + "]";
}

}  // namespace scgen
