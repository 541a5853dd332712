// One reading of a diff, three ways to write it. A reviewer has one question, what does this profile allow that the
// default did not, and why should I mind; so the loosened calls come first, the risky ones on top, each with its
// reason. What was tightened is the good news and needs a number.

#include "scgen/report/diff_report.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "scgen/profile/errno_name.hpp"
#include "scgen/profile/risk.hpp"
#include "scgen/profile/wording.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/json_text.hpp"
#include "scgen/report/records.hpp"
#include "scgen/report/table.hpp"

namespace scgen {
namespace {

/// "EPERM", "allow", "kill_thread": what befalls a call, with an errno by its name.
std::string answer_text(Action action, std::optional<std::uint32_t> errno_ret) {
    if (action != Action::errno_) return ruling_text(action, errno_ret);
    constexpr std::uint32_t eperm = 1;
    const auto name = errno_name(errno_ret.value_or(eperm));
    return name ? std::string(*name) : ruling_text(action, errno_ret);
}

std::string passage_text(Action action, std::optional<std::uint32_t> errno_ret) {
    return action == Action::allow ? "allowed" : answer_text(action, errno_ret);
}

/// "allowed", "EPERM", "allowed if arg0 == 0x8 or arg0 == 0x0, else EPERM".
std::string stance_text(const Stance& stance) {
    std::string text;
    const Rule* last = nullptr;
    for (const Rule& rule : stance.conditions) {
        const bool again =
            last != nullptr && last->action == rule.action && last->errno_ret == rule.errno_ret;
        const std::string conditions = conditions_text(rule.args);
        if (!again) text += (text.empty() ? "" : ", ") + passage_text(rule.action, rule.errno_ret) + " if ";
        if (again) text += " or ";
        text += rule.args.size() > 1 ? "(" + conditions + ")" : conditions;
        last = &rule;
    }
    const std::string otherwise = passage_text(stance.action, stance.errno_ret);
    return text.empty() ? otherwise : text + ", else " + otherwise;
}

struct Row {
    const Difference* difference;
    std::optional<Risk> risk;

