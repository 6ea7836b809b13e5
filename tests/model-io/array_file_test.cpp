#include "scratch.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <string>

#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <nram/model-io/array_file.hpp>
#include <nram/model-io/memory_io.hpp>

using namespace nram;
using namespace nram::test;

namespace {

constexpr std::string_view magic = "\x93NUMPY";

// A .npy file as somebody else might write it.
std::string npy(const std::string& dictionary, const std::string& data, int major = 1) {
  std::string bytes(magic);
  bytes += static_cast<char>(major);
  bytes += '\0';
  const std::size_t length = dictionary.size();
  for (int i = 0; i < (major == 1 ? 2 : 4); ++i) {
    bytes += static_cast<char>((length >> (8 * i)) & 0xFFU);
  }
  return bytes + dictionary + data;
}

std::string dictionary(const std::string& descr, const std::string& shape,
                       const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
}

std::vector<std::vector<Word>> values(const Memories& memories) {
  std::vector<std::vector<Word>> values(memories.size());
  for (std::size_t row = 0; row < memories.size(); ++row) {
    for (std::size_t cell = 0; cell < memories.cells(row); ++cell) {
      values[row].push_back(memories.value(row, cell));
    }
  }
  return values;
}

using Rows = std::vector<std::vector<Word>>;

class Npy {
 public:
  Memories read(const std::string& bytes) const { return read_npy(scratch_.file("a.npy", bytes)); }
  std::string refusal(const std::string& bytes) const {
    return message_of(ErrorKind::data, [&] { (void)read(bytes); });
  }
  std::string written(const Memories& memories) const {
    write_npy(memories, scratch_.path("b.npy"));
    return slurp(scratch_.path("b.npy"));
  }
  const Scratch& scratch() const { return scratch_; }

 private:
  Scratch scratch_;
};

constexpr std::array all_types{ElementType::u8,  ElementType::u16, ElementType::u32,
                               ElementType::u64, ElementType::i32, ElementType::i64};

}  // namespace

TEST_CASE("memories are blocks of rows") {
  Memories vector = Memories::vector(ElementType::u64, 3);
  CHECK(vector.one_dimensional());
  CHECK(vector.size() == 1);
  CHECK(vector.cell_type() == CellType::u64);
  CHECK(reinterpret_cast<std::uintptr_t>(vector.bytes().data()) % 64 == 0);
  vector.row(0).store(2, 77);
  CHECK(vector.value(0, 2) == 77);

  Memories matrix = Memories::matrix(ElementType::u16, 2, 3);
  CHECK_FALSE(matrix.one_dimensional());
  CHECK(matrix.rows().size() == 2);
  CHECK(matrix.rows()[1].type() == CellType::u32);
  matrix.rows()[1].store(0, 5);
  CHECK(matrix.value(1, 0) == 5);

  Memories ragged = Memories::of(Rows{{1}, {2, 3}, {4, 5, 6}}, ElementType::u64);
  CHECK_FALSE(ragged.rectangular());
  CHECK(values(ragged) == Rows{{1}, {2, 3}, {4, 5, 6}});
  CHECK(ragged.rows()[2].size() == 3);
  CHECK(Memories::of(Rows{{1, 2}, {3, 4}}, ElementType::u8).rectangular());

  const std::size_t most = std::numeric_limits<std::size_t>::max();
  for (const std::size_t cells : {most, most / 8, most / 16}) {
    CHECK(contains(
        message_of(ErrorKind::data, [&] { (void)Memories::vector(ElementType::u64, cells); }),
        "RAM"));
  }
  CHECK(is_refused([&] { (void)Memories::matrix(ElementType::u64, most / 4, most / 4); }));
}

TEST_CASE("headers are numpy's, byte for byte") {
  // numpy.save of numpy.zeros(20000000, '<u8'), numpy.zeros((3, 4), 'u1')
  const std::string one = npy_header_bytes(ElementType::u64, {20000000});
  CHECK(one.size() == 128);
  CHECK(one.substr(0, 10) == std::string("\x93NUMPY\x01\x00\x76\x00", 10));
  CHECK(one.substr(10, 65) == "{'descr': '<u8', 'fortran_order': False, 'shape': (20000000,), } ");
  CHECK(one.back() == '\n');
  CHECK(one.find_first_not_of(' ', 74) == 127);
  const std::string two = npy_header_bytes(ElementType::u8, {3, 4});
  CHECK(two.substr(10, 60) == "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4), } ");
}

