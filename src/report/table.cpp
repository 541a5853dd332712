#include "scgen/report/table.hpp"

#include <algorithm>
#include <utility>

#include "scgen/report/escape.hpp"

namespace scgen {

Table::Table(std::vector<Column> columns) : columns_(std::move(columns)) {}

void Table::row(std::vector<std::string> cells) {
    cells.resize(columns_.size());
    rows_.push_back(std::move(cells));
}

std::string Table::text() const {
    std::vector<std::size_t> widths;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        widths.push_back(columns(columns_[i].title));
        for (const auto& cells : rows_)
            widths[i] = std::max(widths[i], columns(cells[i]));
    }
    std::string out;
    const auto append = [&](std::size_t i, const std::string& cell) {
        const std::size_t padding = widths[i] - columns(cell);
        if (i > 0) out += "  ";
        if (columns_[i].align == Align::right) out.append(padding, ' ');
        out += cell;
        if (columns_[i].align == Align::left) out.append(padding, ' ');
    };
    const auto end_line = [&] {
        out.erase(out.find_last_not_of(' ') + 1);
        out += '\n';
    };
    for (std::size_t i = 0; i < columns_.size(); ++i)
        append(i, columns_[i].title);
    end_line();
    for (const auto& cells : rows_) {
        for (std::size_t i = 0; i < cells.size(); ++i)
            append(i, cells[i]);
        end_line();
    }
    return out;
}

std::string enumerate(const std::vector<std::string>& words, std::size_t most) {
    std::string out;
    for (std::size_t i = 0; i < std::min(words.size(), most); ++i) {
        if (i > 0) out += ", ";
        out += words[i];
    }
    if (words.size() > most) out += " and " + std::to_string(words.size() - most) + " more";
    return out;
}

std::string counted(std::uint64_t count, std::string_view noun, std::string_view plural) {
    std::string out = std::to_string(count) + " ";
    if (count != 1 && !plural.empty()) return out += plural;
    out += noun;
    if (count != 1) out += "s";
    return out;
}

}  // namespace scgen
