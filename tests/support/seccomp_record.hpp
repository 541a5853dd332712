#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scgen/observe/observations.hpp"

namespace scgen {

/// A record that owns its names, with defaults for what a test does not care about.
struct SeccompRecord {
    std::int32_t pid = 100;
    std::string exe = "/usr/sbin/nginx";
    std::string comm = "nginx";
    std::int32_t nr = 0;
    /// Seconds since the Unix epoch; negative for a record without a time.
    double at = 0;
    std::uint32_t serial = 0;
    std::string host = {};
    std::string subj = {};
    Action action = Action::log;

    /// Its views live as long as this does.
    Record record() const {
        Record record;
        if (at >= 0) record.time_ms = static_cast<std::int64_t>(at * 1000);
        if (serial != 0) record.serial = serial;
        record.host = host;
        record.subj = subj;
        record.comm = {Text::Form::quoted, comm};
        record.exe = {Text::Form::quoted, exe};
        record.pid = pid;
        record.syscall = {Arch::x86_64, nr};
        record.action = action;
        return record;
    }

    Moment moment() const { return {record().time_ms, serial}; }
};

inline void add_all(Observations& observations, const std::vector<SeccompRecord>& records) {
    for (const SeccompRecord& each : records)
        observations.add(each.record(), each.moment(), true);
}

}  // namespace scgen
