#include "input_file.hpp"
#include "memory_readers.hpp"
#include "npy_header.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <limits>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/array_file.hpp>
#include <nram/model-io/atomic_file.hpp>

namespace nram {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are little-endian");

// Narrow elements pass through a buffer of this many.
constexpr std::size_t chunk_elements = std::size_t{1} << 14U;

NpyHeader read_header(InputFile& file) {
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
void read_widened(InputFile& file, std::span<std::uint32_t> cells) {
  std::array<Element, chunk_elements> buffer;
  while (!cells.empty()) {
    const std::size_t count = std::min(cells.size(), buffer.size());
    read_exactly(file, std::as_writable_bytes(std::span(buffer.data(), count)));
    std::copy_n(buffer.begin(), count, cells.begin());
    cells = cells.subspan(count);
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

template <typename Element>
bool all_fit(const Memories& memories) {
  const auto cells = narrow_cells(memories.bytes());
  return std::all_of(cells.begin(), cells.end(), [](std::uint32_t cell) {
    return cell <= std::numeric_limits<Element>::max();
  });
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
  if (header.type == ElementType::u8) {
    read_widened<std::uint8_t>(file, narrow_cells(memories.bytes()));
  } else if (header.type == ElementType::u16) {
    read_widened<std::uint16_t>(file, narrow_cells(memories.bytes()));
  } else {
    read_exactly(file, memories.bytes());
  }
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
  const bool outgrown = (type == ElementType::u8 && !all_fit<std::uint8_t>(memories)) ||
                        (type == ElementType::u16 && !all_fit<std::uint16_t>(memories));
  return outgrown ? ElementType::u32 : type;
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
  if (type == ElementType::u8) {
    write_narrowed<std::uint8_t>(file, narrow_cells(memories.bytes()));
  } else if (type == ElementType::u16) {
    write_narrowed<std::uint16_t>(file, narrow_cells(memories.bytes()));
  } else {
    file.write(memories.bytes());
  }
  file.commit();
  return type;
}

}  // namespace nram
