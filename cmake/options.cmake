set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(CLAWBACK_TESTS "Build the tests" ON)
option(CLAWBACK_BENCH "Build the benchmarks" OFF)
set(CLAWBACK_SANITIZE "" CACHE STRING "Value of -fsanitize= for everything that is built here")
option(CLAWBACK_PACKAGE "Make a Debian package with cpack" OFF)
option(CLAWBACK_FUZZ "Build the fuzz targets" OFF)
option(CLAWBACK_COVERAGE "Instrument for llvm-cov" OFF)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(clawback_options INTERFACE)
target_compile_options(clawback_options INTERFACE
  -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wswitch-enum -fno-omit-frame-pointer -fstack-protector-strong
  # Debian's toml++ spells its literal operators with a space that Clang 19 finds old-fashioned.
  -Wno-deprecated-literal-operator
  # Members are initialised in place, so a designated initialiser names only what differs.
  -Wno-missing-designated-field-initializers)
target_compile_definitions(clawback_options INTERFACE
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
  CLAWBACK_VERSION="${PROJECT_VERSION}" _GLIBCXX_ASSERTIONS)
target_link_options(clawback_options INTERFACE -fuse-ld=lld)
target_include_directories(clawback_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
if(CLAWBACK_SANITIZE)
  target_compile_options(clawback_options INTERFACE -fsanitize=${CLAWBACK_SANITIZE}
    -fno-sanitize-recover=all)
  target_link_options(clawback_options INTERFACE -fsanitize=${CLAWBACK_SANITIZE})
endif()
if(CLAWBACK_COVERAGE)
  target_compile_options(clawback_options INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(clawback_options INTERFACE -fprofile-instr-generate)
endif()
