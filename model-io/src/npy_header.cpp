#include "npy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/array_file.hpp>

namespace nram {
namespace {

constexpr std::size_t magic_and_version = 8;

// numpy's codes without the byte order.
constexpr std::array<std::pair<std::string_view, ElementType>, 9> type_codes{{
    {"u1", ElementType::u8},
    {"u2", ElementType::u16},
    {"u4", ElementType::u32},
    {"u8", ElementType::u64},
    {"i1", ElementType::i8},
    {"i2", ElementType::i16},
    {"i4", ElementType::i32},
    {"i8", ElementType::i64},
    {"b1", ElementType::boolean},
}};

// What to do about elements that are no integers; each piece of advice loses nothing unseen.
std::string advice_for(std::string_view code) {
  const char kind = code.empty() ? '?' : code.front();
  if (kind == 'f') {
    return "cells hold whole numbers; if all of these are whole, b = a.astype('<i8') and then "
           "assert "
           "(b == a).all() convert them without loss; if not, scale and round them first, for "
           "example a = numpy.rint(a * 1000)";
  }
  if (kind == 'M' || kind == 'm') {
    return "save the integers behind them, numpy.save(FILE, a.astype('<i8'))";
  }
  return "int8 to int64, uint8 to uint64 and bool can be read";
}

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    value = (value << 8U) | static_cast<unsigned char>(bytes[i]);
  }
  return value;
}

// A Python literal such as {'descr': '<u8', 'fortran_order': False, 'shape': (3, 4), }.
class Dictionary {
 public:
  Dictionary(std::string_view text, std::size_t offset, const std::string& name)
      : text_(text), offset_(offset), name_(name) {}