TEST_CASE("headers of every version and spelling are understood") {
  const NpyHeader header =
      parse_npy_header(npy(dictionary("<u4", "(7L,)"), "", 2) + "data behind", "a.npy");
  CHECK(header.type == ElementType::u32);
  CHECK(header.shape == std::vector<std::size_t>{7});
  CHECK(header.data_offset == 12 + dictionary("<u4", "(7L,)").size());
  CHECK(header.data_bytes() == 28);
  const std::string other = "{\"shape\":(2,3),\"descr\":\"<i8\",\"fortran_order\":False}  \n";
  CHECK(parse_npy_header(npy(other, "", 3), "a.npy").shape == std::vector<std::size_t>{2, 3});
  // A vector is the same in both orders.
  CHECK(parse_npy_header(npy(dictionary("|u1", "(3,)", "True"), ""), "a").cells() == 3);
}

TEST_CASE("elements become cells") {
  const Npy file;
  const std::string two_bytes("\x01\x00\xff\xff", 4);
  Memories narrow = file.read(npy(dictionary("<u2", "(2,)"), two_bytes));
  CHECK(narrow.element_type() == ElementType::u16);
  CHECK(narrow.cell_type() == CellType::u32);
  CHECK(values(narrow) == Rows{{1, 65535}});
  CHECK(values(file.read(npy(dictionary("|u1", "(2, 2)"), two_bytes))) == Rows{{1, 0}, {255, 255}});
  // Signed values are two's complement of their width.
  CHECK(values(file.read(npy(dictionary("<i4", "(1,)"), std::string(4, '\xff')))) ==
        Rows{{0xFFFFFFFF}});
  CHECK(values(file.read(npy(dictionary("<i8", "(1,)"), std::string(8, '\xff')))) ==
        Rows{{~Word{0}}});
}

TEST_CASE("narrow elements are written back as they were, unless they have grown") {
  const Npy file;
  Memories bytes = Memories::of(Rows{{1, 2, 255}}, ElementType::u8);
  CHECK(npy_type_for(bytes) == ElementType::u8);
  CHECK(file.written(bytes).size() == 128 + 3);
  bytes.row(0).store(1, 256);
  CHECK(npy_type_for(bytes) == ElementType::u32);
  CHECK(write_npy(bytes, file.scratch().path("c.npy")) == ElementType::u32);
  Memories again = read_npy(file.scratch().path("c.npy"));
  CHECK(again.element_type() == ElementType::u32);
  CHECK(values(again) == Rows{{1, 256, 255}});
  CHECK(npy_type_for(Memories::of(Rows{{65535}}, ElementType::u16)) == ElementType::u16);
  CHECK(npy_type_for(Memories::of(Rows{{65536}}, ElementType::u16)) == ElementType::u32);
}

TEST_CASE("arrays survive writing and reading, byte for byte") {
  const Npy file;
  CHECK(rc::check([&] {
    const auto type = *rc::gen::elementOf(all_types);
    const std::size_t rows = *rc::gen::inRange<std::size_t>(1, 5);
    // Now and then more than the buffer that widens elements.
    const std::size_t cells =
        *rc::gen::weightedOneOf<std::size_t>({{9, rc::gen::inRange<std::size_t>(1, 40)},
                                              {1, rc::gen::inRange<std::size_t>(8000, 40000)}});
    const auto seed = *rc::gen::arbitrary<std::uint64_t>();
    const bool flat = rows == 1 && seed % 2 == 0;
    Memories memories = flat ? Memories::vector(type, cells) : Memories::matrix(type, rows, cells);
    std::uint64_t state = seed;
    for (const MemoryView row : memories.rows()) {
      for (std::size_t cell = 0; cell < cells; ++cell) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        row.store(cell, state >> (64U - 8U * element_bytes(type)));
      }
    }
    const std::string bytes = file.written(memories);
    RC_ASSERT(bytes.size() == 128 + rows * cells * element_bytes(type));
    Memories again = file.read(bytes);
    RC_ASSERT(again.element_type() == type);
    RC_ASSERT(again.one_dimensional() == flat);
    RC_ASSERT(values(again) == values(memories));
    RC_ASSERT(file.written(again) == bytes);
  }));
}

