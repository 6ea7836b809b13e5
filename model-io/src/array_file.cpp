#include "content_kind.hpp"
#include "input_file.hpp"
#include "memory_readers.hpp"
#include "npy_header.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/array_file.hpp>
#include <nram/model-io/atomic_file.hpp>

namespace nram {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are little-endian");

// Elements to convert pass through a buffer of this many.
constexpr std::size_t chunk_elements = std::size_t{1} << 14U;

NpyHeader read_header(InputFile& file) {
  require_content(file, {ContentKind::array}, "an array (.npy)");
  const std::size_t size = npy_header_size(file.peek(npy_prefix_bytes), file.name());
  std::string bytes(size, '\0');
  bytes.resize(file.read(std::as_writable_bytes(std::span(bytes))));
  NpyHeader header = parse_npy_header(bytes, file.name());
  // Asked before anything is allocated. A pipe does not know; there the end of the data tells.
  const std::optional<std::uint64_t> remaining = file.remaining();
  if (remaining && *remaining != header.data_bytes()) {
    throw Error(ErrorKind::data,
                fmt::format("{}: the header announces {} bytes of data, but {} follow it; the file "
                            "is {}",
                            file.name(), header.data_bytes(), *remaining,
                            *remaining < header.data_bytes() ? "truncated"
                                                             : "damaged or holds something else"));
  }
  return header;
}

void read_exactly(InputFile& file, std::span<std::byte> bytes) {
  const std::size_t got = file.read(bytes);
  if (got != bytes.size()) {
    throw Error(ErrorKind::data, fmt::format("{}: the data ends {} bytes early; the file is "
                                             "truncated",
                                             file.name(), bytes.size() - got));
  }
}

std::span<std::uint32_t> narrow_cells(std::span<std::byte> bytes) {
  return {reinterpret_cast<std::uint32_t*>(bytes.data()), bytes.size() / sizeof(std::uint32_t)};
}

std::span<const std::uint32_t> narrow_cells(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const std::uint32_t*>(bytes.data()),
          bytes.size() / sizeof(std::uint32_t)};
}

template <typename Element>
Element swapped(Element element) {
  using Bits = std::make_unsigned_t<Element>;
  auto bits = static_cast<Bits>(element);
  Bits result = 0;
  for (std::size_t i = 0; i < sizeof(Bits); ++i) {
    result = static_cast<Bits>((sizeof(Bits) > 1 ? result << 8U : 0U) | (bits & 0xffU));
    bits = static_cast<Bits>(sizeof(Bits) > 1 ? bits >> 8U : 0U);
  }
  return static_cast<Element>(result);
}

// Elements that are not cells as the file has them: of another width or byte order, or column by
// column. Signed ones keep their value.
template <typename Element, typename Cell>
void read_converted(InputFile& file, const NpyHeader& header, std::span<Cell> cells) {
  std::vector<Element> buffer(std::min(chunk_elements, cells.size()));
  const auto cell_of = [&](Element element) {
    const Element value = header.big_endian ? swapped(element) : element;
    return header.type == ElementType::boolean ? static_cast<Cell>(value != 0)
                                               : static_cast<Cell>(value);
  };
  std::size_t row = 0;
  std::size_t column = 0;
  for (std::size_t done = 0; done < cells.size();) {
    const std::size_t count = std::min(cells.size() - done, buffer.size());
    const std::span<Element> piece(buffer.data(), count);
    read_exactly(file, std::as_writable_bytes(piece));
    if (header.fortran_order) {
      for (const Element element : piece) {
        cells[row * header.cells() + column] = cell_of(element);
        const bool is_last = ++row == header.rows();
        row = is_last ? 0 : row;
        column += is_last ? 1 : 0;
      }
    } else {
      std::transform(piece.begin(), piece.end(), cells.begin() + static_cast<std::ptrdiff_t>(done),
                     cell_of);
    }
    done += count;
  }
}

