#include "selection.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <tuple>

namespace scgen {
namespace {

constexpr std::size_t comm_size = 15;

/// Longer names are compared by their beginning when looking for near ones: an exe can have 4096 bytes.
constexpr std::size_t compared_bytes = 64;

using NamesOf = std::function<std::vector<std::string>(std::size_t process)>;
using Fits = std::function<bool(const std::string& pattern, std::string_view name)>;

std::string lower(std::string_view text) {
    std::string all(text);
    for (char& c : all)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return all;
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 0; i < left.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < right.size(); ++j) {
            const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, diagonal + 1, row[j] + 1});
        }
    }
    return row.back();
}

/// The bytes that a pattern begins with before its first wildcard, escapes undone.
std::string literal_prefix(std::string_view pattern) {
    std::string prefix;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '*' || pattern[i] == '?' || pattern[i] == '[') break;
        if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
        prefix.push_back(pattern[i]);
    }
    return prefix;
}

/// Programs show the first 12 or 13 digits of an id, which has 64.
bool container_glob_fits(const std::string& pattern, std::string_view name) {
    constexpr std::size_t short_id = 12;
    constexpr std::size_t whole_id = 64;
    if (pattern.size() >= short_id && name.size() == whole_id && name.starts_with(pattern)) return true;
    return glob_fits(pattern, name);
}

/// What --container may call it.
std::vector<std::string> container_names(const Container& container) {
    return {container.name, container_label(container), container.id};
}

/// What --pod may call its pod.
std::vector<std::string> pod_names(const Container& container) {
    if (container.pod.empty()) return {};
    return {pod_label(container)};
}

/// Narrows `choice` to the processes one of whose names fits one of `patterns`.
void narrow(Wanted& choice, const Processes& all, std::string_view option,
            const std::vector<std::string>& patterns, const NamesOf& names_of, const Fits& fits) {
    if (patterns.empty()) return;
    std::map<std::string, bool> fitting;
    std::vector<bool> used(patterns.size());
    const auto wants = [&](const std::string& name) {
        const auto [at, fresh] = fitting.try_emplace(name, false);
        for (std::size_t i = 0; fresh && i < patterns.size(); ++i) {
            if (!fits(patterns[i], name)) continue;
            used[i] = true;
            at->second = true;
        }
        return at->second;
    };
    for (std::size_t i = 0; i < all.processes.size(); ++i) {
        bool any = false;
        for (const std::string& name : names_of(i))
            any = wants(name) || any;
        choice.wanted[i] = choice.wanted[i] && any;
    }
    std::vector<std::string> names;
    for (const auto& [name, wanted] : fitting)
        names.push_back(name);
    for (std::size_t i = 0; i < patterns.size(); ++i)
        if (!used[i])
            choice.unmatched.push_back({std::string(option), patterns[i], nearest_names(patterns[i], names)});
}

void narrow_by_names(Wanted& choice, const Processes& all, const Selection& selection) {
    const auto field = [&all](std::string_view SubjectView::*member) {
        return [&all, member](std::size_t process) {
            std::vector<std::string> names;
            for (const std::size_t row : all.named_rows_of(all.processes[process]))
                names.emplace_back(all.subject(row).*member);
            return names;
        };
    };
    narrow(choice, all, "--comm", selection.comm, field(&SubjectView::comm), comm_glob_fits);
    narrow(choice, all, "--exe", selection.exe, field(&SubjectView::exe), exe_glob_fits);
    narrow(choice, all, "--subj", selection.subj, field(&SubjectView::subj), glob_fits);
    std::vector<std::string> pids;
    for (const std::int32_t pid : selection.pid)
        pids.push_back(std::to_string(pid));
    narrow(
        choice, all, "--pid", pids,
        [&all](std::size_t process) {
            return std::vector<std::string>{std::to_string(all.subject(all.processes[process].main).pid)};
        },
        std::equal_to<>());
}

}  // namespace