TEST_CASE("narrow, signed, big-endian and Fortran-ordered arrays are converted") {
  const Npy file;
  const auto read = [&](const char* type, const char* shape, const std::string& data,
                        const char* fortran = "False") {
    return file.read(npy(dictionary(type, shape, fortran), data));
  };
  const Word minus_two = 0xfffffffe;  // of 32-bit cells
  CHECK(values(read("|i1", "(2,)", "\x05\xfe")) == Rows{{5, minus_two}});
  CHECK(values(read("<i2", "(2,)", std::string("\x05\x01\xfe\xff", 4))) == Rows{{261, minus_two}});
  CHECK(values(read(">i2", "(2,)", std::string("\x01\x05\xff\xfe", 4))) == Rows{{261, minus_two}});
  CHECK(values(read("|b1", "(3,)", std::string("\x00\x01\x01", 3))) == Rows{{0, 1, 1}});
  CHECK(values(read(">u4", "(1,)", "\x01\x02\x03\x04")) == Rows{{0x01020304}});
  CHECK(values(read(">i8", "(1,)", std::string(7, '\xff') + "\xfe")) == Rows{{~Word{1}}});
  CHECK(values(read("|u1", "(2, 3)", "abcdef", "True")) == Rows{{'a', 'c', 'e'}, {'b', 'd', 'f'}});
  CHECK(values(read(">u2", "(2, 2)", std::string("\0\1\0\2\0\3\0\4", 8), "True")) ==
        Rows{{1, 3}, {2, 4}});
  // Larger than a piece.
  std::string large;
  for (unsigned i = 0; i < 3 * 20000; ++i) {
    large += static_cast<char>(i % 251);
  }
  const Rows rows = values(read("|u1", "(3, 20000)", large, "True"));
  for (std::size_t cell = 0; cell < 20000; cell += 997) {
    CHECK(rows[2][cell] == (3 * cell + 2) % 251);
  }

  // Written as they were, or wider if a value has outgrown them.
  CHECK(npy_type_for(Memories::of(Rows{{127, 0xffffff80}}, ElementType::i8)) == ElementType::i8);
  CHECK(npy_type_for(Memories::of(Rows{{128}}, ElementType::i8)) == ElementType::i32);
  CHECK(npy_type_for(Memories::of(Rows{{0xffff7fff}}, ElementType::i16)) == ElementType::i32);
  CHECK(npy_type_for(Memories::of(Rows{{0, 1}}, ElementType::boolean)) == ElementType::boolean);
  CHECK(npy_type_for(Memories::of(Rows{{2}}, ElementType::boolean)) == ElementType::u32);

  // In place there is nothing to convert into.
  const auto in_place = [&](const std::string& bytes) {
    const std::string path = file.scratch().file("in-place.npy", bytes);
    return message_of(ErrorKind::data, [&] { (void)open_mapped(path); });
  };
  CHECK(contains(in_place(npy(dictionary(">i8", "(1,)"), std::string(8, '\1'))),
                 "big-endian elements cannot be run on in place; convert the array, "
                 "numpy.save(FILE, a.astype('<i8', order='C'))"));
  CHECK(contains(in_place(npy(dictionary("<u4", "(2, 1)", "True"), std::string(8, '\1'))),
                 "a.astype('<u4', order='C')"));
  CHECK(contains(in_place(npy(dictionary("<i2", "(1,)"), "ab")), "a.astype('<i4')"));
}

TEST_CASE("arrays that cannot be memories are refused") {
  const Npy file;
  const auto refusal = [&](const std::string& dict) { return file.refusal(npy(dict, "")); };
  CHECK(contains(refusal(dictionary("<f8", "(1,)")), "'<f8' cannot be memory cells"));
  CHECK(contains(refusal(dictionary("<f4", "(1,)")), "assert (b == a).all()"));
  CHECK(contains(refusal(dictionary("<M8[ns]", "(1,)")), "a.astype('<i8')"));
  CHECK(contains(refusal(dictionary("|O", "(1,)")), "'|O'"));
  CHECK(contains(refusal(dictionary("", "(1,)")), "cannot be memory cells"));
  CHECK(contains(refusal("{'descr': [('a', '<u8')], 'fortran_order': False, 'shape': (1,), }"),
                 "structured"));
  CHECK(contains(refusal(dictionary("<u8", "(2, 2, 2)")), "more than 2 dimensions"));
  CHECK(contains(refusal(dictionary("<u8", "()")), "no dimension"));
  CHECK(contains(refusal(dictionary("<u8", "(0,)")), "empty"));
  CHECK(contains(refusal(dictionary("<u8", "(4294967296, 4294967296)")), "more elements"));
  CHECK(contains(refusal(dictionary("<u8", "(2305843009213693952,)")), "more elements"));
  CHECK(contains(refusal(dictionary("<u8", "(18446744073709551616,)")), "whole numbers"));
  CHECK(contains(refusal(dictionary("<u8", "(-1,)")), "whole numbers"));
}

