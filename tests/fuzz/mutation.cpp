#include "mutation.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string_view>

namespace nram::fuzz {
namespace {

using Random = std::mt19937_64;

std::size_t below(std::size_t bound, Random& random) { return random() % bound; }

// Numbers at which readers have gone wrong before, and a few pieces of JSON.
constexpr std::array<std::string_view, 20> pieces = {"0",
                                                     "1",
                                                     "-1",
                                                     "255",
                                                     "256",
                                                     "65536",
                                                     "4294967295",
                                                     "4294967296",
                                                     "9223372036854775808",
                                                     "18446744073709551615",
                                                     "18446744073709551616",
                                                     "1e308",
                                                     "0.5",
                                                     "null",
                                                     "true",
                                                     "[]",
                                                     "{}",
                                                     "\"\"",
                                                     "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                                                     "\n"};

struct Span {
  std::size_t begin;
  std::size_t size;
};

Span any_span(const std::string& bytes, Random& random) {
  const std::size_t begin = below(bytes.size() + 1, random);
  const std::size_t most = std::min<std::size_t>(bytes.size() - begin, random() % 2 == 0 ? 8 : 300);
  return {begin, most == 0 ? 0 : 1 + below(most, random)};
}

// The number written at or behind a place becomes another piece.
void replace_number(std::string& bytes, Random& random) {
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  const auto from = bytes.begin() + static_cast<std::ptrdiff_t>(below(bytes.size() + 1, random));
  const auto begin = std::find_if(from, bytes.end(), is_digit);
  const auto end = std::find_if_not(begin, bytes.end(), is_digit);
  bytes.replace(begin, end, pieces[below(pieces.size(), random)]);
}

void mutate(std::string& bytes, const std::vector<std::string>& files, Random& random) {
  const Span span = any_span(bytes, random);
  switch (random() % 8) {
    case 0:
      if (!bytes.empty()) {
        bytes[below(bytes.size(), random)] ^= static_cast<char>(1U << (random() % 8));
      }
      break;
    case 1:
      if (!bytes.empty()) {
        bytes[below(bytes.size(), random)] = static_cast<char>(random());
      }
      break;
    case 2:
      bytes.erase(span.begin, span.size);
      break;
    case 3:
      bytes.insert(span.begin, bytes.substr(span.begin, span.size));
      break;
    case 4:
      bytes.insert(span.begin, pieces[below(pieces.size(), random)]);
      break;
    case 5: {
      const std::string& other = files[below(files.size(), random)];
      const Span from = any_span(other, random);
      bytes.replace(span.begin, span.size, other.substr(from.begin, from.size));
      break;
    }
    case 6:
      bytes.resize(span.begin);
      break;
    default:
      replace_number(bytes, random);
  }
}

}  // namespace

std::string mutated(const std::vector<std::string>& files, Random& random) {
  std::string bytes = files[below(files.size(), random)];
  for (std::size_t changes = 1 + random() % 4; changes > 0; --changes) {
    mutate(bytes, files, random);
  }
  return bytes;
}

}  // namespace nram::fuzz
