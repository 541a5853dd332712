#include "oci_fields.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "clauses.hpp"

namespace scgen {
namespace {

using Kind = JsonValue::Kind;
using Op = Comparison::Op;

constexpr std::array<std::pair<std::string_view, Op>, 7> ops{{
    {"SCMP_CMP_NE", Op::ne},
    {"SCMP_CMP_LT", Op::lt},
    {"SCMP_CMP_LE", Op::le},
    {"SCMP_CMP_EQ", Op::eq},
    {"SCMP_CMP_GE", Op::ge},
    {"SCMP_CMP_GT", Op::gt},
    {"SCMP_CMP_MASKED_EQ", Op::masked_eq},
}};
constexpr std::array<std::string_view, 4> known_flags{"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG",
                                                      "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
                                                      "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
constexpr std::array<std::string_view, 4> comparison_fields{"index", "value", "valueTwo", "op"};
constexpr std::uint64_t last_argument = 5;
/// SECCOMP_RET_DATA.
constexpr std::uint64_t errno_maximum = 0xffff;
/// MAX_ERRNO: seccomp_run_filters() returns no errno above it.
constexpr std::uint32_t kernel_errno_maximum = 4095;

std::string_view kind_name(Kind kind) noexcept {
    constexpr std::array<std::string_view, 6> names{"null",     "true or false", "a number",
                                                    "a string", "an array",      "an object"};
    return names[static_cast<std::size_t>(kind)];
}

const JsonValue& expect(const JsonValue& value, Kind kind, const Place& place) {
    if (value.kind != kind)
        place.fail("this is " + std::string(kind_name(value.kind)) + "; it must be " +
                   std::string(kind_name(kind)));
    return value;
}

const JsonValue& required(const JsonValue& object, std::string_view key, const Place& place) {
    const JsonValue* value = object.find(key);
    if (value == nullptr) (place / key).fail("missing, and a profile cannot do without it");
    return *value;
}

std::string hint_for(const JsonValue& document) {
    if (document.find("linux") != nullptr || document.find("ociVersion") != nullptr)
        return "; this looks like a container's config.json, whose profile is at /linux/seccomp";
    if (document.find("kind") != nullptr || document.find("apiVersion") != nullptr)
        return "; this looks like a Kubernetes object; scgen reads OCI JSON";
    return "; a profile begins {\"defaultAction\": \"SCMP_ACT_ERRNO\"";
}

Action read_action(const JsonValue& value, const Place& place) {
    const std::string token = read_text(value, place);
    const auto action = action_from_token(token);
    if (!action)
        place.fail(shown(token) +
                   " is no action; the actions are SCMP_ACT_ALLOW, LOG, ERRNO, TRACE, NOTIFY, TRAP, "
                   "KILL_THREAD (KILL) and KILL_PROCESS");
    return *action;
}

std::uint32_t read_errno(const JsonValue& value, Action action, const Place& place,
                         std::vector<std::string>& notes) {
    const auto number = static_cast<std::uint32_t>(read_number(value, place, errno_maximum));
    if (action != Action::errno_ && action != Action::trace)
        notes.push_back(
            place.note(std::string(action_token(action)) +
                       " takes no errno: crun refuses the profile, runc ignores this; remove it"));
    else if (action == Action::errno_ && number > kernel_errno_maximum)
        notes.push_back(place.note("the kernel returns no errno above 4095"));
    return number;
}

Comparison read_comparison(const JsonValue& value, const Place& place, std::vector<std::string>& notes) {
    expect_object(value, place);
    Comparison result;
    const JsonValue* index = value.find("index");
    const JsonValue* operand = value.find("value");
    // Both are required by the specification, but Go writes and reads a missing number as 0.
    if (index != nullptr)
        result.index = static_cast<std::uint32_t>(read_number(*index, place / "index", last_argument));
    if (operand != nullptr)
        result.value = read_number(*operand, place / "value", std::numeric_limits<std::uint64_t>::max());
    if (index == nullptr)
        notes.push_back((place / "index").note("missing: runc takes it for 0, crun may refuse"));
    if (operand == nullptr)
        notes.push_back((place / "value").note("missing: runc takes it for 0, crun may refuse"));
    if (const JsonValue* two = value.find("valueTwo"); two != nullptr)
        result.value_two = read_number(*two, place / "valueTwo", std::numeric_limits<std::uint64_t>::max());
    const std::string token = read_text(required(value, "op", place), place / "op");
    const auto* const op =
        std::find_if(ops.begin(), ops.end(), [&](const auto& row) { return row.first == token; });
    if (op == ops.end())
        (place / "op")
            .fail(shown(token) +
                  " is no operator; the operators are SCMP_CMP_NE, LT, LE, EQ, GE, GT and MASKED_EQ");
    result.op = op->second;
    note_unknown(value, place, comparison_fields, notes);
    return result;
}

std::set<std::string> read_flags(const JsonValue& value, const Place& place,
                                 std::vector<std::string>& notes) {
    std::set<std::string> result;
    for (auto& flag : read_texts(value, place)) {
        if (std::find(known_flags.begin(), known_flags.end(), flag) == known_flags.end())
            notes.push_back(place.note(shown(flag) +
                                       " is no flag of the specification: runc and crun refuse the profile"));
        result.insert(std::move(flag));
    }
    if (!result.empty()) notes.push_back(place.note("runc before 1.2 refuses a profile with any flag"));
    return result;
}

bool same_but_for_case(std::string_view left, std::string_view right) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [&](char a, char b) { return lower(a) == lower(b); });
}

}  // namespace