TEST_CASE("malformed arrays are refused with the byte") {
  const Npy file;
  const std::string good = npy(dictionary("<u8", "(2,)"), std::string(16, '\1'));
  CHECK(values(file.read(good)).size() == 1);
  CHECK(contains(file.refusal("1 2 3"), "byte 0: not a .npy file"));
  CHECK(contains(file.refusal(npy(dictionary("<u8", "(2,)"), "", 4)), "byte 6: version 4.0"));
  CHECK(contains(file.refusal(std::string("\x93NUMPY\x02\x00\xff\xff\xff\x7f", 12)),
                 "byte 8: the header is said to have 2147483647 bytes"));
  CHECK(contains(file.refusal(good.substr(0, 40)), "byte 40: the header is truncated"));
  CHECK(contains(file.refusal(good.substr(0, good.size() - 1)), "truncated"));
  CHECK(contains(file.refusal(good + "x"), "announces 16 bytes of data, but 17 follow"));
  CHECK(contains(file.refusal(npy(dictionary("<u8", "(1000000000000,)"), "")), "truncated"));
  CHECK(contains(file.refusal(npy("{'descr': '<u8', 'shape': (2,), }", "")), "must all be given"));
  CHECK(contains(file.refusal(npy("{'descr': '<u8', 'descr': '<u8'}", "")), "there twice"));
  CHECK(contains(file.refusal(npy(dictionary("<u8", "(2,)", "Maybe"), "")), "True or False"));
  CHECK(contains(file.refusal(npy(dictionary("<u8", "(2,)") + "}", "")), "nothing but blanks"));
  CHECK(contains(file.refusal(npy("{'descr", "")), "not closed"));
}

TEST_CASE("damaged arrays are refused or read, never trusted") {
  const Npy file;
  const std::string good = npy(dictionary("<u2", "(3, 2)"), "abcdefghijkl");
  CHECK(maltreat(good, 2000, [&](const std::string& bytes) { (void)file.read(bytes); }) == 0);
}

TEST_CASE("arrays of different lengths cannot be written") {
  const Npy file;
  const Memories ragged = Memories::of(Rows{{1}, {2, 3}}, ElementType::u64);
  CHECK(contains(
      message_of(ErrorKind::usage, [&] { write_npy(ragged, file.scratch().path("x.npy")); }),
      "different lengths"));
  CHECK(file.scratch().files() == 0);
}

TEST_CASE("arrays are run on in place") {
  const Npy file;
  const std::string path = file.scratch().path("big.npy");
  write_npy(Memories::of(Rows{{1, 2}, {3, 4}}, ElementType::i64), path);
  {
    MappedMemory mapped = open_mapped(path);
    CHECK(mapped.header().rows() == 2);
    CHECK(mapped.rows()[1].load(0) == 3);
    mapped.rows()[1].store(0, 99);
    mapped.flush();
  }
  CHECK(values(read_npy(path)) == Rows{{1, 2}, {99, 4}});
  CHECK(read_npy_header(path).data_offset == 128);

  write_npy(Memories::of(Rows{{1, 2}}, ElementType::u32), path);
  CHECK(open_mapped(path, MappedRegion::Access::read_only).rows()[0].type() == CellType::u32);

  write_npy(Memories::of(Rows{{1, 2}}, ElementType::u8), path);
  CHECK(contains(message_of(ErrorKind::data, [&] { (void)open_mapped(path); }),
                 "uint8 are narrower than memory cells"));
  const std::string crooked =
      file.scratch().file("c.npy", npy(dictionary("<u8", "(1,)"), std::string(8, '\0')));
  CHECK(contains(message_of(ErrorKind::data, [&] { (void)open_mapped(crooked); }),
                 "not a multiple of 8"));
  const std::string cut = file.scratch().file("d.npy", slurp(path).substr(0, 100));
  CHECK(is_refused([&] { (void)open_mapped(cut); }));
}

TEST_CASE("one door for arrays and text") {
  const Npy file;
  const Memories memories = Memories::of(Rows{{1, 2}, {3, 4}}, ElementType::u16);
  const std::string array = file.scratch().path("m.npy");
  const std::string text = file.scratch().path("m.txt");
  write_memories(memories, array);
  write_memories(memories, text);
  CHECK(slurp(text) == "1 2\n3 4\n");
  CHECK(read_memories(array).element_type() == ElementType::u16);
  CHECK(values(read_memories(text)) == values(memories));
  // An array is known by its content too, and a name that promises one is believed.
  const std::string disguised = file.scratch().file("m.dat", slurp(array));
  CHECK(values(read_memories(disguised)) == values(memories));
  const std::string liar = file.scratch().file("liar.npy", "1 2 3\n");
  CHECK(
      contains(message_of(ErrorKind::data, [&] { (void)read_memories(liar); }), "not a .npy file"));
}
