#include "scgen/profile/emit.hpp"

#include <algorithm>
#include <array>

#include "emit_forms.hpp"
#include "scgen/error.hpp"
#include "scgen/profile/json.hpp"

namespace scgen {
namespace {

constexpr std::array<std::string_view, 10> format_names{"oci",      "k8s",   "spo", "systemd", "minijail",
                                                        "firejail", "names", "c",   "bpf",     "pfc"};

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

/// Longest name in any table is 23 bytes; a longer one than this is an attack on whoever reads the form.
constexpr std::size_t longest_name = 64;

bool is_sound(std::string_view name) noexcept {
    return !name.empty() && name.size() <= longest_name && is_letter(name.front()) &&
           std::all_of(name.begin(), name.end(), [](char c) { return is_letter(c) || is_digit(c); });
}

/// A name with a newline, a comma or a quote would write a line of its own into most forms.
void refuse_unsound_names(const Profile& profile, Format format) {
    for (const auto& rule : profile.rules)
        for (const auto& name : rule.names)
            if (!is_sound(name))
                throw Error(std::string(format_name(format)) + ": \"" + printable(name) +
                            "\" is no name of a system call; take it out of the profile");
}

}  // namespace

std::optional<Format> format_from_name(std::string_view name) noexcept {
    const auto found = std::find(format_names.begin(), format_names.end(), name);
    if (found == format_names.end()) return std::nullopt;
    return static_cast<Format>(found - format_names.begin());
}

std::string_view format_name(Format format) noexcept {
    return format_names[static_cast<std::size_t>(format)];
}

Written emit(const Profile& profile, Format format, const EmitOptions& options) {
    const Profile form = canonical(profile);
    // JSON can quote any name; no other form here can.
    if (format != Format::oci && format != Format::k8s) refuse_unsound_names(form, format);
    switch (format) {
        case Format::spo: return emit_spo(form, options);
        case Format::systemd: return emit_systemd(form);
        case Format::minijail: return emit_minijail(form, options);
        case Format::firejail: return emit_firejail(form);
        case Format::names: return emit_names(form);
        case Format::c: return emit_c(form);
        case Format::bpf: return emit_bpf(form);
        case Format::pfc: return emit_pfc(form);
        case Format::oci:
        case Format::k8s: break;
    }
    return {write_profile(form), {}};
}

}  // namespace scgen
