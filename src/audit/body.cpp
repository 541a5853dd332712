// The grammar of a SECCOMP record as the kernel prints it, from the stamp to code=:
//
//   1594067860.484:14536): auid=U uid=U gid=U ses=U[ subj=CTX] pid=D comm=STR[ exe=STR][ reason="seccomp"]
//       sig=D[ arch=X] syscall=D compat=0|1 ip=0xX code=0xX
//
// The order is fixed and separators are single spaces (audit_seccomp() and audit_log_task() in
// kernel/auditsc.c), so it is read strictly from left to right. Only subj= is free text: AppArmor labels hold
// spaces and nothing escapes them, so its end is found from the right. comm= and exe= cannot hold a space or
// a quote, because the kernel writes such names in hex; that makes the last " pid=" the true one.
//
// A record that ends early is a loss and never a guess: "syscall=25" may be the head of 257, so nothing
// counts before code= is complete, and code= itself is known to be complete because no action's code is the
// head of another's. Fields behind code= are user space's interpretations (auditd's ENRICHED format) and
// prove nothing; they are skipped, but a second copy of one of the kernel's own fields there means that
// somebody pasted lines together.
#include "body.hpp"

#include <array>

#include "scgen/abi/arch.hpp"

namespace scgen {
namespace {

bool is_upper_hex(char c) noexcept {
    return is_digit(c) || (c >= 'A' && c <= 'F');
}

/// Bytes that the kernel leaves inside quotes; anything else would have made it write hex.
bool is_quotable(char c) noexcept {
    return c >= 0x21 && c <= 0x7e && c != '"';
}

bool parse_text(Cursor& c, Text& text) noexcept {
    if (c.starts('"')) {
        c.rest.remove_prefix(1);
        text = {Text::Form::quoted, c.take_while(is_quotable)};
        return c.eat('"');
    }
    if (c.eat("(null)") || c.eat('?')) {
        text = {};
        return true;
    }
    text = {Text::Form::hex, c.take_while(is_upper_hex)};
    if (c.at_end()) c.cut = true;
    return !text.raw.empty() && text.raw.size() % 2 == 0;
}

template <class T>
bool parse_decimal(Cursor& c, std::string_view key, T& value) noexcept {
    if (!c.eat(key)) return false;
    const auto number = c.decimal<T>();
    if (number) value = *number;
    return number.has_value();
}

bool parse_credentials(Cursor& c, Record& record) noexcept {
    std::uint32_t auid = 0, uid = 0, gid = 0, ses = 0;
    const bool read = parse_decimal(c, "auid=", auid) && parse_decimal(c, " uid=", uid) &&
                      parse_decimal(c, " gid=", gid) && parse_decimal(c, " ses=", ses);
    record.auid = auid;
    record.uid = uid;
    record.ses = ses;
    return read;
}

constexpr std::array<std::string_view, 9> own_fields{
    " pid=", " comm=", " exe=", " sig=", " arch=", " syscall=", " compat=", " ip=", " code="};

bool repeats_a_field(std::string_view text) noexcept {
    for (const auto field : own_fields)
        if (text.find(field) != std::string_view::npos) return true;
    return false;
}

/// Takes " subj=..." where there is one. Its text ends before the last " pid=".
bool parse_subject(Cursor& c, Record& record) noexcept {
    if (!c.eat(" subj=")) return true;
    const std::size_t end = c.rest.rfind(" pid=");
    if (end == std::string_view::npos) {
        c.cut = true;
        return false;
    }
    record.subj = c.take(end);
    return !repeats_a_field(record.subj);
}

bool parse_tail(Cursor& c, Record& record) noexcept {
    if (c.eat(" exe=") && !parse_text(c, record.exe)) return false;
    c.eat(" reason=\"seccomp\"");
    std::int32_t sig = 0, nr = 0;
    if (!parse_decimal(c, " sig=", sig)) return false;
    record.sig = sig;
    std::uint32_t token = 0;
    if (c.eat(" arch=")) {
        const auto arch = c.hex<std::uint32_t>();
        if (!arch) return false;
        token = *arch;
    }
    if (!parse_decimal(c, " syscall=", nr)) return false;
    record.syscall = {arch_of(token, nr), nr};
    if (!c.eat(" compat=") || !(c.eat('0') || c.eat('1'))) return false;
    if (!c.eat(" ip=0x")) return false;
    record.ip = c.hex<std::uint64_t>();
    if (!record.ip || !c.eat(" code=0x")) return false;
    record.code = c.hex<std::uint32_t>();
    return record.code.has_value();
}

/// Whether what follows code= is nothing, blanks, a closing bracket of rsyslog's "message repeated", or
/// fields of user space: behind 0x1D, behind a space that replaced it, or glued to the code where it was
/// lost.
bool is_harmless_trailer(std::string_view text) noexcept {
    if (text.empty()) return true;
    const bool begins = text.front() == ' ' || text.front() == '\t' || text.front() == 0x1d || text == "]" ||
                        text.substr(0, 6) == "AUID=\"" || text.substr(0, 4) == "#035";
    return begins && !repeats_a_field(text);
}

Outcome failed(const Cursor& c, std::string_view line) noexcept {
    return c.cut || line.ends_with("<truncated>") ? Outcome::truncated : Outcome::malformed;
}

}  // namespace

bool parse_stamp(Cursor& c, Record& record) noexcept {
    const auto seconds = c.decimal<std::int64_t>();
    if (!seconds || *seconds < 0 || *seconds > 253402300799 || !c.eat('.')) return false;
    const std::string_view digits = c.take_while(is_digit);
    if (digits.size() != 3) {
        c.cut = c.cut || c.at_end();
        return false;
    }
    if (!c.eat(':')) return false;
    const auto serial = c.decimal<std::uint32_t>();
    record.time_ms = *seconds * 1000 + (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + (digits[2] - '0');
    record.serial = serial;
    return serial.has_value();
}

Outcome parse_stamped_body(std::string_view text, Record& record) noexcept {
    Cursor c{text};
    if (!parse_stamp(c, record) || !c.eat("): ")) return failed(c, text);
    return parse_fields(c.rest, record);
}

Outcome parse_fields(std::string_view text, Record& record) noexcept {
    Cursor c{text};
    if (!parse_credentials(c, record) || !parse_subject(c, record) ||
        !parse_decimal(c, " pid=", record.pid) || record.pid < 0 || !c.eat(" comm=") ||
        !parse_text(c, record.comm) || !parse_tail(c, record))
        return failed(c, text);
    const auto action = action_of_code(*record.code);
    if (!action) return c.at_end() ? Outcome::truncated : Outcome::malformed;
    record.action = *action;
    return is_harmless_trailer(c.rest) ? Outcome::observed : Outcome::malformed;
}

}  // namespace scgen
