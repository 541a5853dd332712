#include "offer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "scgen/report/escape.hpp"
#include "written.hpp"

namespace scgen {
namespace {

bool is_plain(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_./:=@%+-,").find(c) != std::string_view::npos;
}

/// As a file's name: one that begins with a dash would be an option.
std::string file_word(const std::string& path) {
    return shell_word(path.starts_with('-') ? "./" + path : path);
}

/// What gives a profile made by generate the default action that `profile` has.
std::string default_options(const Profile& profile) {
    constexpr std::uint32_t eperm = 1;
    switch (profile.default_action) {
        case Action::kill_process: return " --default-action kill-process";
        case Action::kill_thread: return " --default-action kill-thread";
        case Action::trap: return " --default-action trap";
        case Action::errno_: {
            const std::uint32_t number = profile.default_errno.value_or(eperm);
            return number == eperm ? "" : " --errno " + std::to_string(number);
        }
        default: return {};
    }
}

std::string engine_options(const ProfileInput& input) {
    std::string out = *input.engine == Engine::docker ? " --engine docker" : " --engine podman";
    out += " --kernel " + std::to_string(input.kernel.first) + "." + std::to_string(input.kernel.second);
    if (!input.default_caps) out += " --cap NONE";
    if (input.all_caps) out += " --cap ALL";
    for (const std::string& cap : input.caps)
        out += " --cap " + shell_word(cap);
    if (input.privileged) out += " --privileged";
    return out;
}

/// The name of the file that a profile read by an engine goes to with more calls in it.
std::string name_beside(std::string path) {
    return without_json(std::move(path)) + "-more.json";
}

}  // namespace

std::string shell_word(const std::string& word) {
    if (!word.empty() && std::all_of(word.begin(), word.end(), is_plain)) return word;
    std::string out;
    if (escape(word) == word || escape(word).find("\\x") == std::string::npos) {
        for (const char c : word)
            out += c == '\'' ? std::string("'\\''") : std::string(1, c);
        return "'" + out + "'";
    }
    constexpr std::string_view digits = "0123456789abcdef";
    for (const char c : word) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_plain(c))
            out += c;
        else
            out += std::string("\\x") + digits[byte >> 4U] + digits[byte & 0xfU];
    }
    return "$'" + out + "'";
}

std::string command_that_adds(const Profile& profile, const ProfileInput& input, const std::string& log) {
    const std::string& path = input.paths.front();
    const bool as_it_stands = input.engine.value_or(Engine::containerd) == Engine::containerd;
    const std::string learn =
        "scgen --learn denied --group-by all --closure none --base " + (as_it_stands ? file_word(path) : "-");
    const std::string rest = default_options(profile) + " -o " +
                             file_word(as_it_stands ? path : name_beside(path)) + " " + file_word(log);
    if (as_it_stands) return learn + rest;
    return "scgen merge" + engine_options(input) + " " + file_word(path) + " | " + learn + rest;
}

}  // namespace scgen
