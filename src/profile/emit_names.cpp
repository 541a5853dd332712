#include "emit_forms.hpp"
#include "scgen/error.hpp"

namespace scgen {

Written emit_names(const Profile& profile) {
    const NameList list = name_list(profile, "names");
    if (!list.allows())
        throw Error(
            "names: the profile allows whatever it does not name, and a list of names is read as what is "
            "allowed; write --format oci");
    Written written;
    for (const auto& name : list.permitted())
        written.bytes += name + "\n";
    std::map<Verdict, std::set<std::string>> denied;
    for (const auto& [name, verdict] : list.denied)
        denied[verdict].insert(name);
    for (const auto& [verdict, names] : denied)
        written.notes.push_back("names: " + names_text(names) + ": " + verdict_text(verdict) +
                                " in the profile is lost, a list has only what is allowed");
    if (!list.logged.empty())
        written.notes.push_back("names: " + names_text(list.logged) +
                                ": listed, but not that they are logged");
    note_extras(profile, "names", written.notes);
    return written;
}

}  // namespace scgen
