// A C program that does what a container runtime does with the profile: libseccomp compiles the rules, the
// kernel takes the filter, the command is executed. Written from a fixed text with three tables in it.
//
// Like runc and crun it keeps the machine's own ABI in the filter beside those listed, and skips names that
// the libseccomp it is linked with does not know, saying so.

#include <array>

#include "emit_forms.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

constexpr std::string_view usage = R"c(/* Runs a command under a seccomp filter.
 *
 *     cc -O2 -Wall -Wextra -o sandbox THIS_FILE.c -lseccomp
 *     ./sandbox COMMAND [ARGUMENT...]
 *
 * The header and library of libseccomp are in libseccomp-dev (Debian) or libseccomp-devel (Fedora).
 */
)c";

constexpr std::array<std::string_view, 8> headers{"errno", "seccomp", "stddef", "stdint",
                                                  "stdio", "stdlib",  "string", "unistd"};

constexpr std::string_view head = R"c(
struct rule {
    const char *name;
    uint32_t action;
    unsigned int arg_count;
    struct scmp_arg_cmp args[6];
};

static void check(int result, const char *what) {
    if (result == 0) return;
    fprintf(stderr, "%s: %s\n", what, strerror(-result));
    exit(125);
}
)c";

constexpr std::string_view tail = R"c(
static void add_rule(scmp_filter_ctx filter, const struct rule *rule) {
    const int number = seccomp_syscall_resolve_name(rule->name);
    if (number == __NR_SCMP_ERROR) {
        fprintf(stderr, "%s: not known to this libseccomp, skipped\n", rule->name);
        return;
    }
    check(seccomp_rule_add_array(filter, rule->action, number, rule->arg_count, rule->args), rule->name);
}

static void add_architecture(scmp_filter_ctx filter, uint32_t architecture) {
    const int result = seccomp_arch_add(filter, architecture);
    check(result == -EEXIST ? 0 : result, "seccomp_arch_add");
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: %s COMMAND [ARGUMENT...]\n", argv[0]);
        return 125;
    }
    scmp_filter_ctx filter = seccomp_init(default_action);
    if (filter == NULL) check(-ENOMEM, "seccomp_init");
    for (const uint32_t *each = architectures; *each != 0; ++each) add_architecture(filter, *each);
    set_flags(filter);
    for (const struct rule *each = rules; each->name != NULL; ++each) add_rule(filter, each);
    check(seccomp_load(filter), "seccomp_load");
    /* From here on the filter holds; not even memory is freed, lest that be denied. */
    execvp(argv[1], argv + 1);
    fprintf(stderr, "%s: %s\n", argv[1], strerror(errno));
    return 127;
}
)c";

std::string action_text(Verdict verdict, const std::string& what) {
    if (verdict.action == Action::notify)
        throw Error("c: " + what +
                    ": SCMP_ACT_NOTIFY needs a listener, which this program has not; write --format oci");
    std::string text(action_token(verdict.action));
    if (verdict.errno_ret) text += "(" + std::to_string(*verdict.errno_ret) + ")";
    return text;
}

std::string constant(std::uint64_t value) {
    return "UINT64_C(" + hex_text(value) + ")";
}

std::string arg_text(const Comparison& arg) {
    constexpr std::array<std::string_view, 7> tokens{"SCMP_CMP_NE",       "SCMP_CMP_LT", "SCMP_CMP_LE",
                                                     "SCMP_CMP_EQ",       "SCMP_CMP_GE", "SCMP_CMP_GT",
                                                     "SCMP_CMP_MASKED_EQ"};
    return "{" + std::to_string(arg.index) + ", " + std::string(tokens[static_cast<std::size_t>(arg.op)]) +
           ", " + constant(arg.value) + ", " + constant(arg.value_two) + "}";
}

std::string rule_lines(const Rule& rule) {
    std::string end =
        ", .action = " + action_text(verdict_of(rule.action, rule.errno_ret), names_text(rule.names));
    if (!rule.args.empty()) {
        end += ",\n     .arg_count = " + std::to_string(rule.args.size()) + ", .args = {";
        for (std::size_t i = 0; i < rule.args.size(); ++i)
            end += (i == 0 ? "" : ",\n              ") + arg_text(rule.args[i]);
        end += "}";
    }
    std::string text;
    for (const auto& name : rule.names)
        text += "    {.name = \"" + name + "\"" + end + "},\n";
    return text;
}

std::string arch_table(const std::set<Arch>& archs) {
    std::set<std::string> tokens;
    for (const Arch arch : archs) {
        const auto info = arch_info(arch);
        if (!info || info->scmp.empty())
            throw Error("c: architecture " + std::string(info ? info->name : "of no name") +
                        ": libseccomp has no word for it; leave it out with --arch");
        tokens.emplace(info->scmp);
    }
    std::string text = "\n/* Beside the machine's own. */\nstatic const uint32_t architectures[] = {";
    for (const auto& token : tokens)
        text += token + ", ";
    return text + "0};\n";
}

std::string flag_function(const std::set<std::string>& flags, std::vector<std::string>& notes) {
    std::string body;
    for (const auto& flag : flags) {
        const std::string_view attribute = flag == "SECCOMP_FILTER_FLAG_TSYNC" ? "SCMP_FLTATR_CTL_TSYNC"
                                           : flag == "SECCOMP_FILTER_FLAG_LOG" ? "SCMP_FLTATR_CTL_LOG"
                                           : flag == "SECCOMP_FILTER_FLAG_SPEC_ALLOW" ? "SCMP_FLTATR_CTL_SSB"
                                                                                      : "";
        if (attribute.empty())
            notes.push_back("c: a flag is left out, which means nothing without a listener or is not known");
        else
            body += "    check(seccomp_attr_set(filter, " + std::string(attribute) + ", 1), \"" +
                    std::string(attribute) + "\");\n";
    }
    if (body.empty()) body = "    (void)filter;\n";
    return "\nstatic void set_flags(scmp_filter_ctx filter) {\n" + body + "}\n";
}

bool starts_commands(const Profile& profile) {
    const auto clauses = clauses_of(profile);
    const auto execve = clauses.find("execve");
    if (execve == clauses.end()) return permits(profile.default_action);
    for (const auto& clause : execve->second)
        if (permits(clause.verdict.action)) return true;
    return !execve->second.front().unconditional() && permits(profile.default_action);
}

}  // namespace

Written emit_c(const Profile& profile) {
    Written written;
    written.bytes = usage;
    for (const auto header : headers)
        written.bytes += "#include <" + std::string(header) + ".h>\n";
    const Verdict otherwise = verdict_of(profile.default_action, profile.default_errno);
    written.bytes += std::string(head) +
                     "\nstatic const uint32_t default_action = " + action_text(otherwise, "defaultAction") +
                     ";\n" + arch_table(profile.architectures) + "\nstatic const struct rule rules[] = {\n";
    for (const auto& rule : profile.rules)
        written.bytes += rule_lines(rule);
    written.bytes +=
        "    {.name = NULL},\n};\n" + flag_function(profile.flags, written.notes) + std::string(tail);
    if (!profile.listener_path.empty())
        written.notes.push_back("c: the listener is left out, this form has none");
    if (!starts_commands(profile))
        written.notes.push_back(
            "c: execve is not allowed, and the command is started with it under the filter: it will "
            "not start");
    return written;
}

}  // namespace scgen
