#pragma once

#include <optional>
#include <set>
#include <string>

#include "options.hpp"
#include "output.hpp"
#include "scgen/observe/ingest.hpp"
#include "scgen/observe/witnesses.hpp"
#include "terminal.hpp"
#include "verdict.hpp"

namespace scgen {

/// Where profiles go while the input grows and when it ended: standard output, a file or a directory.
class Destination {
  public:
    /// A place that cannot be written to is better known before hours of recording than after.
    ///
    /// Errors: Error naming the place.
    Destination(const Options& options, Terminal& terminal);

    bool is_file() const noexcept { return options_.file || options_.directory; }

    /// What is to see each record, for --evidence; nothing where that is not asked for.
    Ingest::OnRecord on_record();

    /// Whether anything was written until now.
    bool begun() const noexcept { return begun_; }

    /// Errors: Error naming the file.
    void write(const Judgement& verdict);

    /// Beside the profiles, where it is asked for.
    ///
    /// Errors: Error naming the file.
    void write_evidence(const Judgement& verdict, const InputFacts& facts) const;

    /// Where the profile of a workload went; empty for standard output.
    std::string path_of(const Workload& workload) const;

    /// Where the snippet for its pod went; empty where none is written.
    std::string pod_path_of(const Workload& workload) const;

  private:
    std::string bytes_of(const Made& made);
    void prepare_pods(bool labels);
    void write_pods(const Judgement& verdict);
    void tell(const Made& made, const std::vector<std::string>& notes);

    const Options& options_;
    Terminal& terminal_;
    std::optional<ProfileDirectory> directory_;
    std::optional<ProfileDirectory> pods_;
    std::optional<std::string> written_;
    std::optional<std::string> written_pod_;
    bool begun_ = false;
    std::set<std::string> told_;
    Witnesses witnesses_;
};

/// Judges all that was read, writes what comes of it, and tells people: the exit code.
///
/// Errors: Error naming a file that cannot be written.
int conclude(const Ingest& ingest, const Options& options, Destination& destination, Terminal& terminal);

}  // namespace scgen
