# Other people's libraries as imported targets lib_<name>; a room asks for them with USES <name>.
find_package(nlohmann_json 3.10 REQUIRED)
find_package(ZLIB REQUIRED)

add_library(lib_json INTERFACE)
target_include_directories(lib_json SYSTEM INTERFACE
  $<TARGET_PROPERTY:nlohmann_json::nlohmann_json,INTERFACE_INCLUDE_DIRECTORIES>)

add_library(lib_zlib INTERFACE)  # the shared one: every Linux has it, and Debian's archive is not PIC
target_link_libraries(lib_zlib INTERFACE ZLIB::ZLIB)

# OpenSSL's AES-GCM, linked in: a cluster's machines may have another OpenSSL, or none.
find_path(CRYPTO_INCLUDE_DIR openssl/evp.h REQUIRED)
find_library(CRYPTO_ARCHIVE libcrypto.a REQUIRED)
add_library(lib_crypto INTERFACE)
target_include_directories(lib_crypto SYSTEM INTERFACE ${CRYPTO_INCLUDE_DIR})
target_link_libraries(lib_crypto INTERFACE ${CRYPTO_ARCHIVE} Threads::Threads ${CMAKE_DL_LIBS})

find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)
add_library(lib_cli11 INTERFACE)
target_include_directories(lib_cli11 SYSTEM INTERFACE ${CLI11_INCLUDE_DIR})

# oneDNN from bytedeco's Maven archive, unpacked by ./dev setup; it brings the libgomp we ship and run on.
set(ONEDNN_ROOT "$ENV{HOME}/.cache/firesteel/onednn" CACHE PATH "Prefix with oneDNN's include and lib folders")
foreach(file include/oneapi/dnnl/dnnl.hpp lib/libdnnl.so.3 lib/libgomp.so.1)
  if(NOT EXISTS ${ONEDNN_ROOT}/${file})
    message(FATAL_ERROR "${ONEDNN_ROOT}/${file} is missing: run ./dev setup, or set ONEDNN_ROOT")
  endif()
endforeach()
add_library(lib_onednn INTERFACE)
target_include_directories(lib_onednn SYSTEM INTERFACE ${ONEDNN_ROOT}/include)
target_link_libraries(lib_onednn INTERFACE ${ONEDNN_ROOT}/lib/libdnnl.so.3)

# Our parallel_for runs on the same OpenMP runtime as oneDNN's kernels. Clang gets its pragmas from libomp when that
# is installed (a second runtime: good enough for checks, never shipped).
add_library(lib_openmp INTERFACE)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  target_compile_options(lib_openmp INTERFACE -fopenmp)
  target_link_libraries(lib_openmp INTERFACE ${ONEDNN_ROOT}/lib/libgomp.so.1)
else()
  find_package(OpenMP COMPONENTS CXX)
  if(OpenMP_CXX_FOUND)
    target_link_libraries(lib_openmp INTERFACE OpenMP::OpenMP_CXX)
  else()
    target_compile_options(lib_openmp INTERFACE -Wno-unknown-pragmas -Wno-source-uses-openmp)
    target_link_libraries(lib_openmp INTERFACE ${ONEDNN_ROOT}/lib/libgomp.so.1)
  endif()
endif()

find_path(JNI_INCLUDE_DIR jni.h HINTS $ENV{JAVA_HOME}/include
  PATHS /usr/lib/jvm/java-17-openjdk-amd64/include /usr/lib/jvm/default-java/include)
add_library(lib_jni INTERFACE)
if(JNI_INCLUDE_DIR)
  target_include_directories(lib_jni SYSTEM INTERFACE ${JNI_INCLUDE_DIR} ${JNI_INCLUDE_DIR}/linux)
endif()
