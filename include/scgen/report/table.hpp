#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace scgen {

/// Rows of text in columns, for people: two spaces between columns, nothing at the end of a line.
///
/// Shape:  cells are escaped already.
class Table {
  public:
    enum class Align : std::uint8_t { left, right };
    struct Column {
        std::string title;
        Align align = Align::left;
    };

    explicit Table(std::vector<Column> columns);
    void row(std::vector<std::string> cells);
    bool empty() const noexcept { return rows_.empty(); }

    /// The title line, then the rows.
    std::string text() const;

  private:
    std::vector<Column> columns_;
    std::vector<std::vector<std::string>> rows_;
};

/// "a, b, c and 12 more": at most `most` words.
std::string enumerate(const std::vector<std::string>& words, std::size_t most);

/// "1 record", "2 records".
std::string counted(std::uint64_t count, std::string_view noun, std::string_view plural = {});

}  // namespace scgen
