#include "destination.hpp"

#include <map>
#include <vector>

#include "pod_file.hpp"
#include "reading.hpp"
#include "scgen/report/escape.hpp"
#include "scgen/report/explanation.hpp"
#include "scgen/report/table.hpp"
#include "written.hpp"

namespace scgen {

Destination::Destination(const Options& options, Terminal& terminal)
    : options_(options), terminal_(terminal) {
    const GroupBy group_by = group_of(options);
    const bool labels = group_by == GroupBy::container || group_by == GroupBy::pod;
    if (options.directory) directory_.emplace(*options.directory, extension_of(options.form), labels);
    if (options.file) check_place(*options.file);
    if (options.form == Format::k8s) prepare_pods(labels);
    if (options.evidence) check_place(*options.evidence);
}

Ingest::OnRecord Destination::on_record() {
    if (!options_.evidence) return {};
    return [this](const Ingest::Sighting& sighting) { witnesses_.saw(sighting); };
}

void Destination::write_evidence(const Judgement& verdict, const InputFacts& facts) const {
    if (!options_.evidence) return;
    std::vector<Explained> explained;
    for (const Made& made : verdict.made)
        explained.push_back({&made.workload, &made.generated});
    replace_file(*options_.evidence, evidence_json(explained, witnesses_, facts));
}

void Destination::prepare_pods(bool labels) {
    if (options_.directory)
        pods_.emplace(*options_.directory, pod_extension, labels);
    else
        check_place(pod_file_path(*options_.file));
    // A path that no pod can name is refused here; file names in a directory are all safe.
    static_cast<void>(pod_file(options_.file.value_or(options_.directory.value_or("") + "/profile.json"),
                               options_.directory.has_value(), {}, {}));
}

void Destination::write(const Judgement& verdict) {
    begun_ = true;
    if (directory_) {
        std::map<std::string, std::string> profiles;
        for (const Made& made : verdict.made)
            profiles[made.workload.name] = bytes_of(made);
        directory_->write(profiles);
        write_pods(verdict);
        return;
    }
    const std::string bytes = bytes_of(verdict.made.front());
    if (!options_.file || bytes != written_) write_result(bytes, options_);
    written_ = bytes;
    write_pods(verdict);
}

/// After the profiles, so that no pod names a file that is not there.
void Destination::write_pods(const Judgement& verdict) {
    if (options_.form != Format::k8s) return;
    std::map<std::string, std::string> pods;
    for (const Made& made : verdict.made) {
        const auto named = pod_target(made.workload.name, group_of(options_));
        if (!named)
            tell(made, {"k8s: no name that Kubernetes gives to a pod or a container, so the snippet names "
                        "none and is for a whole pod"});
        PodTarget target = named.value_or(PodTarget{});
        target.no_new_privs = made.needs_no_new_privs;
        Written pod = pod_file(path_of(made.workload), options_.directory.has_value(), made.name, target);
        tell(made, pod.notes);
        pods[made.workload.name] = std::move(pod.bytes);
    }
    if (pods_) {
        pods_->write(pods);
        return;
    }
    const std::string& bytes = pods.begin()->second;
    if (bytes != written_pod_) replace_file(pod_file_path(*options_.file), bytes);
    written_pod_ = bytes;
}

std::string Destination::path_of(const Workload& workload) const {
    if (directory_) return directory_->path_of(workload.name);
    return options_.file.value_or("");
}

std::string Destination::pod_path_of(const Workload& workload) const {
    if (options_.form != Format::k8s) return {};
    return pods_ ? pods_->path_of(workload.name) : pod_file_path(*options_.file);
}

/// What a form cannot say is told once, however often it is written.
void Destination::tell(const Made& made, const std::vector<std::string>& notes) {
    for (const std::string& note : notes)
        if (told_.insert(note).second) terminal_.note(made.name + ": " + note);
}

std::string Destination::bytes_of(const Made& made) {
    const auto& processes = made.workload.processes;
    const std::string& name = processes.size() == 1 ? *processes.begin() : made.workload.name;
    Written written = written_as(made.generated.profile, name, options_);
    tell(made, written.notes);
    return std::move(written.bytes);
}

namespace {

std::string added_names(const Generated& generated) {
    std::vector<std::string> names;
    for (const auto& [name, reason] : generated.added)
        names.push_back(escape(name));
    return names.empty() ? "nothing" : enumerate(names, names.size());
}

void say_made(const Judgement& verdict, const Options& options, const Destination& destination,
              Terminal& terminal) {
    for (const Made& made : verdict.made) {
        const std::string path = destination.path_of(made.workload);
        terminal.remarks(profile_summary(made.name, made.workload, made.generated, options.generate.learn));
        if (made.needs_no_new_privs)
            terminal.line(
                "  recorded with no_new_privs, and starts only with it (Kubernetes: "
                "allowPrivilegeEscalation: false); "
                "--runtime runc or crun adds what is called without");
        for (const std::string& doubt : made.doubts)
            terminal.warning(doubt);
        if (verdict.made.size() > 1) terminal.line("  added unseen: " + added_names(made.generated));
        if (!path.empty()) terminal.line("  written to " + path);
        if (const std::string pod = destination.pod_path_of(made.workload); !pod.empty())
            terminal.line("  for its pod: " + pod);
    }
    if (!verdict.unstarted.empty())
        terminal.warning(
            "no start of " + enumerate(verdict.unstarted, 8) +
            " was recorded: no call of a container runtime, no execve. A container does not start "
            "under such a profile. Record from before the start on, or name the runtime with "
            "--runtime runc or --runtime crun.");
    if (!verdict.barely_started.empty() && options.command == Command::generate)
        terminal.warning("no start of " + enumerate(verdict.barely_started, 8) +
                         " by runc, crun or youki was recorded. Only crun starts a container under such a "
                         "profile, and only with no_new_privs. Record from before the start on, or name the "
                         "runtime with --runtime runc or --runtime crun.");
    std::map<std::string, std::string> added;
    for (const Made& made : verdict.made)
        added.insert(made.generated.added.begin(), made.generated.added.end());
    if (!added.empty()) terminal.line("added unseen, because:");
    terminal.remarks(reasons_summary(added));
    for (const std::string& reason : verdict.skipped)
        terminal.warning(reason);
}

int tell(const Judgement& verdict, const InputFacts& facts, const Options& options, Destination& destination,
         Terminal& terminal) {
    if (verdict.exit_code == 0) destination.write(verdict);
    terminal.remarks(input_summary(facts));
    if (const std::string text = unattributed_text(verdict.unattributed); !text.empty())
        terminal.warning(text);
    if (!verdict.unplaced.empty()) terminal.warning(verdict.unplaced);
    if (verdict.exit_code == 0) say_made(verdict, options, destination, terminal);
    if (!verdict.table.empty()) terminal.block(verdict.table);
    for (const std::string& error : verdict.errors)
        terminal.error(error);
    if (verdict.exit_code != 0 && destination.begun())
        terminal.warning("what was written while this was not known is still there.");
    return verdict.exit_code;
}

}  // namespace

int conclude(const Ingest& ingest, const Options& options, Destination& destination, Terminal& terminal) {
    InputFacts facts = facts_at_end(ingest, options.input);
    const Judgement verdict = judge(ingest.observations(), facts, options);
    facts.unnamed = verdict.unnamed;
    const int exit_code = tell(verdict, facts, options, destination, terminal);
    if (exit_code == 0) destination.write_evidence(verdict, facts);
    return exit_code;
}

}  // namespace scgen
