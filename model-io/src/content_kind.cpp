#include "content_kind.hpp"

#include "input_file.hpp"
#include "lines.hpp"
#include "npy_header.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include <nram/engine/error.hpp>
#include <nram/model-io/file_kind.hpp>
#include <nram/model-io/model_file.hpp>

namespace nram {
namespace {

using namespace std::string_view_literals;

constexpr Content model{ContentKind::model, "a model",
                        "`nram export` makes a program of it, `nram run`, `eval` and `inspect` "
                        "take it as it is"};
constexpr Content program{ContentKind::program, "a program",
                          "`nram run`, `eval`, `inspect` and `export --to object` take it"};
constexpr Content examples{ContentKind::examples, "a file of examples",
                           "`nram train`, `eval` and `export` take it as --examples"};
constexpr Content array{ContentKind::array, "an array (.npy)",
                        "`nram run PROGRAM` takes it as the input"};
constexpr Content training_log{ContentKind::foreign, "a log of `nram train --log`", ""};
constexpr Content checkpoint{
    ContentKind::checkpoint, "a checkpoint of a search",
    "`nram train --resume` with the same settings and -o goes on from MODEL.checkpoint"};

struct Signature {
  std::string_view bytes;
  std::string_view name;
  std::string_view advice;
};

constexpr std::array<Signature, 21> signatures{{
    {"PK\x03\x04"sv, "a zip archive (as .npz and PyTorch's .pt are)",
     "of an .npz, save each array with numpy.save as a .npy; of a .pt, save the tensors as "
     "safetensors"},
    {"PK\x05\x06"sv, "an empty zip archive", ""},
    {"\x1f\x8b"sv, "compressed with gzip", "unpack it with gunzip"},
    {"BZh"sv, "compressed with bzip2", "unpack it with bunzip2"},
    {"\xFD"
     "7zXZ"sv,
     "compressed with xz", "unpack it with unxz"},
    {"\x28\xB5\x2F\xFD"sv, "compressed with zstd", "unpack it with unzstd"},
    {"\x89HDF"sv, "an HDF5 file", "save the array with numpy.save as a .npy"},
    {"\x80\x02"sv, "a Python pickle", "save the array with numpy.save as a .npy"},
    {"\x80\x03"sv, "a Python pickle", "save the array with numpy.save as a .npy"},
    {"\x80\x04"sv, "a Python pickle", "save the array with numpy.save as a .npy"},
    {"\x7F"
     "ELF"sv,
     "an object file or an executable", ""},
    {"\xFF\xFE"sv, "a text in UTF-16", "save it as UTF-8"},
    {"\xFE\xFF"sv, "a text in UTF-16", "save it as UTF-8"},
    {"%PDF"sv, "a PDF", ""},
    {"PAR1"sv, "a Parquet file", "save the columns with numpy.save as a .npy, or as CSV"},
    {"SQLite format 3"sv, "an SQLite database", "save the table as CSV"},
    {"\x89PNG"sv, "a picture (PNG)", ""},
    {"\xFF\xD8\xFF"sv, "a picture (JPEG)", ""},
    {"<!DOCTYPE"sv, "a web page", "was a download answered by one?"},
    {"<!doctype"sv, "a web page", "was a download answered by one?"},
    {"<html"sv, "a web page", "was a download answered by one?"},
}};

// The length of the header, then the header, which is a JSON object.
bool begins_as_safetensors(std::string_view head) {
  std::uint64_t length = 0;
  if (head.size() <= sizeof length) {
    return false;
  }
  std::memcpy(&length, head.data(), sizeof length);
  return length <= max_model_header_bytes && head[sizeof length] == '{';
}

// nram's checkpoints are CBOR maps with this among their first keys.
bool begins_as_checkpoint(std::string_view head) {
  constexpr std::string_view early_key = "attempts-done";
  constexpr std::size_t beginning = 64;
  constexpr unsigned map_of_few = 0xA0;
  constexpr unsigned type_mask = 0xE0;
  return !head.empty() && (static_cast<unsigned char>(head.front()) & type_mask) == map_of_few &&
         head.substr(0, beginning).find(early_key) != std::string_view::npos;
}

}  // namespace

Content content_of(std::string_view head) {
  if (head.starts_with(npy_magic)) {
    return array;
  }
  // Before the others: its first bytes are a number, which may look like a signature.
  if (begins_as_safetensors(head)) {
    return model;
  }
  for (const Signature& signature : signatures) {
    if (head.starts_with(signature.bytes)) {
      return {ContentKind::foreign, signature.name, signature.advice};
    }
  }
  if (begins_as_checkpoint(head)) {
    return checkpoint;
  }
  if (head.starts_with(byte_order_mark)) {
    head.remove_prefix(byte_order_mark.size());
  }
  const std::size_t start = head.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos || head[start] != '{') {
    return {};
  }
  const auto has = [&](std::string_view text) { return head.find(text) != std::string_view::npos; };
  if (has("\"nram-program\"")) {
    return program;
  }
  if (has("\"attempt\"") && has("\"arm\"") && has("\"seconds\"")) {
    return training_log;
  }
  return has("\"memory\"") ? examples : Content{};
}

void require_content(InputFile& file, std::initializer_list<ContentKind> wanted,
                     std::string_view what) {
  const Content content = content_of(file.peek(head_size));
  const bool fits = content.kind == ContentKind::unknown ||
                    std::find(wanted.begin(), wanted.end(), content.kind) != wanted.end();
  if (!fits) {
    throw Error(ErrorKind::data,
                fmt::format("{}: this is {}, not {}{}{}", file.name(), content.name, what,
                            content.advice.empty() ? "" : "; ", content.advice));
  }
}

std::string_view name_of_content(const std::string& path) {
  InputFile file(path);
  return content_of(file.peek(head_size)).name;
}

}  // namespace nram
