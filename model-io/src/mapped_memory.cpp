#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/array_file.hpp>

namespace nram {
namespace {

template <typename Cell>
std::vector<MemoryView> rows_of(std::byte* data, const NpyHeader& header) {
  auto* const cells = reinterpret_cast<Cell*>(data);
  std::vector<MemoryView> rows;
  rows.reserve(header.rows());
  for (std::size_t row = 0; row < header.rows(); ++row) {
    rows.emplace_back(std::span<Cell>(cells + row * header.cells(), header.cells()));
  }
  return rows;
}

}  // namespace

std::vector<MemoryView> MappedMemory::rows() const {
  return cell_type_of(header_.type) == CellType::u64
             ? rows_of<std::uint64_t>(region_.data(), header_)
             : rows_of<std::uint32_t>(region_.data(), header_);
}

MappedMemory open_mapped(const std::string& path, MappedRegion::Access access) {
  NpyHeader header = read_npy_header(path);
  const std::size_t width = element_bytes(header.type);
  if (width != cell_bytes(cell_type_of(header.type))) {
    throw Error(ErrorKind::data,
                fmt::format("{}: elements of type {} are narrower than memory cells and cannot be "
                            "run on in place; convert the array, numpy.save(FILE, "
                            "a.astype('<{}4')), or do not run in place",
                            path, name_of(header.type), is_signed(header.type) ? 'i' : 'u'));
  }
  if (header.big_endian || header.fortran_order) {
    throw Error(ErrorKind::data,
                fmt::format("{}: {} cannot be run on in place; convert the array, numpy.save(FILE, "
                            "a.astype('<{}{}', order='C')), or do not run in place",
                            path,
                            header.big_endian ? "big-endian elements"
                                              : "an array in Fortran order, column by column,",
                            is_signed(header.type) ? 'i' : 'u', width));
  }
  if (header.data_offset % width != 0) {
    throw Error(ErrorKind::data,
                fmt::format("{}: the data begins at byte {}, which is not a multiple of {}, so it "
                            "cannot be run on in place; save the array again with numpy",
                            path, header.data_offset, width));
  }
  MappedRegion region(path, header.data_offset, header.data_bytes(), access);
  return {std::move(header), std::move(region)};
}

}  // namespace nram
