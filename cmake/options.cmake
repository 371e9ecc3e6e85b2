# One interface target carries what every target of ours needs; linked PRIVATE, so that neither
# warnings nor sanitizers leak to a user of the libraries.
option(REEMBED_WERROR "Treat warnings as errors" OFF)
set(REEMBED_SANITIZE "" CACHE STRING "Value for -fsanitize= (address,undefined or thread)")

option(REEMBED_FUZZ "Build the fuzz targets of tests/fuzz (clang only)" OFF)

set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(reembed_options INTERFACE)
target_compile_features(reembed_options INTERFACE cxx_std_20)
target_include_directories(reembed_options INTERFACE ${PROJECT_SOURCE_DIR}/include
                                                     ${PROJECT_SOURCE_DIR})
target_compile_options(
  reembed_options
  INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
            -Wold-style-cast $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety>
            $<$<BOOL:${REEMBED_WERROR}>:-Werror>)
target_compile_definitions(reembed_options INTERFACE REEMBED_VERSION="${PROJECT_VERSION}")
if(REEMBED_SANITIZE)
  target_compile_options(reembed_options INTERFACE -fsanitize=${REEMBED_SANITIZE}
                                                   -fno-sanitize-recover=all
                                                   -fno-omit-frame-pointer)
  # GCC's documentation: sanitizers lead to false reports of this one (std::regex of GCC 12).
  target_compile_options(
    reembed_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(reembed_options INTERFACE -fsanitize=${REEMBED_SANITIZE})
endif()

if(REEMBED_FUZZ)
  # Counts what was reached in every object, so that the fuzzer can tell new inputs from old ones.
  target_compile_options(reembed_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# reembed_library(NAME SOURCES … LINKS …): a static library of one folder.
function(reembed_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC ${ARG_LINKS} PRIVATE reembed_options)
endfunction()
