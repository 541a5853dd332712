// What the forms without argument conditions share: the profile as lists of names, and the refusal of what
// such lists would get wrong. The measure is always the same: a call that the profile denies must stay
// denied, and no more weakly; what can only be said otherwise is an Error, what comes out stronger or with
// another errno is a note.

#include <algorithm>
#include <array>

#include "emit_forms.hpp"
#include "scgen/error.hpp"

namespace scgen {
namespace {

[[noreturn]] void refuse_arguments(std::string_view form, const std::string& name, const Clause& clause) {
    throw Error(std::string(form) + ": " + name + ": the profile has " + verdict_text(clause.verdict) +
                " only where " + conditions_text(clause.args) +
                ", and this form has no conditions on arguments; take " + name +
                " out of the profile or give it one action whatever its arguments, or write --format oci, "
                "spo, c or bpf");
}

void refuse_helpers(std::string_view form, const std::string& what, Verdict verdict) {
    if (verdict.action != Action::trace && verdict.action != Action::notify) return;
    throw Error(std::string(form) + ": " + what + ": " + std::string(action_token(verdict.action)) +
                " leaves the decision to another process, which this form cannot; write --format oci");
}

}  // namespace

std::set<std::string> NameList::permitted() const {
    std::set<std::string> result = allowed;
    result.insert(logged.begin(), logged.end());
    return result;
}

NameList name_list(const Profile& profile, std::string_view form) {
    NameList list;
    list.otherwise = verdict_of(profile.default_action, profile.default_errno);
    refuse_helpers(form, "defaultAction", list.otherwise);
    for (const auto& [name, clauses] : clauses_of(profile)) {
        const Clause& first = clauses.front();
        refuse_helpers(form, name, first.verdict);
        if (!first.unconditional()) refuse_arguments(form, name, first);
        if (first.verdict.action == Action::allow)
            list.allowed.insert(name);
        else if (first.verdict.action == Action::log)
            list.logged.insert(name);
        else
            list.denied.emplace(name, first.verdict);
    }
    return list;
}

int strength(Action denial) noexcept {
    if (denial == Action::errno_) return 1;
    return denial == Action::trap ? 2 : 3;
}

std::string verdict_text(Verdict verdict) {
    return ruling_text(verdict.action, verdict.errno_ret);
}

std::string names_text(const std::set<std::string>& names) {
    constexpr std::size_t shown = 5;
    std::string text;
    std::size_t count = 0;
    for (const auto& name : names) {
        if (count == shown && names.size() > shown + 1)
            return text + " and " + std::to_string(names.size() - shown) + " more";
        if (count > 0) text += count + 1 == names.size() ? " and " : ", ";
        text += name;
        ++count;
    }
    return text;
}

void note_denials(const NameList& list, Verdict actual, std::string_view form,
                  std::vector<std::string>& notes) {
    std::map<Verdict, std::set<std::string>> others;
    for (const auto& [name, verdict] : list.denied)
        if (verdict != actual) others[verdict].insert(name);
    for (const auto& [verdict, names] : others) {
        const std::string what = std::string(form) + ": " + names_text(names) + ": " + verdict_text(verdict) +
                                 " in the profile, " + verdict_text(actual) + " in this form";
        if (strength(verdict.action) > strength(actual.action))
            throw Error(what + ", which is weaker; make it the profile's default too, or write --format oci");
        notes.push_back(what + ", which has one denial for all");
    }
}

void note_extras(const Profile& profile, std::string_view form, std::vector<std::string>& notes) {
    if (!profile.flags.empty())
        notes.push_back(std::string(form) + ": flags are left out, this form has none: " +
                        printable(joined(profile.flags, ", ")));
    if (!profile.listener_path.empty())
        notes.push_back(std::string(form) + ": the listener is left out, this form has none");
}

void note_execve(const NameList& list, std::string_view form, std::vector<std::string>& notes) {
    const bool permitted = list.allows() ? list.allowed.contains("execve") || list.logged.contains("execve")
                                         : !list.denied.contains("execve");
    if (!permitted)
        notes.push_back(std::string(form) +
                        ": execve is not allowed, and the command is started with it under the filter: it "
                        "will not start");
}

std::string printable(std::string_view text) {
    constexpr std::size_t shown = 160;
    std::string result(text.substr(0, shown));
    std::replace_if(
        result.begin(), result.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return result;
}

std::string joined(const std::set<std::string>& words, std::string_view separator) {
    std::string text;
    for (const auto& word : words)
        text.append(text.empty() ? "" : separator).append(word);
    return text;
}

}  // namespace scgen
