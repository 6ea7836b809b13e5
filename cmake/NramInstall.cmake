# `cmake --install`: libraries, headers under include/nram/, the command, a config package.

include(CMakePackageConfigHelpers)

set(nram_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/nram)

install(TARGETS nram-engine nram-model-io nram-trainer EXPORT nramTargets)
foreach(part IN ITEMS engine model-io trainer)
  install(DIRECTORY ${part}/include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endforeach()
if(NRAM_BUILD_CLI)
  install(TARGETS nram-cli RUNTIME)
endif()
install(EXPORT nramTargets NAMESPACE nram:: DESTINATION ${nram_cmake_dir})

configure_package_config_file(cmake/nramConfig.cmake.in nramConfig.cmake
                              INSTALL_DESTINATION ${nram_cmake_dir})
write_basic_package_version_file(nramConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/nramConfig.cmake ${PROJECT_BINARY_DIR}/nramConfigVersion.cmake
        DESTINATION ${nram_cmake_dir})
