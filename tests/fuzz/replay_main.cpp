// Runs a fuzz target without a fuzzer: every file of the folders given, then mutations of each that are the
// same in every run. It finds what libFuzzer found before (crashes become corpus files) and the nearest
// neighbours of that: every truncation of a small file, single bytes flipped, dropped and doubled, and heads
// joined to tails of other files. A target reports a broken law by abort(), so there is nothing to compare
// here; the name of the input and the mutation stand on standard error when that happens.

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

// Truncations are quadratic in the size of a file, so files longer than this are cut at random places only.
constexpr std::size_t every_cut_below = 1500;
constexpr int random_mutations = 1000;
constexpr unsigned seed = 1326;

struct Input {
    std::string name;
    std::string bytes;
};

// What runs now, for the signal handler: text made before the run, since a handler may not allocate.
std::string running;

extern "C" void on_abort(int) {
    const char prefix[] = "failed on ";
    if (write(STDERR_FILENO, prefix, sizeof prefix - 1) < 0 ||
        write(STDERR_FILENO, running.data(), running.size()) < 0)
        _exit(1);
    signal(SIGABRT, SIG_DFL);
    raise(SIGABRT);
}

std::uint64_t runs = 0;

void run(const Input& input, const std::string& mutation, const std::string& bytes) {
    running = input.name + ": " + mutation + "\n";
    // A copy of exactly this size, so that a sanitizer sees a read past its end.
    const std::vector<std::uint8_t> exact(bytes.begin(), bytes.end());
    LLVMFuzzerTestOneInput(exact.data(), exact.size());
    ++runs;
}

std::vector<Input> read_folder(const std::filesystem::path& folder) {
    std::vector<Input> inputs;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        inputs.push_back({entry.path().string(), {std::istreambuf_iterator<char>(file), {}}});
    }
    std::sort(inputs.begin(), inputs.end(), [](const Input& a, const Input& b) { return a.name < b.name; });
    return inputs;
}

void cut(const Input& input, std::mt19937& random) {
    const std::size_t size = input.bytes.size();
    if (size <= every_cut_below) {
        for (std::size_t length = 0; length < size; ++length)
            run(input, "cut to " + std::to_string(length), input.bytes.substr(0, length));
        return;
    }
    for (int i = 0; i < random_mutations; ++i) {
        const std::size_t length = random() % size;
        run(input, "cut to " + std::to_string(length), input.bytes.substr(0, length));
    }
}

void mutate(const Input& input, const std::vector<Input>& others, std::mt19937& random) {
    const std::size_t size = input.bytes.size();
    if (size == 0) return;
    for (int i = 0; i < random_mutations; ++i) {
        std::string bytes = input.bytes;
        const std::size_t at = random() % size;
        const std::string where = " at " + std::to_string(at);
        switch (random() % 4) {
            case 0:
                bytes[at] = static_cast<char>(random() & 0xffU);
                run(input, "byte set" + where, bytes);
                break;
            case 1:
                bytes.erase(at, 1 + random() % 8);
                run(input, "bytes dropped" + where, bytes);
                break;
            case 2:
                bytes.insert(at, bytes.substr(at, 1 + random() % 32));
                run(input, "bytes doubled" + where, bytes);
                break;
            default: {
                const Input& other = others[random() % others.size()];
                if (other.bytes.empty()) break;
                bytes.erase(at);
                bytes += other.bytes.substr(random() % other.bytes.size());
                run(input, "tail of " + other.name + where, bytes);
            }
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::vector<Input> inputs;
    for (int i = 1; i < argc; ++i)
        for (auto& input : read_folder(argv[i]))
            inputs.push_back(std::move(input));
    if (inputs.empty()) {
        std::cerr << "no corpus: name folders that hold files\n";
        return 1;
    }
    signal(SIGABRT, on_abort);
    std::mt19937 random(seed);
    run({"empty input", ""}, "as it is", "");
    for (const auto& input : inputs) {
        run(input, "as it is", input.bytes);
        cut(input, random);
        mutate(input, inputs, random);
    }
    std::cout << inputs.size() << " files, " << runs << " runs\n";
    return 0;
}
