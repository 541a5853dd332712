// Reads lines "runtime version arch kernel.major caps" (caps joined by commas, "-" for none) and writes for
// each the profile that the runtime applies there, then a line "---".

#include <iostream>
#include <sstream>
#include <string>

#include "scgen/profile/baseline.hpp"
#include "scgen/profile/json.hpp"

int main() {
    std::string line;
    while (std::getline(std::cin, line)) {
        std::istringstream words(line);
        std::string runtime;
        std::string version;
        std::string arch;
        std::string caps;
        char dot = 0;
        scgen::Host host;
        words >> runtime >> version >> arch >> host.kernel.first >> dot >> host.kernel.second >> caps;
        const auto known = scgen::arch_from_name(arch);
        if (!words || !known) {
            std::cerr << "no such line: " << line << '\n';
            return 1;
        }
        host.arch = *known;
        std::istringstream list(caps == "-" ? "" : caps);
        for (std::string cap; std::getline(list, cap, ',');)
            host.caps.insert(cap);
        std::cout << scgen::write_profile(scgen::resolve_baseline(runtime, version, host)) << "---\n";
    }
}
