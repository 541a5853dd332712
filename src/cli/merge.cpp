#include <map>
#include <optional>

#include "commands.hpp"
#include "documents.hpp"
#include "output.hpp"
#include "pod_file.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/table.hpp"
#include "written.hpp"

namespace scgen {
namespace {

/// In how many of the profiles a rule lets each name through, with some arguments at least.
std::map<std::string, std::size_t> count_names(const std::vector<Profile>& profiles) {
    std::map<std::string, std::size_t> counts;
    for (const Profile& profile : profiles) {
        std::set<std::string> names;
        for (const Rule& rule : profile.rules)
            if (rule.action == Action::allow || rule.action == Action::log)
                names.insert(rule.names.begin(), rule.names.end());
        for (const std::string& name : names)
            ++counts[name];
    }
    return counts;
}

void say_counts(const std::vector<Profile>& profiles, Terminal& terminal) {
    constexpr std::size_t most = 12;
    std::map<std::size_t, std::vector<std::string>, std::greater<>> by_count;
    for (const auto& [name, count] : count_names(profiles))
        by_count[count].push_back(escape(name));
    for (const auto& [count, names] : by_count) {
        const bool in_all = count == profiles.size();
        terminal.line("in " + std::to_string(count) + " of " + counted(profiles.size(), "profile") + ": " +
                      counted(names.size(), "name") + (in_all ? "" : ": " + enumerate(names, most)));
    }
}

Profile joined(const Profile& left, const Profile& right, const std::string& path, bool intersected) {
    try {
        return intersected ? intersect(left, right) : merge(left, right);
    } catch (const Error& error) {
        throw Error(escape(path) + ": " + error.what());
    }
}

}  // namespace

int run_merge(const Options& options, Terminal& terminal) {
    std::vector<Profile> profiles;
    for (const std::string& path : options.profiles.paths)
        profiles.push_back(load_profile(path, options.profiles, terminal));
    Profile result = canonical(profiles.front());
    for (std::size_t i = 1; i < profiles.size(); ++i)
        result = joined(result, profiles[i], options.profiles.paths[i], options.intersect);
    Written written = written_as(result, "merged", options);
    std::optional<Written> pod;
    if (options.form == Format::k8s) pod = pod_file(*options.file, false, "what was merged", {});
    write_result(written.bytes, options);
    if (pod) {
        replace_file(pod_file_path(*options.file), pod->bytes);
        written.notes.insert(written.notes.end(), pod->notes.begin(), pod->notes.end());
    }
    for (const std::string& note : written.notes)
        terminal.note(note);
    say_counts(profiles, terminal);
    return 0;
}

}  // namespace scgen
