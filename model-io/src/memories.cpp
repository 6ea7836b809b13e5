#include <algorithm>
#include <cstdlib>
#include <limits>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/sysinfo.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/memories.hpp>

namespace nram {
namespace {

[[noreturn]] void reject_size(std::size_t cells) {
  throw Error(ErrorKind::data,
              fmt::format("a memory of {} cells does not fit into this computer's RAM", cells));
}

// Whether the computer has so much memory at all. The kernel may promise more and end the process
// once it is used.
bool can_hold(std::size_t bytes) {
  struct sysinfo info {};
  return ::sysinfo(&info) != 0 || bytes / info.mem_unit <= info.totalram + info.totalswap;
}

std::byte* allocate(std::size_t cells, std::size_t bytes) {
  constexpr std::size_t cache_line = 64;
  constexpr std::size_t huge_page = std::size_t{1} << 21U;
  const bool large = bytes >= 2 * huge_page;
  const std::size_t alignment = large ? huge_page : cache_line;
  if (bytes > std::numeric_limits<std::size_t>::max() - alignment || !can_hold(bytes)) {
    reject_size(cells);
  }
  const std::size_t rounded = std::max((bytes + alignment - 1) / alignment, std::size_t{1});
  void* const storage = std::aligned_alloc(alignment, rounded * alignment);
  if (storage == nullptr) {
    reject_size(cells);
  }
  if (large) {
    // Programs jump about in memory; with small pages most jumps would miss the TLB. Only a hint.
    ::madvise(storage, rounded * alignment, MADV_HUGEPAGE);
  }
  return static_cast<std::byte*>(storage);
}

template <typename T>
std::span<T> cells_of(std::span<std::byte> bytes, std::size_t first, std::size_t count) {
  return {reinterpret_cast<T*>(bytes.data()) + first, count};
}

}  // namespace

std::string_view name_of(ElementType type) {
  switch (type) {
    case ElementType::u8:
      return "uint8";
    case ElementType::u16:
      return "uint16";
    case ElementType::u32:
      return "uint32";
    case ElementType::u64:
      return "uint64";
    case ElementType::i8:
      return "int8";
    case ElementType::i16:
      return "int16";
    case ElementType::i32:
      return "int32";
    case ElementType::boolean:
      return "bool";
    default:
      return "int64";
  }
}

std::optional<std::size_t> first_negative(MemoryView memory) {
  return std::visit(
      [](auto cells) -> std::optional<std::size_t> {
        using Cell = typename decltype(cells)::value_type;
        const auto found = std::ranges::find_if(
            cells, [](Cell cell) { return cell > std::numeric_limits<Cell>::max() / 2; });
        return found == cells.end()
                   ? std::nullopt
                   : std::optional(static_cast<std::size_t>(found - cells.begin()));
      },
      memory.cells());
}

void Memories::take_as_signed() {
  if (is_signed(type_)) {
    return;
  }
  for (const MemoryView& row : rows()) {
    if (first_negative(row)) {
      type_ = cell_type() == CellType::u64 ? ElementType::i64 : ElementType::i32;
      return;
    }
  }
}

void Memories::Free::operator()(std::byte* storage) const noexcept {
  std::free(storage);  // NOLINT: aligned_alloc's counterpart
}

Memories::Memories(ElementType type, std::size_t total_cells) : type_(type) {
  const std::size_t width = cell_bytes(cell_type());
  if (total_cells > std::numeric_limits<std::size_t>::max() / width) {
    reject_size(total_cells);
  }
  bytes_ = total_cells * width;
  storage_.reset(allocate(total_cells, bytes_));
}

Memories Memories::vector(ElementType type, std::size_t cells) {
  Memories memories = matrix(type, 1, cells);
  memories.one_dimensional_ = true;
  return memories;
}

Memories Memories::matrix(ElementType type, std::size_t rows, std::size_t cells) {
  if (cells != 0 && rows > std::numeric_limits<std::size_t>::max() / cells) {
    reject_size(std::numeric_limits<std::size_t>::max());
  }
  Memories memories(type, rows * cells);
  memories.rows_ = rows;
  memories.row_cells_ = cells;
  return memories;
}

Memories Memories::ragged(std::span<const std::size_t> lengths) {
  if (lengths.size() == 1) {
    return vector(ElementType::u64, lengths[0]);
  }
  const bool equal = std::all_of(lengths.begin(), lengths.end(),
                                 [&](std::size_t length) { return length == lengths[0]; });
  if (equal) {
    return matrix(ElementType::u64, lengths.size(), lengths.empty() ? 0 : lengths[0]);
  }
  std::vector<std::size_t> offsets{0};
  offsets.reserve(lengths.size() + 1);
  for (const std::size_t length : lengths) {
    offsets.push_back(offsets.back() + length);
  }
  Memories memories(ElementType::u64, offsets.back());
  memories.rows_ = lengths.size();
  memories.offsets_ = std::move(offsets);
  return memories;
}

Memories Memories::of(std::span<const std::vector<Word>> values, ElementType type) {
  std::vector<std::size_t> lengths;
  for (const std::vector<Word>& row : values) {
    lengths.push_back(row.size());
  }
  Memories memories = ragged(lengths);
  if (type != ElementType::u64) {
    if (!memories.rectangular()) {
      throw Error(ErrorKind::usage, "memories of different lengths are always uint64");
    }
    const bool one_dimensional = memories.one_dimensional_;
    memories = matrix(type, memories.rows_, memories.row_cells_);
    memories.one_dimensional_ = one_dimensional;
  }
  for (std::size_t row = 0; row < values.size(); ++row) {
    const MemoryView view = memories.row(row);
    for (std::size_t cell = 0; cell < values[row].size(); ++cell) {
      view.store(cell, values[row][cell]);
    }
  }
  return memories;
}

MemoryView Memories::row(std::size_t row) {
  if (cell_type() == CellType::u64) {
    return MemoryView(cells_of<std::uint64_t>(bytes(), offset(row), cells(row)));
  }
  return MemoryView(cells_of<std::uint32_t>(bytes(), offset(row), cells(row)));
}

std::vector<MemoryView> Memories::rows() {
  std::vector<MemoryView> rows;
  rows.reserve(rows_);
  for (std::size_t i = 0; i < rows_; ++i) {
    rows.push_back(row(i));
  }
  return rows;
}

Word Memories::value(std::size_t row, std::size_t cell) const {
  const std::size_t index = offset(row) + cell;
  if (cell_type() == CellType::u64) {
    return reinterpret_cast<const std::uint64_t*>(storage_.get())[index];
  }
  return reinterpret_cast<const std::uint32_t*>(storage_.get())[index];
}

}  // namespace nram
