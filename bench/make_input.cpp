// Makes a log to measure with, and writes beside it what is in it.
//
// usage: make_input syslog|mixed|audit MIB FILE [--processes N] [--seed N]
//
// Writes FILE and FILE.truth.json: {"lines", "records", "refused", "workloads": {comm: {"records", "syscalls": [..]}}}.

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "input_maker.hpp"

namespace {

int usage() {
    std::cerr << "usage: make_input syslog|mixed|audit MIB FILE [--processes N] [--seed N]\n";
    return 2;
}

void write_truth(std::ostream& out, const scgen::InputTruth& truth) {
    out << "{\"lines\": " << truth.lines << ", \"records\": " << truth.records
        << ", \"refused\": " << truth.refused << ", \"workloads\": {";
    const char* comma = "";
    for (const auto& [comm, workload] : truth.workloads) {
        out << comma << "\n\"" << comm << "\": {\"records\": " << workload.records << ", \"syscalls\": [";
        const char* between = "";
        for (const std::string_view name : workload.syscalls) {
            out << between << '"' << name << '"';
            between = ", ";
        }
        out << "]}";
        comma = ",";
    }
    out << "}}\n";
}

}  // namespace

int main(int count, char** words) {
    const std::vector<std::string> all(words + 1, words + count);
    const auto kind = all.size() < 3 ? std::nullopt : scgen::input_kind(all[0]);
    if (!kind) return usage();
    scgen::InputOptions options{*kind, std::strtoull(all[1].c_str(), nullptr, 10) << 20U, 10, 1};
    for (std::size_t i = 3; i + 1 < all.size(); i += 2) {
        if (all[i] == "--processes") options.processes = std::strtoull(all[i + 1].c_str(), nullptr, 10);
        if (all[i] == "--seed") options.seed = std::strtoull(all[i + 1].c_str(), nullptr, 10);
    }
    if (options.processes == 0) return usage();
    std::ofstream log(all[2], std::ios::binary);
    const scgen::InputTruth truth = scgen::make_input(options, [&](std::string_view text) {
        log.write(text.data(), static_cast<std::streamsize>(text.size()));
    });
    std::ofstream beside(all[2] + ".truth.json");
    write_truth(beside, truth);
    log.flush();
    beside.flush();
    if (log && beside) return 0;
    std::cerr << "make_input: " << all[2] << ": cannot be written\n";
    return 2;
}
