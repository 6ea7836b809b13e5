#include "storage/cbor.hpp"

#include <fmt/format.h>

#include <nram/engine/error.hpp>

namespace nram {
namespace {

using Json = nlohmann::json;

constexpr unsigned max_depth = 16;

// Reads without building anything, and stops where nesting gets too deep.
class DepthCheck final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool key(string_t& /*value*/) override { return true; }
  bool start_object(std::size_t /*elements*/) override { return enter(); }
  bool start_array(std::size_t /*elements*/) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  // Whatever else is wrong is for the parser that follows to say.
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::detail::exception& /*error*/) override {
    return false;
  }

  [[nodiscard]] bool too_deep() const { return depth_ > max_depth; }

 private:
  bool enter() { return ++depth_ <= max_depth; }
  bool leave() {
    --depth_;
    return true;
  }

  unsigned depth_ = 0;
};

}  // namespace

Json parse_cbor(const std::vector<std::uint8_t>& bytes) {
  DepthCheck check;
  (void)Json::sax_parse(bytes, &check, Json::input_format_t::cbor);
  if (check.too_deep()) {
    throw Error(ErrorKind::data,
                fmt::format("saved state is nested more than {} deep: it is damaged", max_depth));
  }
  return Json::from_cbor(bytes);
}

}  // namespace nram
