// What the kernel's audit says of itself, against libaudit's own way to change it. The rules that are added here match
// nothing that can happen, and are taken away again.

#include <libaudit.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "scgen/audit/kernel_audit.hpp"

namespace {

constexpr int skipped = 77;

/// An exclude rule in the kernel, as long as this lives.
class Rule {
  public:
    Rule(int socket, const std::vector<std::string>& conditions)
        : socket_(socket), rule_(audit_rule_create_data()) {
        ::audit_rule_init_data(rule_);
        for (std::string condition : conditions)
            sound_ =
                sound_ && ::audit_rule_fieldpair_data(&rule_, condition.data(), AUDIT_FILTER_EXCLUDE) == 0;
        sound_ = sound_ && ::audit_add_rule_data(socket_, rule_, AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS) > 0;
    }
    ~Rule() {
        if (sound_) ::audit_delete_rule_data(socket_, rule_, AUDIT_FILTER_EXCLUDE, AUDIT_ALWAYS);
        std::free(rule_);
    }
    Rule(const Rule&) = delete;
    Rule& operator=(const Rule&) = delete;
    bool added() const noexcept { return sound_; }

  private:
    int socket_;
    audit_rule_data* rule_;
    bool sound_ = true;
};

bool is_listed(const std::string& text) {
    const auto rules = scgen::audit_exclude_rules();
    return std::find(rules.begin(), rules.end(), text) != rules.end();
}

struct Case {
    std::vector<std::string> conditions;
    std::string text;
    bool drops_seccomp;
};

}  // namespace

int main() {
    ::set_aumessage_mode(MSG_QUIET, DBG_NO);
    const auto status = scgen::audit_status();
    if (!status) {
        std::cout << "skipped: the kernel's audit may not be asked here\n";
        return skipped;
    }
    std::cout << "lost " << status->lost << ", limit " << status->backlog_limit << "\n";
    const int socket = ::audit_open();
    // No process has so great a number.
    const std::vector<Case> cases{
        {{"pid=4194304", "msgtype=1326"}, "-a always,exclude -F pid=4194304 -F msgtype=1326", true},
        {{"pid=4194304", "msgtype<1400"}, "-a always,exclude -F pid=4194304 -F msgtype<1400", true},
        {{"pid=4194304", "msgtype>=1326"}, "-a always,exclude -F pid=4194304 -F msgtype>=1326", true},
        {{"pid=4194304", "msgtype!=1300"}, "-a always,exclude -F pid=4194304 -F msgtype!=1300", true},
        {{"pid=4194304"}, "-a always,exclude -F pid=4194304", true},
        {{"exe=/nonexistent", "uid=0"}, "-a always,exclude -F exe=/nonexistent -F uid=0", true},
        {{"pid=4194304", "msgtype=1300"}, "-a always,exclude -F pid=4194304 -F msgtype=1300", false},
        {{"pid=4194304", "msgtype>1326"}, "-a always,exclude -F pid=4194304 -F msgtype>1326", false},
    };
    int failures = 0;
    for (const Case& each : cases) {
        {
            const Rule rule(socket, each.conditions);
            if (!rule.added()) {
                std::cout << "skipped: no rule can be added here: " << each.text << "\n";
                return skipped;
            }
            if (is_listed(each.text) != each.drops_seccomp) {
                std::cout << "not so: " << each.text
                          << (each.drops_seccomp ? " is listed\n" : " is not listed\n");
                ++failures;
            }
        }
        if (is_listed(each.text)) {
            std::cout << "not so: " << each.text << " is gone\n";
            ++failures;
        }
    }
    ::close(socket);
    return failures == 0 ? 0 : 1;
}
