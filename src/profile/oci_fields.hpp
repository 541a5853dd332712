#pragma once

#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scgen/profile/profile.hpp"
#include "scgen/text/json_value.hpp"

namespace scgen {

inline constexpr DocumentKind profile_document{
    "seccomp profile", "a profile has at least {\"defaultAction\": \"SCMP_ACT_ERRNO\"}"};

// The fields that OCI profiles and Docker's superset share. All throw Error at the place of what is wrong.

const JsonValue& expect_object(const JsonValue& value, const Place& place);
std::string read_text(const JsonValue& value, const Place& place);
std::vector<std::string> read_texts(const JsonValue& value, const Place& place);
std::uint64_t read_number(const JsonValue& value, const Place& place, std::uint64_t maximum);
Arch read_arch(const JsonValue& value, const Place& place);
std::set<Arch> read_archs(const JsonValue& value, const Place& place);

/// Everything of the document but its rules and architectures.
Profile read_head(const JsonValue& document, const Place& place, std::vector<std::string>& notes);

/// action, errnoRet and args of a rule, and names where it has them.
Rule read_rule(const JsonValue& rule, const Place& place, std::vector<std::string>& notes);

/// Notes every member that is not among `known`.
void note_unknown(const JsonValue& object, const Place& place, std::span<const std::string_view> known,
                  std::vector<std::string>& notes);

/// Notes what runtimes make of `rule` that its author may not have meant.
void note_surprises(const Rule& rule, const Profile& head, const Place& place,
                    std::vector<std::string>& notes);

}  // namespace scgen
