#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>

#include <doctest/doctest.h>
#include <support/errors.hpp>
#include <unistd.h>

#include <nram/engine/memory.hpp>

using namespace nram;
using namespace nram::test;

namespace {

// A file of 10,000 known bytes that goes away with the object.
class ByteFile {
 public:
  ByteFile() {
    std::vector<char> bytes(10000);
    std::iota(bytes.begin(), bytes.end(), char{0});
    std::ofstream(path_, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
  ~ByteFile() { std::filesystem::remove(path_); }
  ByteFile(const ByteFile&) = delete;
  ByteFile& operator=(const ByteFile&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] char byte(std::size_t at) const {
    std::ifstream stream(path_, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(at));
    return static_cast<char>(stream.get());
  }

 private:
  std::string path_ =
      (std::filesystem::temp_directory_path() / ("nram-memory-test-" + std::to_string(::getpid())))
          .string();
};

constexpr auto read_only = MappedRegion::Access::read_only;
constexpr auto read_write = MappedRegion::Access::read_write;

}  // namespace

TEST_CASE("a view loads and stores cells of either width") {
  std::vector<std::uint32_t> narrow = {1, 2, 0xffffffff};
  const MemoryView view32{std::span(narrow)};
  CHECK(view32.type() == CellType::u32);
  CHECK(view32.size() == 3);
  CHECK(view32.load(2) == 0xffffffff);
  view32.store(0, 7);
  CHECK(narrow[0] == 7);

  std::vector<std::uint64_t> wide = {1, ~Word{0}};
  const MemoryView view64{std::span(wide)};
  CHECK(view64.type() == CellType::u64);
  CHECK(view64.load(1) == ~Word{0});
}

TEST_CASE("the first value that is not below the modulus is named") {
  std::vector<std::uint64_t> cells = {1, 2, 7, 9};
  const MemoryView view{std::span(cells)};
  CHECK_NOTHROW(require_values_below(view, Modulus::of(10), "in.npy"));
  CHECK_NOTHROW(require_values_below(view, Modulus::word64(), "in.npy"));
  CHECK(mentions(
      message_of(ErrorKind::data, [&] { require_values_below(view, Modulus::of(7), "in.npy"); }),
      "in.npy", "cell 2", "7"));
}

TEST_CASE("a region is mapped from any offset") {
  const ByteFile file;
  for (const std::size_t offset : {0, 1, 80, 4095, 4096, 5000, 9999, 10000}) {
    const std::size_t bytes = 10000 - offset;
    const MappedRegion region(file.path(), offset, bytes, read_only);
    REQUIRE(region.size() == bytes);
    for (std::size_t i = 0; i < bytes; ++i) {
      REQUIRE(region.data()[i] == static_cast<std::byte>((offset + i) & 0xffU));
    }
  }
}

TEST_CASE("changes to a writable region reach the file, and moving keeps the mapping") {
  const ByteFile file;
  {
    MappedRegion region(file.path(), 4100, 10, read_write);
    MappedRegion moved(std::move(region));
    CHECK(region.size() == 0);  // NOLINT(bugprone-use-after-move): a moved-from region is empty
    region = std::move(moved);
    region.data()[3] = std::byte{42};
    region.flush();
    CHECK(file.byte(4103) == 42);
  }
  CHECK(file.byte(4103) == 42);
}

TEST_CASE("files that are missing or too short are refused with their name") {
  const ByteFile file;
  const auto refusal = [](const std::string& path, std::size_t offset, std::size_t bytes,
                          MappedRegion::Access access) {
    return message_of(ErrorKind::io, [&] { MappedRegion region(path, offset, bytes, access); });
  };
  CHECK(mentions(refusal("/no/such/file", 0, 1, read_only), "/no/such/file", "No such file"));
  CHECK(
      mentions(refusal(file.path(), 1, 10000, read_only), file.path(), "10000 bytes", "truncated"));
  CHECK(mentions(refusal(file.path(), 10001, 0, read_only), "truncated"));
  CHECK(mentions(refusal(file.path(), 8, ~std::size_t{0}, read_only), "truncated"));
}
