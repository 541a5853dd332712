// Written by hand: the layout is a promise to users (4 spaces, one element a line), keys stand in the
// specification's order, and a name that is not UTF-8 must come out as something a JSON reader takes.

#include <array>

#include "scgen/error.hpp"
#include "scgen/profile/json.hpp"

namespace scgen {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";

/// The length of the well-formed UTF-8 sequence that `text` begins with, or 0.
/// Source: Unicode 15, table 3-7.
std::size_t sequence_length(std::string_view text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char head = byte(0);
    if (head < 0x80) return 1;
    const std::size_t length = head >= 0xc2 && head < 0xe0   ? 2
                               : head >= 0xe0 && head < 0xf0 ? 3
                               : head >= 0xf0 && head < 0xf5 ? 4
                                                             : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0U) != 0x80) return 0;
    const unsigned char second = byte(1);
    if ((head == 0xe0 && second < 0xa0) || (head == 0xed && second > 0x9f) ||
        (head == 0xf0 && second < 0x90) || (head == 0xf4 && second > 0x8f))
        return 0;
    return length;
}

/// `text` with every byte that belongs to no UTF-8 sequence replaced by U+FFFD.
std::string as_utf8(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        result += length == 0 ? replacement : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return result;
}

std::string literal(std::string_view text) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string result = "\"";
    for (const char c : as_utf8(text)) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            result += '\\';
            result += c;
        } else if (byte < 0x20 || byte == 0x7f) {
            result += "\\u00";
            result += digits[byte >> 4U];
            result += digits[byte & 15U];
        } else {
            result += c;
        }
    }
    return result + '"';
}

/// Puts commas, newlines and indentation where they belong.
class Writer {
  public:
    void open(char bracket) {
        out_ += bracket;
        ++depth_;
        first_ = true;
    }

    void close(char bracket) {
        --depth_;
        if (!first_) line();
        out_ += bracket;
        first_ = false;
    }

    /// Begins the next element; the caller writes it.
    Writer& next() {
        if (!first_) out_ += ',';
        line();
        first_ = false;
        return *this;
    }

    Writer& key(std::string_view name) {
        next();
        out_ += literal(name) + ": ";
        return *this;
    }

    void text(std::string_view value) { out_ += literal(value); }
    void number(std::uint64_t value) { out_ += std::to_string(value); }

    template <class Texts>
    void texts(const Texts& values) {
        open('[');
        for (const auto& value : values)
            next().text(value);
        close(']');
    }

    std::string take() { return std::move(out_) + "\n"; }

  private:
    void line() { out_.append("\n").append(4 * depth_, ' '); }

    std::string out_;
    std::size_t depth_ = 0;
    bool first_ = true;
};

std::string_view op_token(Comparison::Op op) noexcept {
    constexpr std::array<std::string_view, 7> tokens{"SCMP_CMP_NE",       "SCMP_CMP_LT", "SCMP_CMP_LE",
                                                     "SCMP_CMP_EQ",       "SCMP_CMP_GE", "SCMP_CMP_GT",
                                                     "SCMP_CMP_MASKED_EQ"};
    return tokens[static_cast<std::size_t>(op)];
}

void write_args(Writer& out, const std::vector<Comparison>& args) {
    out.key("args").open('[');
    for (const auto& arg : args) {
        out.next().open('{');
        out.key("index").number(arg.index);
        out.key("value").number(arg.value);
        if (arg.op == Comparison::Op::masked_eq) out.key("valueTwo").number(arg.value_two);
        out.key("op").text(op_token(arg.op));
        out.close('}');
    }
    out.close(']');
}

void write_rule(Writer& out, const Rule& rule) {
    std::set<std::string> names;
    for (const auto& name : rule.names)
        names.insert(as_utf8(name));
    out.next().open('{');
    out.key("names").texts(names);
    out.key("action").text(action_token(rule.action));
    if (rule.errno_ret) out.key("errnoRet").number(*rule.errno_ret);
    if (!rule.args.empty()) write_args(out, rule.args);
    out.close('}');
}

/// Sorted by token, so that the order does not hang on the kernel's numbers.
std::set<std::string_view> arch_tokens(const std::set<Arch>& archs) {
    std::set<std::string_view> result;
    for (const Arch arch : archs) {
        const auto info = arch_info(arch);
        if (!info || info->scmp.empty())
            throw Error("profile: architecture " + std::to_string(static_cast<std::uint32_t>(arch)) +
                        " has no name in OCI profiles; leave it out with --arch");
        result.insert(info->scmp);
    }
    return result;
}

}  // namespace

std::string write_profile(const Profile& profile) {
    const Profile form = canonical(profile);
    Writer out;
    out.open('{');
    out.key("defaultAction").text(action_token(form.default_action));
    if (form.default_errno) out.key("defaultErrnoRet").number(*form.default_errno);
    if (!form.architectures.empty()) out.key("architectures").texts(arch_tokens(form.architectures));
    if (!form.flags.empty()) out.key("flags").texts(form.flags);
    if (!form.listener_path.empty()) out.key("listenerPath").text(form.listener_path);
    if (!form.listener_metadata.empty()) out.key("listenerMetadata").text(form.listener_metadata);
    if (!form.rules.empty()) {
        out.key("syscalls").open('[');
        for (const auto& rule : form.rules)
            write_rule(out, rule);
        out.close(']');
    }
    out.close('}');
    return out.take();
}

}  // namespace scgen
