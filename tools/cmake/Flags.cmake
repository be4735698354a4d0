# Compiler settings, all on the interface library firesteel_flags.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_SKIP_BUILD_RPATH OFF)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)

set(FIRESTEEL_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=: 'address,undefined' or 'thread'")
set(FIRESTEEL_DIST "${CMAKE_BINARY_DIR}/dist" CACHE PATH "Where the finished binaries go")
option(FIRESTEEL_TESTS "Build the tests" ON)
option(FIRESTEEL_TOGETHER "Compile small files together: a whole build takes half the time, a small change longer" ON)
option(FIRESTEEL_FUZZ "Build tests/*/fuzz_*.cc with libFuzzer (clang)" OFF)
# A warning of a compiler we don't test with must not stop a user's build.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  set(werror_default ON)
else()
  set(werror_default OFF)
endif()
option(FIRESTEEL_WERROR "Warnings are errors" ${werror_default})

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(firesteel_flags INTERFACE)
target_include_directories(firesteel_flags INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_definitions(firesteel_flags INTERFACE FIRESTEEL_VERSION="${PROJECT_VERSION}")
target_compile_options(firesteel_flags INTERFACE
  -Wall -Wextra -Wno-missing-field-initializers  # designated initializers leave the rest at its default
  -msse4.1                  # the floor; wider code is chosen at run time, in backend/ only
  -ffp-contract=off         # the same numbers whatever the compiler fuses
  -ffunction-sections -fdata-sections
  $<$<BOOL:${FIRESTEEL_WERROR}>:-Werror>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)  # false alarms on std::string in GCC 12 (its bug 105651)

find_package(Threads REQUIRED)
target_link_libraries(firesteel_flags INTERFACE Threads::Threads ${CMAKE_DL_LIBS})

if(FIRESTEEL_SANITIZE)
  target_compile_options(firesteel_flags INTERFACE
    -fsanitize=${FIRESTEEL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(firesteel_flags INTERFACE -fsanitize=${FIRESTEEL_SANITIZE})
endif()
if(FIRESTEEL_FUZZ)
  target_compile_options(firesteel_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
