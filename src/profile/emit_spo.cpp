// A SeccompProfile for the Kubernetes Security Profiles Operator. The YAML is the plainest there is: block
// style, two spaces, every text that did not come from a fixed list in double quotes.
//
// Source: security-profiles-operator api/seccompprofile/v1beta1/seccompprofile_types.go.

#include <algorithm>
#include <array>
#include <limits>

#include "emit_forms.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

constexpr std::string_view listener_folder = "/var/run/security-profiles-operator/";
constexpr std::array<std::string_view, 4> known_flags{
    "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC",
    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
/// ABIs that OCI profiles name and the operator's enum does not.
constexpr std::array<Arch, 4> archs_without_word{Arch::loongarch64, Arch::m68k, Arch::sh, Arch::sheb};
/// What YAML 1.1 takes for something other than text, in lower case.
constexpr std::array<std::string_view, 9> yaml_words{"y",   "n",    "yes",   "no",  "on",
                                                     "off", "true", "false", "null"};

bool is_lower_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// A name for a Kubernetes object: what is not allowed becomes one dash, and none stands at an end or beside
/// a dot. Source: RFC 1123 as Kubernetes reads it, a subdomain of at most 253 bytes.
std::string object_name(std::string_view text) {
    constexpr std::size_t longest = 253;
    std::string name;
    for (const char c : text.substr(0, longest)) {
        const char next = is_lower_or_digit(lower(c)) ? lower(c) : c == '.' ? '.' : '-';
        if (is_lower_or_digit(next)) {
            name += next;
        } else if (!name.empty() && is_lower_or_digit(name.back())) {
            name += next;
        } else if (!name.empty() && next == '-' && name.back() == '.') {
            continue;
        } else if (!name.empty() && next == '.') {
            name.back() = '.';
        }
    }
    while (!name.empty() && !is_lower_or_digit(name.back()))
        name.pop_back();
    return name.empty() ? "profile" : name;
}

std::string quoted(std::string_view text, std::string_view what) {
    std::string result = "\"";
    for (const char c : text) {
        if (c < ' ' || c > '~')
            throw Error("spo: " + std::string(what) +
                        ": has bytes that are no printable ASCII; write it in ASCII");
        if (c == '"' || c == '\\') result += '\\';
        result += c;
    }
    return result + '"';
}

/// A sound name, in quotes where YAML would take it for something else.
std::string name_text(const std::string& name) {
    std::string folded = name;
    std::transform(folded.begin(), folded.end(), folded.begin(), lower);
    const bool is_word = std::find(yaml_words.begin(), yaml_words.end(), folded) != yaml_words.end();
    return is_word ? '"' + name + '"' : name;
}

std::string arch_lines(const std::set<Arch>& archs) {
    std::set<std::string> tokens;
    for (const Arch arch : archs) {
        const auto info = arch_info(arch);
        const bool known =
            info && !info->scmp.empty() &&
            std::find(archs_without_word.begin(), archs_without_word.end(), arch) == archs_without_word.end();
        if (!known)
            throw Error("spo: architecture " + std::string(info ? info->name : "of no name") +
                        ": the operator has no word for it; leave it out with --arch");
        tokens.emplace(info->scmp);
    }
    return tokens.empty() ? "" : "  architectures:\n  - " + joined(tokens, "\n  - ") + "\n";
}

std::string flag_lines(const std::set<std::string>& flags) {
    for (const auto& flag : flags)
        if (std::find(known_flags.begin(), known_flags.end(), flag) == known_flags.end())
            throw Error("spo: flags: the operator does not know " + quoted(flag.substr(0, 64), "flags") +
                        "; take it out of the profile");
    return flags.empty() ? "" : "  flags:\n  - " + joined(flags, "\n  - ") + "\n";
}

std::string listener_lines(const Profile& profile) {
    if (profile.listener_path.empty()) return "";
    const std::string_view path = profile.listener_path;
    const std::string_view file = path.substr(std::min(path.size(), listener_folder.size()));
    const bool taken = path.starts_with(listener_folder) && !file.empty() &&
                       std::all_of(file.begin(), file.end(), [](char c) {
                           return is_lower_or_digit(lower(c)) || c == '_' || c == '-' || c == '.';
                       });
    if (!taken)
        throw Error("spo: listenerPath: the operator takes only a file in " + std::string(listener_folder) +
                    "; move the listener there");
    std::string text = "  listenerPath: " + quoted(path, "listenerPath") + "\n";
    if (!profile.listener_metadata.empty())
        text += "  listenerMetadata: " + quoted(profile.listener_metadata, "listenerMetadata") + "\n";
    return text;
}

std::string value_text(const Rule& rule, std::uint64_t value) {
    constexpr auto largest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    if (value > largest)
        throw Error(
            "spo: " + names_text(rule.names) + ": " + conditions_text(rule.args) +
            ": the operator takes values up to 2^63-1 only; say it with smaller ones, or write --format oci");
    return std::to_string(value);
}

std::string arg_lines(const Rule& rule) {
    constexpr std::array<std::string_view, 7> tokens{"SCMP_CMP_NE",       "SCMP_CMP_LT", "SCMP_CMP_LE",
                                                     "SCMP_CMP_EQ",       "SCMP_CMP_GE", "SCMP_CMP_GT",
                                                     "SCMP_CMP_MASKED_EQ"};
    std::string text = rule.args.empty() ? "" : "    args:\n";
    for (const auto& arg : rule.args) {
        text += "    - index: " + std::to_string(arg.index) +
                "\n      value: " + value_text(rule, arg.value) + "\n";
        if (arg.op == Comparison::Op::masked_eq)
            text += "      valueTwo: " + value_text(rule, arg.value_two) + "\n";
        text += "      op: " + std::string(tokens[static_cast<std::size_t>(arg.op)]) + "\n";
    }
    return text;
}

std::string rule_lines(const Rule& rule) {
    std::string text = "  - action: " + std::string(action_token(rule.action)) + "\n    names:\n";
    for (const auto& name : rule.names)
        text += "    - " + name_text(name) + "\n";
    if (rule.errno_ret) text += "    errnoRet: " + std::to_string(*rule.errno_ret) + "\n";
    return text + arg_lines(rule);
}

}  // namespace

Written emit_spo(const Profile& profile, const EmitOptions& options) {
    Written written;
    const std::string name = object_name(options.name);
    written.bytes =
        "apiVersion: security-profiles-operator.x-k8s.io/v1beta1\nkind: SeccompProfile\nmetadata:\n  name: "
        "\"" +
        name + "\"\nspec:\n  defaultAction: " + std::string(action_token(profile.default_action)) + "\n";
    written.bytes += arch_lines(profile.architectures) + flag_lines(profile.flags) + listener_lines(profile);
    if (!profile.rules.empty()) written.bytes += "  syscalls:\n";
    for (const auto& rule : profile.rules)
        written.bytes += rule_lines(rule);
    if (name != options.name) written.notes.push_back("spo: metadata.name: made safe as " + name);
    constexpr std::uint32_t eperm = 1;
    if (profile.default_errno.value_or(eperm) != eperm)
        written.notes.push_back(
            "spo: defaultErrnoRet: " + std::to_string(*profile.default_errno) +
            " in the profile; the operator has no such field, and runtimes then deny with EPERM");
    return written;
}

}  // namespace scgen
