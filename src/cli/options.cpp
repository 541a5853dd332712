#include "options.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <cctype>

#include "scgen/report/escape.hpp"
#include "scgen/report/nearest.hpp"

// Boost.ProgramOptions splits the words; what they mean is read in option_values.cpp, so that every message
// about a value is ours. Guessing is off: an abbreviation that works today would break when an option is
// added. A negative number is a word to `scgen syscalls`, though it looks like an option.

namespace scgen {
namespace {

namespace po = boost::program_options;

using Words = std::vector<std::string>;

std::string help_hint(Command command) {
    return "`scgen " + std::string(command_spec(command).name) + " --help` lists the options.";
}

po::options_description describe(const std::vector<OptionSpec>& specs) {
    po::options_description description;
    for (const OptionSpec& spec : specs) {
        std::string name(spec.name);
        if (spec.letter != 0) name += std::string(",") + spec.letter;
        if (spec.argument.empty())
            description.add_options()(name.c_str(), "");
        else if (spec.is_optional())
            description.add_options()(name.c_str(), po::value<Words>()->composing()->implicit_value({}, ""),
                                      "");
        else
            description.add_options()(name.c_str(), po::value<Words>()->composing(), "");
    }
    return description;
}

bool is_negative_number(std::string_view word) noexcept {
    return word.size() > 1 && word.front() == '-' &&
           std::all_of(word.begin() + 1, word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

[[noreturn]] void refuse_unknown(const std::string& option, Command command) {
    const std::string name = option.substr(0, option.find('='));
    const std::string start = "unknown option " + escape(name) + ".";
    std::vector<std::string> keys;
    for (const OptionSpec& spec : options_of(command))
        keys.push_back(spec.key());
    for (const std::string_view other : command_names()) {
        const Command there = command_from_name(other).value_or(command);
        for (const OptionSpec& spec : options_of(there))
            if (there != command && spec.key() == name)
                throw Error(start + " It belongs to `scgen " + std::string(other) + "`; `scgen " +
                            std::string(command_spec(command).name) + "` has none such. " +
                            help_hint(command));
    }
    const std::vector<std::string_view> views(keys.begin(), keys.end());
    throw Error(start + (name.size() > 2 ? did_you_mean(nearest(name, views)) : "") + " " +
                help_hint(command));
}

[[noreturn]] void refuse_missing(const std::string& key, Command command) {
    for (const OptionSpec& spec : options_of(command))
        if (key == spec.key() || key == "-" + spec.key())  // Boost gives a letter two dashes here
            throw Error(spec.key() + ": the " + std::string(spec.argument_name()) + " is missing. " +
                        help_hint(command));
    throw Error(escape(key) + ": a value is missing. " + help_hint(command));
}

void refuse_repeated(const Arguments& arguments) {
    for (const OptionSpec& spec : options_of(arguments.command)) {
        const auto found = arguments.values.find(spec.key());
        if (found == arguments.values.end()) continue;
        if (spec.argument.empty() || spec.repeatable || found->second.size() == 1) continue;
        throw Error(spec.key() + ": given " + std::to_string(found->second.size()) + " times; give it once.");
    }
}

const OptionSpec* find_option(const std::vector<OptionSpec>& specs, const std::string& key) {
    for (const OptionSpec& spec : specs)
        if (key == spec.name || key == spec.key()) return &spec;
    return nullptr;
}

/// Boost lets "--comm=" pass without a value, and takes the option that follows "--comm" for one.
bool lacks_value(Command command, const po::option& option) {
    const auto specs = options_of(command);
    const OptionSpec* spec = find_option(specs, option.string_key);
    if (spec == nullptr || spec->argument.empty()) return false;
    if (spec->is_optional()) return option.original_tokens.front().ends_with('=');
    return option.value.empty() ||
           (option.original_tokens.size() > 1 && find_option(specs, option.value[0]) != nullptr &&
            option.value[0].starts_with('-'));
}

void sort_options(Arguments& arguments, const po::parsed_options& parsed) {
    const auto specs = options_of(arguments.command);
    for (const auto& option : parsed.options) {
        if (option.position_key >= 0) {
            arguments.words.insert(arguments.words.end(), option.value.begin(), option.value.end());
            continue;
        }
        // Boost keeps the dash of a letter and drops those of a name.
        const bool letter = option.string_key.starts_with('-');
        Words& values = arguments.values[(letter ? "" : "--") + option.string_key];
        const OptionSpec* const spec = find_option(specs, option.string_key);
        if (spec != nullptr && spec->is_optional() && option.original_tokens.size() != 1) {
            // A value that may be left out stands behind "=" only; Boost takes the next word, too.
            values.emplace_back();
            arguments.words.insert(arguments.words.end(), option.value.begin(), option.value.end());
            continue;
        }
        if (spec != nullptr && spec->is_optional() && option.value.empty()) values.emplace_back();
        values.insert(values.end(), option.value.begin(), option.value.end());
        if (lacks_value(arguments.command, option))
            refuse_missing((letter ? "" : "--") + option.string_key, arguments.command);
    }
}

std::string key_of(const po::error_with_option_name& error) {
    const std::string name = error.get_option_name();
    return name.substr(0, name.find('='));
}

void parse_words(Arguments& arguments, const Words& words) {
    namespace style = po::command_line_style;
    constexpr int plain = style::unix_style & ~style::allow_guessing;
    // The parser keeps pointers to both.
    const po::options_description description = describe(options_of(arguments.command));
    const po::positional_options_description positional =
        po::positional_options_description().add("word", -1);
    try {
        po::command_line_parser parser(words);
        parser.options(description).positional(positional).style(plain);
        sort_options(arguments, parser.run());
    } catch (const po::unknown_option& error) {
        refuse_unknown(error.get_option_name(), arguments.command);
    } catch (const po::invalid_command_line_syntax& error) {
        if (error.kind() == po::invalid_syntax::extra_parameter)
            throw Error(escape(key_of(error)) + ": takes no value. " + help_hint(arguments.command));
        refuse_missing(key_of(error), arguments.command);
    } catch (const po::error& error) {
        throw Error(escape_message(error.what()) + ". " + help_hint(arguments.command));
    }
}

}  // namespace

Arguments parse_arguments(const std::vector<std::string>& words) {
    Arguments arguments;
    Words rest = words;
    const auto named = words.empty() ? std::nullopt : command_from_name(words.front());
    arguments.implicit = !named;
    if (named) {
        arguments.command = *named;
        rest.erase(rest.begin());
    }
    if (takes_command(arguments.command)) {
        const auto dashes = std::find(rest.begin(), rest.end(), "--");
        if (dashes != rest.end()) arguments.command_line.emplace(dashes + 1, rest.end());
        rest.erase(dashes, rest.end());
    }
    Words numbers;
    if (arguments.command == Command::syscalls) {
        const auto first = std::stable_partition(
            rest.begin(), rest.end(), [](const std::string& word) { return !is_negative_number(word); });
        numbers.assign(first, rest.end());
        rest.erase(first, rest.end());
    }
    parse_words(arguments, rest);
    arguments.words.insert(arguments.words.end(), numbers.begin(), numbers.end());
    refuse_repeated(arguments);
    return arguments;
}

}  // namespace scgen
