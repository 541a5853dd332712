#include <algorithm>

#include "option_table.hpp"

namespace scgen {
namespace {

constexpr std::size_t text_column = 31;
constexpr std::size_t line_width = 96;

/// The words of `text` in lines of at most line_width, all but the first indented to text_column.
void append_wrapped(std::string& out, std::string_view text) {
    std::size_t column = text_column;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(word.size() + (word.size() < text.size() ? 1 : 0));
        if (column > text_column && column + 1 + word.size() > line_width) {
            out += '\n';
            out.append(text_column, ' ');
            column = text_column;
        } else if (column > text_column) {
            out += ' ';
            ++column;
        }
        out += word;
        column += word.size();
    }
    out += '\n';
}

void append_option(std::string& out, const OptionSpec& spec) {
    std::string left = spec.letter != 0 ? std::string("  -") + spec.letter : "    ";
    if (!spec.name.empty()) {
        left += spec.letter != 0 ? ", --" : "  --";
        left += spec.name;
    }
    if (!spec.argument.empty()) left += (spec.is_optional() ? "" : " ") + std::string(spec.argument);
    left.resize(std::max(left.size() + 2, text_column), ' ');
    out += left;
    append_wrapped(out, spec.text);
}

}  // namespace

std::string command_help(Command command) {
    const CommandSpec& text = command_spec(command);
    std::string out = "usage: " + std::string(text.usage) + "\n\n" + std::string(text.about);
    std::string_view group;
    for (const OptionSpec& spec : options_of(command)) {
        if (spec.group != group) out += "\n" + std::string(spec.group) + "\n";
        group = spec.group;
        append_option(out, spec);
    }
    out += "\nExamples\n" + std::string(text.examples);
    out += "\nExit codes: " + std::string(text.done.empty() ? "0 done" : text.done) + ", ";
    if (!text.answer_no.empty()) out += "1 " + std::string(text.answer_no) + ", ";
    out += "2 trouble.\n";
    return out;
}

std::string program_help() {
    std::string out =
        "scgen reads the kernel's seccomp audit records from any log and writes the least OCI seccomp\n"
        "profile for the workload.\n\n";
    for (const CommandSpec& text : command_specs()) {
        std::string left = "    " + std::string(text.usage);
        left.resize(std::max(left.size() + 2, std::size_t{48}), ' ');
        out += left + std::string(text.summary) + "\n";
    }
    out +=
        "    scgen --help | --version | COMMAND --help\n\n"
        "Examples\n"
        "    scgen list /var/log/syslog\n"
        "    scgen --comm http-echo /var/log/syslog > http-echo.json\n"
        "    tail -f /var/log/syslog | scgen --comm http-echo -o http-echo.json\n\n"
        "A first word that is no command is a LOG; ./list names a file called list.\n"
        "`scgen generate --help` lists the options of the default command.\n";
    return out;
}

}  // namespace scgen
