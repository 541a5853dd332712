#include "scgen/report/json_text.hpp"

#include "scgen/report/escape.hpp"

namespace scgen {

void JsonText::new_line() {
    if (indent_ == 0) return;
    out_ += '\n';
    out_.append(depth_ * indent_, ' ');
}

void JsonText::before_value() {
    if (after_key_) {
        after_key_ = false;
        return;
    }
    if (!first_) out_ += ',';
    if (depth_ > 0) new_line();
    first_ = false;
}

JsonText& JsonText::begin(char bracket) {
    before_value();
    out_ += bracket;
    ++depth_;
    first_ = true;
    return *this;
}

JsonText& JsonText::end(char bracket) {
    --depth_;
    if (!first_) new_line();
    out_ += bracket;
    first_ = false;
    return *this;
}

JsonText& JsonText::key(std::string_view name) {
    before_value();
    out_ += json_string(name);
    out_ += indent_ == 0 ? ":" : ": ";
    after_key_ = true;
    return *this;
}

JsonText& JsonText::text(std::string_view bytes) {
    before_value();
    out_ += json_string(bytes);
    return *this;
}

JsonText& JsonText::text(const std::optional<std::string>& bytes) {
    return bytes ? text(std::string_view(*bytes)) : null();
}

JsonText& JsonText::number(std::int64_t value) {
    before_value();
    out_ += std::to_string(value);
    return *this;
}

JsonText& JsonText::count(std::uint64_t value) {
    before_value();
    out_ += std::to_string(value);
    return *this;
}

JsonText& JsonText::boolean(bool value) {
    before_value();
    out_ += value ? "true" : "false";
    return *this;
}

JsonText& JsonText::null() {
    before_value();
    out_ += "null";
    return *this;
}

}  // namespace scgen