    std::string risk_text() const { return risk ? std::string(severity_name(risk->severity)) : "-"; }
    std::string why() const {
        if (!risk) return {};
        std::string text(risk->reason);
        if (!risk->capability.empty()) text += " (" + std::string(risk->capability) + ")";
        return text;
    }
};

/// Riskiest first, then by name.
std::vector<Row> rows_of(const std::vector<Difference>& differences) {
    std::vector<Row> rows;
    for (const Difference& difference : differences)
        rows.push_back({&difference, risk_of(difference.syscall)});
    const auto weight = [](const Row& row) {
        return row.risk ? 1 + static_cast<int>(row.risk->severity) : 0;
    };
    std::stable_sort(rows.begin(), rows.end(),
                     [&](const Row& left, const Row& right) { return weight(left) > weight(right); });
    return rows;
}

std::string percent(std::size_t part, std::size_t whole) {
    return whole == 0 ? "0 %" : std::to_string(part * 100 / whole) + " %";
}

std::string surface_text(const ProfileDiff& diff) {
    return std::to_string(diff.surface_gone) + " of " + counted(diff.baseline_surface, "call") +
           " that the baseline lets through " + (diff.surface_gone == 1 ? "is" : "are") + " gone (" +
           percent(diff.surface_gone, diff.baseline_surface) + ")";
}

std::string archs_text(const std::set<Arch>& archs) {
    std::vector<std::string> names;
    for (const Arch arch : archs)
        names.push_back(show_arch(arch));
    return enumerate(names, names.size());
}

constexpr std::size_t shown_names = 8;

std::string names_line(const std::vector<Difference>& differences) {
    std::vector<std::string> names;
    for (const Difference& difference : differences)
        names.push_back(difference.syscall);
    return "  " + enumerate(names, shown_names) + (names.size() > shown_names ? " (-v)" : "") + "\n";
}

void append_rows(std::string& out, const std::vector<Difference>& differences) {
    for (const Row& row : rows_of(differences)) {
        out += "  " + row.difference->syscall + ": here " + stance_text(row.difference->ours) + "; there " +
               stance_text(row.difference->baseline) + "\n";
        if (row.risk) out += "      " + row.risk_text() + " risk: " + row.why() + "\n";
    }
}

std::string title_text(const NamedDiff& named) {
    std::string out = escape(named.profile) + " against " + escape(named.baseline);
    return named.host.empty() ? out : out + ", for " + escape(named.host);
}

}  // namespace

std::string diff_text(const NamedDiff& named, bool verbose) {
    const ProfileDiff& diff = named.diff;
    std::string out = title_text(named) + "\n";
    if (diff.same()) return out + "same: no call gets another answer\n";
    out += "loosened: " + counted(diff.loosened.size(), "call") + " let through here and not there" +
           (diff.loosened.empty() ? "\n" : "; each needs a reason\n");
    append_rows(out, diff.loosened);
    if (!diff.archs_loosened.empty())
        out += "loosened: every call of " + archs_text(diff.archs_loosened) + ", which is killed there\n";
    out += "tightened: " + counted(diff.tightened.size(), "call") + "; " + surface_text(diff) + "\n";
    if (verbose)
        append_rows(out, diff.tightened);
    else if (!diff.tightened.empty())
        out += names_line(diff.tightened);
    if (!diff.archs_tightened.empty())
        out += "tightened: every call of " + archs_text(diff.archs_tightened) + " is killed here\n";
    if (!diff.conditions.empty()) {
        out += "conditions differ: " + counted(diff.conditions.size(), "call") +
               " let through here what is denied there, and the other way round\n";
        append_rows(out, diff.conditions);
    }
    if (!diff.answers.empty()) {
        out += "answered otherwise: " + counted(diff.answers.size(), "call") + " with the same passage\n";
        if (verbose || diff.answers.size() <= shown_names)
            append_rows(out, diff.answers);
        else
            out += names_line(diff.answers);
    }
    return out;
}

namespace {

void append_differences(JsonText& json, std::string_view key, const std::vector<Difference>& differences,
                        std::string_view reason) {
    json.key(key).begin('[');
    for (const Row& row : rows_of(differences)) {
        json.begin('{');
        json.key("syscall").text(row.difference->syscall);
        json.key("reason").text(row.risk ? row.why() : std::string(reason));
        json.key("risk").text(row.risk ? std::optional(row.risk_text()) : std::nullopt);
        json.key("here").text(stance_text(row.difference->ours));
        json.key("there").text(stance_text(row.difference->baseline));
        json.end('}');
    }
    json.end(']');
}

void append_archs(JsonText& json, std::string_view key, const std::set<Arch>& archs) {
    json.key(key).begin('[');
    for (const Arch arch : archs)
        json.text(show_arch(arch));
    json.end(']');
}

}  // namespace

std::string diff_json(const NamedDiff& named) {
    constexpr std::size_t indent = 2;
    const ProfileDiff& diff = named.diff;
    JsonText json(indent);
    json.begin('{');
    json.key("profile").text(named.profile);
    json.key("baseline").text(named.baseline);
    json.key("host").text(named.host.empty() ? std::nullopt : std::optional(named.host));
    json.key("same").boolean(diff.same());
    append_differences(json, "loosened", diff.loosened, "the baseline does not let it through");
    append_differences(json, "tightened", diff.tightened,
                       "the baseline lets it through, and this profile does not need it");
    append_differences(json, "conditions", diff.conditions,
                       "looser for some arguments and tighter for others");
    append_differences(json, "answers", diff.answers, "the same passage, another answer");
    json.key("architectures").begin('{');
    append_archs(json, "loosened", diff.archs_loosened);
    append_archs(json, "tightened", diff.archs_tightened);
    json.end('}');
    json.key("surface").begin('{');
    json.key("baseline").count(diff.baseline_surface);
    json.key("gone").count(diff.surface_gone);
    json.end('}');
    json.end('}');
    return json.str() + "\n";
}

namespace {

/// Text for a table cell: what Markdown or HTML would read becomes plain.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : escape(text)) {
        if (c == '|' || c == '`' || c == '*' || c == '_' || c == '[' || c == ']' || c == '#' || c == '\\')
            out += '\\';
        if (c == '<')
            out += "&lt;";
        else if (c == '&')
            out += "&amp;";
        else
            out += c;
    }
    return out;
}

void append_table(std::string& out, const std::vector<Difference>& differences) {
    if (differences.empty()) return;
    out += "\n| call | risk | here | there | why it matters |\n|---|---|---|---|---|\n";
    for (const Row& row : rows_of(differences))
        out += "| " + cell(row.difference->syscall) + " | " + row.risk_text() + " | " +
               cell(stance_text(row.difference->ours)) + " | " + cell(stance_text(row.difference->baseline)) +
               " | " + cell(row.why()) + " |\n";
}

}  // namespace

std::string diff_markdown(const NamedDiff& named) {
    const ProfileDiff& diff = named.diff;
    std::string out =
        "### Seccomp profile " + cell(named.profile) + " against " + cell(named.baseline) + "\n\n";
    if (!named.host.empty()) out += "Resolved for " + cell(named.host) + ".\n\n";
    if (diff.same()) return out + "Same: no call gets another answer.\n";
    out += "- **loosened: " + counted(diff.loosened.size(), "call") + "**\n";
    if (!diff.archs_loosened.empty())
        out += "- **loosened: every call of " + archs_text(diff.archs_loosened) + "**\n";
    out += "- tightened: " + counted(diff.tightened.size(), "call") + "; " + surface_text(diff) + "\n";
    if (!diff.archs_tightened.empty())
        out += "- tightened: every call of " + archs_text(diff.archs_tightened) + " is killed\n";
    if (!diff.conditions.empty())
        out += "- conditions differ: " + counted(diff.conditions.size(), "call") + "\n";
    if (!diff.answers.empty()) out += "- answered otherwise: " + counted(diff.answers.size(), "call") + "\n";
    append_table(out, diff.loosened);
    append_table(out, diff.conditions);
    return out;
}

}  // namespace scgen
