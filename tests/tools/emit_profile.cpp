// usage: emit_profile FORMAT [ARCH] < PROFILE.json
// Writes the OCI profile on standard input in another form; notes go to standard error, one a line.

#include <iostream>
#include <iterator>

#include "scgen/error.hpp"
#include "scgen/profile/emit.hpp"
#include "scgen/profile/json.hpp"

int main(int argc, char** argv) {
    const auto format = scgen::format_from_name(argc > 1 ? argv[1] : "");
    if (!format) {
        std::cerr << "usage: emit_profile FORMAT [ARCH] < PROFILE.json\n";
        return 2;
    }
    try {
        scgen::EmitOptions options;
        if (argc > 2) options.arch = scgen::arch_from_name(argv[2]);
        const std::string json(std::istreambuf_iterator<char>(std::cin), {});
        const auto written = scgen::emit(scgen::read_profile(json, "stdin").profile, *format, options);
        for (const auto& note : written.notes)
            std::cerr << "note: " << note << "\n";
        std::cout << written.bytes << std::flush;
        return std::cout ? 0 : 2;
    } catch (const scgen::Error& error) {
        std::cerr << error.what() << "\n";
        return 2;
    }
}