void read_elements(InputFile& file, const NpyHeader& header, std::span<std::byte> bytes) {
  const auto narrow = narrow_cells(bytes);
  const std::span<std::uint64_t> wide(reinterpret_cast<std::uint64_t*>(bytes.data()),
                                      bytes.size() / sizeof(std::uint64_t));
  switch (header.type) {
    case ElementType::u8:
    case ElementType::boolean:
      return read_converted<std::uint8_t>(file, header, narrow);
    case ElementType::i8:
      return read_converted<std::int8_t>(file, header, narrow);
    case ElementType::u16:
      return read_converted<std::uint16_t>(file, header, narrow);
    case ElementType::i16:
      return read_converted<std::int16_t>(file, header, narrow);
    case ElementType::u32:
    case ElementType::i32:
      return header.big_endian || header.fortran_order
                 ? read_converted<std::uint32_t>(file, header, narrow)
                 : read_exactly(file, bytes);
    case ElementType::u64:
    case ElementType::i64:
      return header.big_endian || header.fortran_order
                 ? read_converted<std::uint64_t>(file, header, wide)
                 : read_exactly(file, bytes);
  }
}

template <typename Element>
void write_narrowed(AtomicFile& file, std::span<const std::uint32_t> cells) {
  std::array<Element, chunk_elements> buffer;
  while (!cells.empty()) {
    const std::size_t count = std::min(cells.size(), buffer.size());
    std::transform(cells.begin(), cells.begin() + static_cast<std::ptrdiff_t>(count),
                   buffer.begin(), [](std::uint32_t cell) { return static_cast<Element>(cell); });
    file.write(std::as_bytes(std::span(buffer.data(), count)));
    cells = cells.subspan(count);
  }
}

// Whether every cell is the same number as an element of this type.
template <typename Element>
bool all_fit(const Memories& memories,
             std::uint32_t largest = std::numeric_limits<Element>::max()) {
  const auto cells = narrow_cells(memories.bytes());
  return std::all_of(cells.begin(), cells.end(), [largest](std::uint32_t cell) {
    return static_cast<std::uint32_t>(static_cast<Element>(cell)) == cell &&
           (std::is_signed_v<Element> || cell <= largest);
  });
}

bool fits(const Memories& memories, ElementType type) {
  switch (type) {
    case ElementType::u8:
      return all_fit<std::uint8_t>(memories);
    case ElementType::boolean:
      return all_fit<std::uint8_t>(memories, 1);
    case ElementType::i8:
      return all_fit<std::int8_t>(memories);
    case ElementType::u16:
      return all_fit<std::uint16_t>(memories);
    case ElementType::i16:
      return all_fit<std::int16_t>(memories);
    default:
      return true;
  }
}

}  // namespace

NpyHeader read_npy_header(const std::string& path) {
  InputFile file(path);
  return read_header(file);
}

Memories read_npy(InputFile& file) {
  const NpyHeader header = read_header(file);
  Memories memories = header.one_dimensional()
                          ? Memories::vector(header.type, header.cells())
                          : Memories::matrix(header.type, header.rows(), header.cells());
  read_elements(file, header, memories.bytes());
  if (!file.peek(1).empty()) {
    throw Error(ErrorKind::data,
                fmt::format("{}: more bytes follow the {} bytes of data that the header announces; "
                            "the file is damaged or holds something else",
                            file.name(), header.data_bytes()));
  }
  return memories;
}

Memories read_npy(const std::string& path) {
  InputFile file(path);
  return read_npy(file);
}

ElementType npy_type_for(const Memories& memories) {
  const ElementType type = memories.element_type();
  if (fits(memories, type)) {
    return type;
  }
  return is_signed(type) ? ElementType::i32 : ElementType::u32;
}

ElementType write_npy(const Memories& memories, const std::string& path) {
  if (!memories.rectangular()) {
    throw Error(ErrorKind::usage,
                fmt::format("{}: memories of different lengths cannot be one array; write them as "
                            "text instead",
                            path));
  }
  const std::size_t cells = memories.size() == 0 ? 0 : memories.cells(0);
  const ElementType type = npy_type_for(memories);
  AtomicFile file(path);
  file.write(npy_header_bytes(type, memories.one_dimensional()
                                        ? std::vector<std::size_t>{cells}
                                        : std::vector<std::size_t>{memories.size(), cells}));
  if (element_bytes(type) == 1) {
    write_narrowed<std::uint8_t>(file, narrow_cells(memories.bytes()));
  } else if (element_bytes(type) == 2) {
    write_narrowed<std::uint16_t>(file, narrow_cells(memories.bytes()));
  } else {
    file.write(memories.bytes());
  }
  file.commit();
  return type;
}

}  // namespace nram
