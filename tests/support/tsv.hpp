#pragma once

#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace scgen {

/// The rows of a file in syscall-tables/, cell by cell, without its `#` lines.
///
/// Shape:  empty cells are kept, the last one too.
/// Errors: throws std::runtime_error when the file cannot be read.
inline std::vector<std::vector<std::string>> read_tsv(const std::string& file) {
    const std::string path = std::string(SCGEN_SYSCALL_TABLES "/") + file;
    std::ifstream in(path);
    if (!in) throw std::runtime_error(path + ": cannot be read");
    std::vector<std::vector<std::string>> rows;
    for (std::string line; std::getline(in, line);) {
        if (line.starts_with('#')) continue;
        std::vector<std::string> cells(1);
        for (const char c : line) {
            if (c == '\t')
                cells.emplace_back();
            else
                cells.back() += c;
        }
        rows.push_back(std::move(cells));
    }
    return rows;
}

}  // namespace scgen
