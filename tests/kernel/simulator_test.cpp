// The evaluator against libseccomp's simulator, scmp_bpf_sim: a program that reads a filter from a file and
// prints what it says of one call. It is run once for each number.
//
// usage: simulator_test SIMULATOR FOLDER_OF_PROFILES
//
// Source: tools/scmp_bpf_sim.c of libseccomp 2.5.4, with its prints "ALLOW", "ERRNO(1)", "KILL".

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "scgen/abi/syscall_table.hpp"
#include "scgen/profile/filter.hpp"
#include "scgen/profile/json.hpp"

namespace scgen {
namespace {

std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), &pclose);
    std::string text;
    for (int c = 0; pipe && (c = std::fgetc(pipe.get())) != EOF && c != '\n';)
        text += static_cast<char>(c);
    return text;
}

std::string as_printed(const Ruling& ruling) {
    switch (ruling.action) {
        case Action::allow: return "ALLOW";
        case Action::errno_: return "ERRNO(" + std::to_string(ruling.data) + ")";
        case Action::kill_thread: return "KILL";
        default: return std::string(action_name(ruling.action));
    }
}

/// Every third call allowed, one with a condition, one with another errno.
Profile profile_for(const std::set<Arch>& archs) {
    Profile profile;
    profile.default_errno = 1;
    profile.architectures = archs;
    Rule allow{{}, Action::allow, {}, {}};
    std::size_t index = 0;
    for (const auto& row : syscalls_of(*archs.begin()))
        if (++index % 3 == 0 && row.name != "personality" && row.name != "clone3")
            allow.names.emplace(row.name);
    profile.rules = {allow,
                     {{"personality"}, Action::allow, {}, {{0, Comparison::Op::eq, 8, 0}}},
                     {{"clone3"}, Action::errno_, 38, {}}};
    return profile;
}

std::size_t judge(const std::string& simulator, const Profile& profile, Arch arch,
                  const std::vector<std::uint64_t>& first_arguments) {
    const Filter filter = Filter::compile(profile);
    char path[] = "/tmp/scgen-simulator-XXXXXX";
    const int fd = mkstemp(path);
    const std::string bytes = filter.bytes();
    if (fd < 0 || write(fd, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) return 1;
    close(fd);
    std::size_t wrong = 0;
    const auto rows = syscalls_of(arch);
    for (std::int32_t nr = rows.front().nr; nr <= rows.back().nr + 5 && nr - rows.front().nr < 600; ++nr) {
        for (const std::uint64_t first : first_arguments) {
            const Ruling ruling = filter.evaluate(seccomp_data({arch, nr}, {first}));
            const std::string theirs =
                output_of(simulator + " -a " + std::string(arch_info(arch)->name) + " -s " +
                          std::to_string(nr) + " -0 " + std::to_string(first) + " -f " + path + " 2>&1");
            if (theirs == as_printed(ruling)) continue;
            ++wrong;
            std::printf("%s %d: the evaluator says %s, the simulator %s\n",
                        std::string(arch_info(arch)->name).c_str(), nr, as_printed(ruling).c_str(),
                        theirs.c_str());
        }
    }
    unlink(path);
    return wrong;
}

Profile profile_in(const std::string& path) {
    std::ifstream file(path);
    return read_profile(std::string{std::istreambuf_iterator<char>(file), {}}, path).profile;
}

}  // namespace
}  // namespace scgen

int main(int count, char** arguments) {
    using scgen::Arch;
    if (count < 3) return 77;
    std::size_t wrong = 0;
    for (const Arch arch : {Arch::x86_64, Arch::x86, Arch::x32})
        wrong += scgen::judge(arguments[1], scgen::profile_for({Arch::x86_64, Arch::x86, Arch::x32}), arch,
                              {0, 8});
    for (const Arch arch : {Arch::x86_64, Arch::aarch64, Arch::x32})
        wrong += scgen::judge(arguments[1], scgen::profile_for({arch}), arch, {0, 8});
    for (const auto& entry : std::filesystem::directory_iterator(arguments[2])) {
        if (entry.path().extension() != ".json") continue;
        const scgen::Profile profile = scgen::profile_in(entry.path());
        for (const Arch arch : profile.architectures)
            wrong += scgen::judge(arguments[1], profile, arch, {0});
    }
    std::printf("%zu calls differ\n", wrong);
    return wrong == 0 ? 0 : 1;
}
