# Makes of the parts of the explorer's page a C++ source with the page before and behind its data:
#   cmake -DPARTS=DIR -DSCRIPTS=NAME;... -DOUTPUT=FILE -P assemble.cmake
# Style and script are allowed by their hashes, so that nothing else in the page can run.

function(to_base64 result hex)
  set(digits "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  set(text "")
  string(LENGTH "${hex}" length)
  math(EXPR last "${length} - 1")
  foreach(at RANGE 0 ${last} 6) # three bytes are four characters
    string(SUBSTRING "${hex}00" ${at} 6 bytes)
    math(EXPR number "0x${bytes}")
    foreach(shift IN ITEMS 18 12 6 0)
      math(EXPR digit "(${number} >> ${shift}) & 63")
      string(SUBSTRING "${digits}" ${digit} 1 character)
      string(APPEND text "${character}")
    endforeach()
  endforeach()
  string(LENGTH "${text}" length) # SHA-256 has 32 bytes: one short of a multiple of three
  math(EXPR length "${length} - 1")
  string(SUBSTRING "${text}" 0 ${length} text)
  set(${result} "${text}=" PARENT_SCOPE)
endfunction()

function(hash_of result text)
  string(SHA256 hex "${text}")
  to_base64(base64 "${hex}")
  set(${result} "sha256-${base64}" PARENT_SCOPE)
endfunction()

file(READ "${PARTS}/page.html" page)
file(READ "${PARTS}/style.css" style)
set(script "")
foreach(name IN LISTS SCRIPTS)
  file(READ "${PARTS}/${name}" part)
  string(APPEND script "${part}")
endforeach()
hash_of(style_hash "${style}")
hash_of(script_hash "${script}")
foreach(name IN ITEMS style_hash script_hash style script)
  string(FIND "${page}" "@${name}@" at)
  if(at EQUAL -1)
    message(FATAL_ERROR "page.html has no @${name}@")
  endif()
  string(REPLACE "@${name}@" "${${name}}" page "${page}")
endforeach()
string(FIND "${page}" "@data@" at)
if(at EQUAL -1)
  message(FATAL_ERROR "page.html has no @data@")
endif()
string(SUBSTRING "${page}" 0 ${at} before)
math(EXPR at "${at} + 6")
string(SUBSTRING "${page}" ${at} -1 behind)
set(source "// Made by assemble.cmake.

#include \"explorer/page_parts.hpp\"

namespace nram::explorer {

const std::string_view page_before_data = R\"NRAM_PAGE(${before})NRAM_PAGE\";
const std::string_view page_behind_data = R\"NRAM_PAGE(${behind})NRAM_PAGE\";

}  // namespace nram::explorer
")
file(WRITE "${OUTPUT}" "${source}")
