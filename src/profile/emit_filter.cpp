#include "emit_forms.hpp"
#include "scgen/profile/filter.hpp"

namespace scgen {
namespace {

std::vector<std::string> filter_notes(const Profile& profile, std::string_view form, const Filter& filter) {
    std::vector<std::string> notes;
    if (!filter.skipped().empty())
        notes.push_back(std::string(form) + ": " + names_text(filter.skipped()) +
                        ": not known to libseccomp " + libseccomp_version() +
                        ", left out as runtimes leave it out");
    note_extras(profile, form, notes);
    return notes;
}

}  // namespace

Written emit_bpf(const Profile& profile) {
    const Filter filter = Filter::compile(profile);
    return {filter.bytes(), filter_notes(profile, "bpf", filter)};
}

Written emit_pfc(const Profile& profile) {
    return {filter_pseudo_code(profile), filter_notes(profile, "pfc", Filter::compile(profile))};
}

}  // namespace scgen
