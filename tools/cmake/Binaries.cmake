# What is built into FIRESTEEL_DIST: bin/firesteel, lib/libfiresteel.so (JNI), python/firesteel/, examples/.
set(shared_libraries ${ONEDNN_ROOT}/lib/libdnnl.so.3 ${ONEDNN_ROOT}/lib/libgomp.so.1)
add_custom_command(OUTPUT ${FIRESTEEL_DIST}/lib/libdnnl.so.3 ${FIRESTEEL_DIST}/lib/libgomp.so.1
  COMMAND ${CMAKE_COMMAND} -E make_directory ${FIRESTEEL_DIST}/lib
  COMMAND ${CMAKE_COMMAND} -E copy ${shared_libraries} ${FIRESTEEL_DIST}/lib
  DEPENDS ${shared_libraries}
  COMMENT "Copying oneDNN and libgomp")
add_custom_target(firesteel_libraries ALL
  DEPENDS ${FIRESTEEL_DIST}/lib/libdnnl.so.3 ${FIRESTEEL_DIST}/lib/libgomp.so.1)

# ---- what plugins are compiled with: nothing else of ours

set(plugin_headers)
file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/plugin/*.h ${CMAKE_SOURCE_DIR}/plugin/*.hpp)
foreach(header IN LISTS headers)
  get_filename_component(name ${header} NAME)
  foreach(folder include python/firesteel/include)
    set(copy ${FIRESTEEL_DIST}/${folder}/firesteel/${name})
    add_custom_command(OUTPUT ${copy} COMMAND ${CMAKE_COMMAND} -E copy ${header} ${copy} DEPENDS ${header})
    list(APPEND plugin_headers ${copy})
  endforeach()
endforeach()
add_custom_target(firesteel_plugin_headers ALL DEPENDS ${plugin_headers})

file(GLOB plugins CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/examples/plugin/*.cc)
foreach(plugin IN LISTS plugins)
  get_filename_component(stem ${plugin} NAME_WE)
  add_library(plugin_${stem} MODULE ${plugin})
  target_include_directories(plugin_${stem} PRIVATE ${FIRESTEEL_DIST}/include)
  target_compile_options(plugin_${stem} PRIVATE -O2 -Wall -Wextra $<$<BOOL:${FIRESTEEL_WERROR}>:-Werror>)
  add_dependencies(plugin_${stem} firesteel_plugin_headers)
  set_target_properties(plugin_${stem} PROPERTIES PREFIX "" OUTPUT_NAME ${stem}
    LIBRARY_OUTPUT_DIRECTORY ${FIRESTEEL_DIST}/examples)
endforeach()

# ---- the command

if(EXISTS ${CMAKE_SOURCE_DIR}/cli/main.cc)
  add_executable(firesteel ${CMAKE_SOURCE_DIR}/cli/main.cc)
  firesteel_link(firesteel ${engine} launch cli)
  if(TARGET firesteel_cli)
    target_link_libraries(firesteel PRIVATE lib_cli11)
  endif()
  firesteel_shipped(firesteel "$ORIGIN/../lib")
  set_target_properties(firesteel PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${FIRESTEEL_DIST}/bin)
endif()

# ---- the JVM's library

if(TARGET firesteel_jni)
  if(NOT JNI_INCLUDE_DIR)
    message(FATAL_ERROR "jni.h not found: set JAVA_HOME to a JDK")
  endif()
  add_library(firesteel_jvm SHARED ${CMAKE_SOURCE_DIR}/tools/cmake/old_glibc.cc)
  firesteel_link(firesteel_jvm ${engine} launch jni)
  firesteel_shipped(firesteel_jvm "$ORIGIN")
  set_target_properties(firesteel_jvm PROPERTIES OUTPUT_NAME firesteel
    LIBRARY_OUTPUT_DIRECTORY ${FIRESTEEL_DIST}/lib)
endif()

# ---- the Python module: one stable-ABI file for Python 3.10 and newer, run by the nanobind-backend package

file(GLOB_RECURSE python_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/python/src/*.cc)
if(python_sources)
  find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module)
  execute_process(COMMAND ${Python_EXECUTABLE} -m nanobind --cmake_dir
    OUTPUT_VARIABLE nanobind_dir OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE nanobind_missing)
  if(nanobind_missing)
    message(FATAL_ERROR "${Python_EXECUTABLE} has no nanobind: run ./dev setup, or set Python_EXECUTABLE")
  endif()
  find_package(nanobind CONFIG REQUIRED PATHS ${nanobind_dir} NO_DEFAULT_PATH)

  set(package ${FIRESTEEL_DIST}/python/firesteel)
  nanobind_add_module(firesteel_python STABLE_ABI NOMINSIZE NOSTRIP NB_SUPPRESS_WARNINGS
    BACKEND_MODULE nanobind_backend ${python_sources})
  firesteel_link(firesteel_python ${engine})
  firesteel_shipped(firesteel_python "$ORIGIN")
  target_link_options(firesteel_python PRIVATE -Wl,-z,undefs)  # Python's own symbols come from the interpreter
  set_target_properties(firesteel_python PROPERTIES OUTPUT_NAME _core LIBRARY_OUTPUT_DIRECTORY ${package})

  # The package beside the module: copied, not linked, so that the folder can be taken elsewhere as it is.
  file(GLOB_RECURSE package_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/python/firesteel/*)
  list(FILTER package_files EXCLUDE REGEX "__pycache__|\\.pyc$|\\.so$")
  set(stamp ${CMAKE_BINARY_DIR}/python-package.stamp)
  add_custom_command(OUTPUT ${stamp}
    COMMAND ${CMAKE_COMMAND} -DFROM=${CMAKE_SOURCE_DIR}/python/firesteel -DTO=${package}
      -P ${CMAKE_SOURCE_DIR}/tools/cmake/copy_package.cmake
    COMMAND ${CMAKE_COMMAND} -E copy_if_different ${shared_libraries} ${package}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${package_files} ${shared_libraries}
    COMMENT "Copying the Python package")
  add_custom_target(firesteel_python_package ALL DEPENDS ${stamp})
  add_dependencies(firesteel_python_package firesteel_python)
endif()

# ---- examples: one file, one program

file(GLOB examples CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/examples/*.cc)
foreach(example IN LISTS examples)
  get_filename_component(stem ${example} NAME_WE)
  add_executable(example_${stem} ${example})
  firesteel_link(example_${stem} ${engine} launch)
  firesteel_shipped(example_${stem} "$ORIGIN/../lib")
  set_target_properties(example_${stem} PROPERTIES OUTPUT_NAME ${stem}
    RUNTIME_OUTPUT_DIRECTORY ${FIRESTEEL_DIST}/examples)
endforeach()
