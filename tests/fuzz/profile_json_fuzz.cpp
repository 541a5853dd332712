// Any bytes: an Error, or a profile that survives being written and read, in both dialects.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "scgen/error.hpp"
#include "scgen/profile/docker.hpp"
#include "scgen/profile/json.hpp"

namespace {

void round_trip(const scgen::Profile& profile) {
    const std::string text = scgen::write_profile(profile);
    const scgen::Profile again = scgen::read_profile(text, "written").profile;
    if (again != scgen::canonical(profile) || scgen::write_profile(again) != text) std::abort();
    if (scgen::merge(profile, profile) != again) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    // What is read can always be written: an Error past this point is a bug, and ends the fuzzer.
    scgen::ProfileDocument document;
    bool read = true;
    try {
        document = scgen::read_profile(text, "fuzz");
    } catch (const scgen::Error&) {
        read = false;
    }
    if (read) round_trip(document.profile);
    scgen::DockerProfile docker;
    try {
        docker = scgen::read_docker_profile(text, "fuzz");
    } catch (const scgen::Error&) {
        return 0;
    }
    round_trip(scgen::resolve(docker, {scgen::Arch::x86_64, {6, 1}, {"CAP_SYS_ADMIN"}}));
    round_trip(scgen::resolve(docker, {scgen::Arch::riscv64, {4, 4}, {}, false, scgen::Engine::podman}));
    return 0;
}
