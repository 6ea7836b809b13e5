# What every target of the project has in common: language, warnings, sanitizers.

function(nram_configure_target target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    # GCC 12 sees overlapping copies in "text" + std::string() (its bug 105651).
    target_compile_options(${target} PRIVATE -Wno-restrict)
  endif()
  # What sanitizers put into the code makes GCC see uninitialised values in other people's headers.
  if(NRAM_WERROR AND NOT NRAM_SANITIZE)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(NRAM_SANITIZE)
    # Without what is slow to compile and finds nothing else: null pointers and objects that are gone
    # end with a message of AddressSanitizer anyway.
    target_compile_options(${target} PRIVATE -fsanitize=${NRAM_SANITIZE} -fno-sanitize=null,object-size,vptr
                                             -fno-omit-frame-pointer -fno-sanitize-recover=all)
    # dlopen is called by the sanitizer's library then, to which a program's RUNPATH means nothing;
    # its RPATH does.
    target_link_options(${target} PUBLIC -fsanitize=${NRAM_SANITIZE} LINKER:--disable-new-dtags)
  endif()
endfunction()

# Most of the time of compiling goes into headers, the sanitizers' instrumentation of these included.
function(nram_compile_together target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ${NRAM_UNITY} UNITY_BUILD_BATCH_SIZE 16)
endfunction()

# nram_add_library(NAME engine SOURCES ...): the library nram-<NAME>, alias nram::<NAME>, with its
# public headers in include/nram/<NAME>/ beside its CMakeLists.txt.
function(nram_add_library)
  cmake_parse_arguments(ARG "" "NAME" "SOURCES" ${ARGN})
  set(target nram-${ARG_NAME})
  add_library(${target} ${ARG_SOURCES})
  add_library(nram::${ARG_NAME} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${ARG_NAME} POSITION_INDEPENDENT_CODE ON)
  target_include_directories(
    ${target}
    PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
    PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  nram_configure_target(${target})
  nram_compile_together(${target})
endfunction()
