#include "pupil.hpp"

#include "ordinary.hpp"

namespace scgen {

using std::string_view;

void Lessons::add(const ByHeart::Lesson& lesson) {
    const std::lock_guard lock(mutex_);
    is_missing_ = is_missing_ || text_.size() > most_bytes;
    if (is_missing_) return;
    const auto host_at =
        lesson.host.empty() ? 0 : static_cast<std::size_t>(lesson.host.data() - lesson.head.data());
    kept_.push_back({lesson, text_.size(), host_at});
    text_.append(lesson.head).append(lesson.body);
}

bool Lessons::teach(ByHeart& by_heart) {
    const std::lock_guard lock(mutex_);
    if (is_missing_) return false;
    for (const Kept& kept : kept_) {
        ByHeart::Lesson lesson = kept.lesson;
        const string_view text = string_view(text_).substr(kept.begin);
        lesson.head = text.substr(0, lesson.head.size());
        lesson.body = text.substr(lesson.head.size(), lesson.body.size());
        lesson.host = lesson.head.substr(kept.host_at, lesson.host.size());
        by_heart.learn(lesson);
    }
    kept_.clear();
    text_.clear();
    return true;
}

void Pupil::preview(string_view text, Preview& preview) {
    make_preview(text, lessons_.teach(by_heart_) ? &by_heart_ : nullptr, preview);
}

void make_preview(string_view text, ByHeart* by_heart, Preview& preview) {
    // A text with more lines that are not known had better be read.
    int patience = 64;
    preview.parts.clear();
    preview.again.clear();
    if (by_heart != nullptr) preview.first_record = by_heart->first_record();
    for (std::size_t at = 0; at < text.size() && patience > 0;) {
        const LinesAgain lines = by_heart != nullptr ? by_heart->read(text.substr(at)) : LinesAgain{};
        if (!lines.lines.empty()) {
            preview.parts.push_back(
                {at, lines.bytes, lines.lines.size(), preview.again.size(), lines.speaker, true});
            preview.again.insert(preview.again.end(), lines.lines.begin(), lines.lines.end());
            preview.room = lines.room;
            at += lines.bytes;
        } else if (const PassedLines passed = ordinary_lines(text.substr(at)); passed.bytes > 0) {
            preview.parts.push_back({at, passed.bytes, passed.lines, 0, 0, false});
            at += passed.bytes;
        } else {
            const std::size_t newline = text.find('\n', at);
            at = newline == string_view::npos ? text.size() : newline + 1;
            --patience;
        }
    }
}

}  // namespace scgen