bool glob_fits(const std::string& pattern, std::string_view name) {
    // A name typed as it stands is meant as it stands, even if it is "runc:[2:INIT]".
    if (pattern == name) return true;
    // A name out of hex may hold NULs, which would end it early for fnmatch.
    std::string text(name);
    std::replace(text.begin(), text.end(), '\0', '\x01');
    return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

bool exe_glob_fits(const std::string& pattern, std::string_view exe) {
    return glob_fits(pattern, exe) || glob_fits(pattern, image_of(exe));
}

bool comm_glob_fits(const std::string& pattern, std::string_view comm) {
    const std::string prefix = literal_prefix(pattern);
    if (prefix.size() >= comm_size && comm == std::string_view(prefix).substr(0, comm_size)) return true;
    return glob_fits(pattern, comm);
}

bool fits(const Selection& selection, const Subject& subject) {
    const auto any = [](const auto& patterns, const auto& test) {
        return patterns.empty() || std::any_of(patterns.begin(), patterns.end(), test);
    };
    return any(selection.comm, [&](const auto& pattern) { return comm_glob_fits(pattern, subject.comm); }) &&
           any(selection.exe, [&](const auto& pattern) { return exe_glob_fits(pattern, subject.exe); }) &&
           any(selection.subj, [&](const auto& pattern) { return glob_fits(pattern, subject.subj); }) &&
           any(selection.pid, [&](const std::int32_t pid) { return pid == subject.pid; });
}

bool fits(const Selection& selection, const Container* container) {
    const auto any = [](const auto& patterns, const std::vector<std::string>& names, const auto& test) {
        return patterns.empty() ||
               std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
                   return std::any_of(names.begin(), names.end(),
                                      [&](const std::string& name) { return test(pattern, name); });
               });
    };
    if (container == nullptr) return selection.container.empty() && selection.pod.empty();
    return any(selection.container, container_names(*container), container_glob_fits) &&
           any(selection.pod, pod_names(*container), glob_fits);
}

std::vector<std::string> nearest_names(std::string_view pattern, const std::vector<std::string>& names) {
    std::string wanted = lower(pattern);
    wanted.erase(
        std::remove_if(wanted.begin(), wanted.end(),
                       [](char c) { return c == '*' || c == '?' || c == '[' || c == ']' || c == '\\'; }),
        wanted.end());
    std::vector<std::tuple<bool, std::size_t, std::string_view>> ranked;
    for (const std::string& name : names) {
        if (name.empty()) continue;
        const std::string given = lower(std::string_view(name).substr(0, compared_bytes));
        const bool holds = !wanted.empty() && (given.find(wanted) != std::string::npos ||
                                               wanted.find(given) != std::string::npos);
        ranked.emplace_back(!holds, edit_distance(std::string_view(wanted).substr(0, compared_bytes), given),
                            name);
    }
    std::vector<std::string> nearest;
    const std::size_t most = std::min<std::size_t>(ranked.size(), 3);
    std::partial_sort(ranked.begin(), ranked.begin() + static_cast<std::ptrdiff_t>(most), ranked.end());
    for (std::size_t i = 0; i < most; ++i)
        nearest.emplace_back(std::get<2>(ranked[i]));
    return nearest;
}

void narrow_by_containers(Wanted& choice, const Processes& all, const Selection& selection,
                          const Placement& placement) {
    const auto names_of = [&](const auto& names) {
        return [&placement, names](std::size_t process) {
            const Container* const container = placement.container_of[process];
            return container == nullptr ? std::vector<std::string>{} : names(*container);
        };
    };
    narrow(choice, all, "--container", selection.container, names_of(container_names), container_glob_fits);
    narrow(choice, all, "--pod", selection.pod, names_of(pod_names), glob_fits);
}

std::size_t root_of(const Processes& all, std::size_t process) {
    while (all.processes[process].parent)
        process = *all.processes[process].parent;
    return process;
}

Wanted choose(const Processes& all, const Selection& selection) {
    Wanted choice{std::vector<bool>(all.processes.size(), true), {}};
    narrow_by_names(choice, all, selection);
    const std::vector<bool> by_name = choice.wanted;
    bool any = false;
    for (std::size_t i = 0; i < all.processes.size(); ++i) {
        choice.wanted[i] = by_name[i] || by_name[root_of(all, i)];
        any = any || (choice.wanted[i] && !all.processes[i].only_startup);
    }
    const bool asked = !selection.comm.empty() || !selection.pid.empty();
    for (std::size_t i = 0; i < all.processes.size(); ++i)
        if (all.processes[i].only_startup && (any || !asked)) choice.wanted[i] = false;
    return choice;
}

}  // namespace scgen