  NpyHeader read() {
    NpyHeader header;
    std::optional<std::pair<ElementType, bool>> type;
    std::optional<bool> fortran;
    std::optional<std::vector<std::size_t>> shape;
    expect('{');
    while (!accept('}')) {
      const std::string_view key = quoted_text();
      expect(':');
      if (key == "descr" && !type) {
        type = element_type();
      } else if (key == "fortran_order" && !fortran) {
        fortran = truth();
      } else if (key == "shape" && !shape) {
        shape = tuple();
      } else {
        reject(fmt::format("key '{}' is unknown or there twice", key));
      }
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (position_ != text_.size()) {
      reject("nothing but blanks may follow the '}'");
    }
    if (!type || !fortran || !shape) {
      reject("'descr', 'fortran_order' and 'shape' must all be given");
    }
    header.type = type->first;
    header.big_endian = type->second;
    header.fortran_order = *fortran && shape->size() > 1;
    header.shape = std::move(*shape);
    return header;
  }

  [[noreturn]] void reject(const std::string& what) const {
    throw Error(ErrorKind::data, fmt::format("{}: byte {}: {}", name_, offset_ + position_, what));
  }

 private:
  void skip_blanks() {
    while (position_ < text_.size() && (text_[position_] == ' ' || text_[position_] == '\n')) {
      ++position_;
    }
  }

  bool accept(char wanted) {
    skip_blanks();
    if (position_ == text_.size() || text_[position_] != wanted) {
      return false;
    }
    ++position_;
    return true;
  }

  void expect(char wanted) {
    if (!accept(wanted)) {
      reject(fmt::format("the header is malformed: '{}' is expected here", wanted));
    }
  }

  std::string_view quoted_text() {
    const char quote = accept('"') ? '"' : '\'';
    if (quote == '\'') {
      expect('\'');
    }
    const std::size_t end = text_.find(quote, position_);
    if (end == std::string_view::npos) {
      reject("the header is malformed: a text is not closed");
    }
    const std::string_view value = text_.substr(position_, end - position_);
    position_ = end + 1;
    return value;
  }

  // And whether the elements are big-endian.
  std::pair<ElementType, bool> element_type() {
    skip_blanks();
    if (position_ < text_.size() && text_[position_] == '[') {
      reject(
          "structured elements cannot be memory cells; save one field, "
          "numpy.save(FILE, a['NAME']), NAME being one of a.dtype.names");
    }
    const std::size_t start = position_;
    const std::string_view descr = quoted_text();
    const std::string_view code = descr.substr(std::min<std::size_t>(1, descr.size()));
    for (const auto& [known, type] : type_codes) {
      const bool one_byte = element_bytes(type) == 1;
      const bool is_order = descr[0] == '<' || descr[0] == '>';
      if (code == known && (is_order || (one_byte && descr[0] == '|'))) {
        return {type, descr[0] == '>' && !one_byte};
      }
    }
    position_ = start;
    reject(
        fmt::format("elements of type '{}' cannot be memory cells; {}", descr, advice_for(code)));
  }

  bool truth() {
    skip_blanks();
    for (const std::string_view word : {"False", "True"}) {
      if (text_.substr(position_, word.size()) == word) {
        position_ += word.size();
        return word == "True";
      }
    }
    reject("'fortran_order' must be True or False");
  }

  std::size_t whole_number() {
    skip_blanks();
    std::size_t value = 0;
    const char* const first = text_.data() + position_;
    const auto [end, error] = std::from_chars(first, text_.data() + text_.size(), value);
    if (error != std::errc{}) {
      reject("'shape' must hold whole numbers below 2^64");
    }
    position_ += static_cast<std::size_t>(end - first);
    accept('L');  // what Python 2 put behind long numbers
    return value;
  }

  std::vector<std::size_t> tuple() {
    std::vector<std::size_t> extents;
    expect('(');
    while (!accept(')')) {
      extents.push_back(whole_number());
      if (extents.size() > 2) {
        reject("the array has more than 2 dimensions; 1-D is one memory, 2-D one memory a row");
      }
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    if (extents.empty()) {
      reject("the array has no dimension; 1-D is one memory, 2-D one memory a row");
    }
    return extents;
  }

  std::string_view text_;
  std::size_t offset_;
  const std::string& name_;
  std::size_t position_ = 0;
};

}  // namespace

std::size_t npy_header_size(std::string_view bytes, const std::string& name) {
  const auto reject = [&](std::size_t byte, const std::string& what) {
    throw Error(ErrorKind::data, fmt::format("{}: byte {}: {}", name, byte, what));
  };
  if (bytes.substr(0, npy_magic.size()) != npy_magic) {
    reject(0, "not a .npy file: it must begin with \\x93NUMPY");
  }
  if (bytes.size() < magic_and_version) {
    reject(bytes.size(), "the header is truncated");
  }
  const auto major = static_cast<unsigned char>(bytes[6]);
  const auto minor = static_cast<unsigned char>(bytes[7]);
  if (major < 1 || major > 3 || minor != 0) {
    reject(6, fmt::format("version {}.{} of the format is not known; known are 1.0, 2.0 and 3.0",
                          major, minor));
  }
  const std::size_t length_bytes = major == 1 ? 2 : 4;
  if (bytes.size() < magic_and_version + length_bytes) {
    reject(bytes.size(), "the header is truncated");
  }
  const std::uint64_t length = little_endian(bytes.substr(magic_and_version, length_bytes));
  if (length > max_npy_header_bytes) {
    reject(magic_and_version, fmt::format("the header is said to have {} bytes; at most {} are "
                                          "accepted",
                                          length, max_npy_header_bytes));
  }
  return magic_and_version + length_bytes + length;
}

NpyHeader parse_npy_header(std::string_view bytes, const std::string& name) {
  const std::size_t size = npy_header_size(bytes, name);
  if (bytes.size() < size) {
    throw Error(ErrorKind::data,
                fmt::format("{}: byte {}: the header is truncated; it is said to end at byte {}",
                            name, bytes.size(), size));
  }
  const std::size_t start = magic_and_version + (bytes[6] == 1 ? 2 : 4);
  Dictionary dictionary(bytes.substr(start, size - start), start, name);
  NpyHeader header = dictionary.read();
  header.data_offset = size;
  std::size_t available = std::numeric_limits<std::size_t>::max() / 2 / element_bytes(header.type);
  for (const std::size_t extent : header.shape) {
    if (extent == 0) {
      throw Error(ErrorKind::data, fmt::format("{}: the array is empty; a memory has at least one "
                                               "cell",
                                               name));
    }
    if (extent > available) {
      throw Error(ErrorKind::data,
                  fmt::format("{}: 'shape' has more elements than a file can hold; "
                              "the header is damaged",
                              name));
    }
    available /= extent;
  }
  return header;
}

std::string npy_header_bytes(ElementType type, const std::vector<std::size_t>& shape) {
  std::string_view code;
  for (const auto& [known, known_type] : type_codes) {
    if (known_type == type) {
      code = known;
    }
  }
  std::string extents;
  for (const std::size_t extent : shape) {
    extents += fmt::format("{}{}", extents.empty() ? "" : ", ", extent);
  }
  std::string dictionary = fmt::format(
      "{{'descr': '{}{}', 'fortran_order': False, 'shape': ({}{}), }}",
      element_bytes(type) == 1 ? '|' : '<', code, extents, shape.size() == 1 ? "," : "");
  constexpr std::size_t alignment = 64;
  const std::size_t unpadded = magic_and_version + 2 + dictionary.size() + 1;
  dictionary.append((alignment - unpadded % alignment) % alignment, ' ');
  dictionary += '\n';
  std::string bytes(npy_magic);
  bytes += '\x01';
  bytes += '\0';
  bytes += static_cast<char>(dictionary.size() & 0xFFU);
  bytes += static_cast<char>(dictionary.size() >> 8U);
  return bytes + dictionary;
}

}  // namespace nram
