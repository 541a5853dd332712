#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "clauses.hpp"
#include "scgen/profile/emit.hpp"
#include "scgen/profile/wording.hpp"

namespace scgen {

// One function a form; each takes a canonical profile whose names are sound.
Written emit_spo(const Profile& profile, const EmitOptions& options);
Written emit_systemd(const Profile& profile);
Written emit_minijail(const Profile& profile, const EmitOptions& options);
Written emit_firejail(const Profile& profile);
Written emit_names(const Profile& profile);
Written emit_c(const Profile& profile);
Written emit_bpf(const Profile& profile);
Written emit_pfc(const Profile& profile);

/// What is left of a profile in a form that knows names and no arguments.
struct NameList {
    Verdict otherwise;
    /// Under ALLOW and under LOG.
    std::set<std::string> allowed;
    std::set<std::string> logged;
    std::map<std::string, Verdict> denied;

    /// Whether the list says what is allowed, rather than what is denied.
    bool allows() const noexcept { return !permits(otherwise.action); }
    std::set<std::string> permitted() const;
};

/// Errors: Error where a verdict hangs on arguments, or on a tracer or listener. `form` opens its message.
NameList name_list(const Profile& profile, std::string_view form);

/// How strong a denial is: errno 1, trap 2, kill of thread or process 3.
int strength(Action denial) noexcept;

/// "errno 38", "kill_process", ...
std::string verdict_text(Verdict verdict);

/// "clone and clone3", "a, b, c and 20 more".
std::string names_text(const std::set<std::string>& names);

/// The names that get another denial than the profile's from a form that denies with `actual`, as a note.
///
/// Errors: Error where one would get a weaker denial.
void note_denials(const NameList& list, Verdict actual, std::string_view form,
                  std::vector<std::string>& notes);

/// Notes the flags and the listener of a form that has neither.
void note_extras(const Profile& profile, std::string_view form, std::vector<std::string>& notes);

/// Notes that a tool which starts its command under the filter cannot, where execve is denied.
void note_execve(const NameList& list, std::string_view form, std::vector<std::string>& notes);

/// The head of `text`, with whatever could play tricks on a terminal as "?".
std::string printable(std::string_view text);

/// Words joined by `separator`.
std::string joined(const std::set<std::string>& words, std::string_view separator);

}  // namespace scgen