const JsonValue& expect_object(const JsonValue& value, const Place& place) {
    return expect(value, Kind::object, place);
}

std::string read_text(const JsonValue& value, const Place& place) {
    return expect(value, Kind::string, place).text;
}

std::vector<std::string> read_texts(const JsonValue& value, const Place& place) {
    expect(value, Kind::array, place);
    std::vector<std::string> result;
    for (std::size_t i = 0; i < value.items.size(); ++i)
        result.push_back(read_text(value.items[i], place / i));
    return result;
}

std::uint64_t read_number(const JsonValue& value, const Place& place, std::uint64_t maximum) {
    const std::string& text = expect(value, Kind::number, place).text;
    if (text.front() == '-')
        place.fail(shown(text) + " is negative; it must be 0 to " + std::to_string(maximum));
    std::uint64_t number = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (end != text.data() + text.size())
        place.fail(shown(text) + " is no whole number in digits, which is all that runtimes read");
    if (failure != std::errc{} || number > maximum)
        place.fail(shown(text) + " is too large; it must be 0 to " + std::to_string(maximum));
    return number;
}

Arch read_arch(const JsonValue& value, const Place& place) {
    const std::string token = read_text(value, place);
    const auto arch = token.starts_with("SCMP_ARCH_") ? arch_from_name(token) : std::nullopt;
    if (arch) return *arch;
    if (token == "SCMP_ARCH_NATIVE")
        place.fail(
            "runc and crun do not know SCMP_ARCH_NATIVE; name the architecture, or leave the list out for "
            "the native one");
    place.fail(
        shown(token) +
        " is no architecture, and runtimes refuse to start with it; they are spelt like SCMP_ARCH_X86_64");
}

std::set<Arch> read_archs(const JsonValue& value, const Place& place) {
    expect(value, Kind::array, place);
    std::set<Arch> result;
    for (std::size_t i = 0; i < value.items.size(); ++i)
        result.insert(read_arch(value.items[i], place / i));
    return result;
}

Profile read_head(const JsonValue& document, const Place& place, std::vector<std::string>& notes) {
    Profile head;
    const JsonValue* action = document.find("defaultAction");
    if (action == nullptr) (place / "defaultAction").fail("missing" + hint_for(document));
    head.default_action = read_action(*action, place / "defaultAction");
    if (const JsonValue* value = document.find("defaultErrnoRet"); value != nullptr)
        head.default_errno = read_errno(*value, head.default_action, place / "defaultErrnoRet", notes);
    if (const JsonValue* value = document.find("flags"); value != nullptr)
        head.flags = read_flags(*value, place / "flags", notes);
    if (const JsonValue* value = document.find("listenerPath"); value != nullptr)
        head.listener_path = read_text(*value, place / "listenerPath");
    if (const JsonValue* value = document.find("listenerMetadata"); value != nullptr) {
        head.listener_metadata = read_text(*value, place / "listenerMetadata");
        if (head.listener_path.empty() && !head.listener_metadata.empty())
            notes.push_back((place / "listenerMetadata").note("means nothing without listenerPath"));
    }
    return head;
}

Rule read_rule(const JsonValue& rule, const Place& place, std::vector<std::string>& notes) {
    expect_object(rule, place);
    Rule result;
    if (const JsonValue* names = rule.find("names"); names != nullptr) {
        for (auto& name : read_texts(*names, place / "names")) {
            if (name.empty()) (place / "names").fail("an empty name, which runtimes refuse; remove it");
            result.names.insert(std::move(name));
        }
    }
    result.action = read_action(required(rule, "action", place), place / "action");
    if (const JsonValue* value = rule.find("errnoRet"); value != nullptr)
        result.errno_ret = read_errno(*value, result.action, place / "errnoRet", notes);
    if (const JsonValue* args = rule.find("args"); args != nullptr) {
        expect(*args, Kind::array, place / "args");
        for (std::size_t i = 0; i < args->items.size(); ++i)
            result.args.push_back(read_comparison(args->items[i], place / "args" / i, notes));
    }
    return result;
}

void note_unknown(const JsonValue& object, const Place& place, std::span<const std::string_view> known,
                  std::vector<std::string>& notes) {
    for (const auto& key : object.keys) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        const auto meant = std::find_if(known.begin(), known.end(), [&](std::string_view field) {
            return same_but_for_case(field, key);
        });
        notes.push_back((place / key)
                            .note(meant == known.end()
                                      ? "no field of a profile: ignored by runtimes"
                                      : "ignored here and by crun, but runc and containerd take it for " +
                                            std::string(*meant) + "; spell it so"));
    }
}

void note_surprises(const Rule& rule, const Profile& head, const Place& place,
                    std::vector<std::string>& notes) {
    if (verdict_of(rule.action, rule.errno_ret) == verdict_of(head.default_action, head.default_errno))
        notes.push_back(place.note("says what the default says: runtimes drop the rule"));
    std::set<std::uint32_t> indexes;
    for (const auto& arg : rule.args) {
        if (indexes.insert(arg.index).second) continue;
        notes.push_back(
            (place / "args")
                .note("several conditions on argument " + std::to_string(arg.index) +
                      ": runtimes make each condition here a rule of its own, so any one of them is enough"));
        return;
    }
}

}  // namespace scgen
