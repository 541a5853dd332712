// nlohmann's SAX interface, because its DOM parser would build a hostile document before anyone could say no,
// takes the last of two equal keys in silence, and turns large integers into doubles. The SAX parser itself
// keeps its state in a vector, not on the call stack, and tells us of every bracket before it goes on, so
// depth is bounded here.

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>
#include <set>

#include "scgen/error.hpp"
#include "scgen/text/json_value.hpp"

namespace scgen {
namespace {

using Kind = JsonValue::Kind;

std::string position(std::string_view json, std::size_t offset) {
    const std::string_view before = json.substr(0, std::min(offset, json.size()));
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const std::size_t start = before.rfind('\n');
    const std::size_t column = start == std::string_view::npos ? before.size() + 1 : before.size() - start;
    return std::to_string(line) + ":" + std::to_string(column);
}

std::string too_large(const DocumentKind& kind) {
    if (!kind.smaller.empty()) return std::string(kind.smaller);
    return "no " + std::string(kind.name) + " is that large";
}

/// Where the object or array that `json` begins with ends, or the end of it.
std::size_t end_of_value(std::string_view json) noexcept {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t at = 0; at < json.size(); ++at) {
        const char c = json[at];
        if (in_string) {
            if (c == '\\') ++at;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if ((c == '}' || c == ']') && --depth == 0) {
            return at + 1;
        }
    }
    return json.size();
}

class Builder final : public nlohmann::json_sax<nlohmann::json> {
  public:
    Builder(std::string_view json, const std::string& origin, const DocumentKind& kind)
        : json_(json), origin_(origin), kind_(kind) {}

    bool null() override { return leaf(Kind::null, {}); }
    bool boolean(bool value) override { return leaf(Kind::boolean, value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override {
        return leaf(Kind::number, value == 0 ? "-0" : std::to_string(value));
    }
    bool number_unsigned(number_unsigned_t value) override {
        return leaf(Kind::number, std::to_string(value));
    }
    bool number_float(number_float_t, const string_t& text) override { return leaf(Kind::number, text); }
    bool string(string_t& value) override { return leaf(Kind::string, std::move(value)); }
    bool binary(binary_t&) override { return false; }
    bool start_object(std::size_t) override { return open(Kind::object); }
    bool start_array(std::size_t) override { return open(Kind::array); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        Frame& frame = frames_.back();
        if (!frame.seen.insert(name).second)
            place().fail("the key " + shown(name) +
                         " is there twice, and programs differ on which one counts; remove one");
        frame.value.keys.push_back(std::move(name));
        return true;
    }

    bool parse_error(std::size_t offset, const std::string& token,
                     const nlohmann::detail::exception&) override {
        // The offset counts the bytes read, the offending one included.
        const std::string where = origin_ + ":" + position(json_, offset == 0 ? 0 : offset - 1);
        if (offset > json_.size())
            throw Error(where + ": the document ends too early; is the file cut short?");
        // Where not even the first value is one, it is most likely another file than was meant.
        throw Error(where + ": not JSON near " + shown(token) +
                    (values_ == 0 ? "; " + std::string(kind_.least) : ""));
    }

    JsonValue take() { return std::move(root_); }

  private:
    struct Frame {
        JsonValue value;
        std::set<std::string> seen;
    };

    Place place() const {
        Place result(origin_);
        for (std::size_t depth = 0; depth + 1 < frames_.size(); ++depth) {
            const JsonValue& parent = frames_[depth].value;
            result = parent.kind == Kind::object ? result / parent.keys.back() : result / parent.items.size();
        }
        return result;
    }

    void count() {
        if (++values_ > kind_.max_values)
            throw Error(origin_ + ": over " + std::to_string(kind_.max_values) + " values; " +
                        too_large(kind_));
    }

    bool leaf(Kind kind, std::string text) {
        count();
        add({kind, std::move(text), {}, {}});
        return true;
    }

    bool open(Kind kind) {
        count();
        if (frames_.size() == json_max_depth)
            throw Error(origin_ + ": nested deeper than " + std::to_string(json_max_depth) + "; no " +
                        std::string(kind_.name) + " is");
        frames_.emplace_back();
        frames_.back().value.kind = kind;
        return true;
    }

    bool close() {
        JsonValue value = std::move(frames_.back().value);
        frames_.pop_back();
        add(std::move(value));
        return true;
    }

    void add(JsonValue value) {
        if (frames_.empty())
            root_ = std::move(value);
        else
            frames_.back().value.items.push_back(std::move(value));
    }

    std::string_view json_;
    const std::string& origin_;
    const DocumentKind& kind_;
    JsonValue root_;
    std::vector<Frame> frames_;
    std::size_t values_ = 0;
};

}  // namespace

std::vector<std::string_view> json_documents(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    std::vector<std::string_view> documents;
    while (text.find_first_not_of(blanks) != std::string_view::npos) {
        const std::size_t begin = text.find_first_not_of(blanks);
        const bool opens = text[begin] == '{' || text[begin] == '[';
        const std::size_t end = opens ? begin + end_of_value(text.substr(begin)) : text.size();
        documents.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    if (documents.empty()) documents.push_back(text);
    return documents;
}

JsonValue parse_json(std::string_view json, const std::string& origin, const DocumentKind& kind) {
    if (json.size() > kind.max_bytes)
        throw Error(origin + ": " + std::to_string(json.size()) + " bytes, more than the " +
                    std::to_string(kind.max_bytes) + " that are read; " + too_large(kind));
    if (json.starts_with("\xef\xbb\xbf"))
        throw Error(
            origin +
            ":1:1: begins with a byte order mark, which container runtimes refuse; save it as UTF-8 without");
    if (json.find_first_not_of(" \t\r\n") == std::string_view::npos)
        throw Error(origin + ": empty; " + std::string(kind.least));
    Builder builder(json, origin, kind);
    nlohmann::json::sax_parse(json, &builder);
    return builder.take();
}

}  // namespace scgen
