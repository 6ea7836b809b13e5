#pragma once

#include <string_view>

namespace nram::explorer {

// The explorer's page without its data, put together from page.html, style.css and the scripts when
// nram is built.

extern const std::string_view page_before_data;
extern const std::string_view page_behind_data;

}  // namespace nram::explorer
