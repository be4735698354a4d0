# firesteel_together(TARGET "FOLDERS" "SOURCES"): compiles ten files of a folder at a time, where it has many small
# ones that read the same large headers.
function(firesteel_together target folders sources)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  # A class of one file may hold what that file keeps to itself: it is included once.
  target_compile_options(${target} PRIVATE -Wno-subobject-linkage)
  foreach(folder IN LISTS folders)
    set(members ${sources})
    list(FILTER members INCLUDE REGEX "^${CMAKE_SOURCE_DIR}/${folder}/")
    set(previous "")
    foreach(member IN LISTS members)
      get_filename_component(place ${member} DIRECTORY)
      if(NOT place STREQUAL previous)
        set(count 0)
        set(previous ${place})
      endif()
      math(EXPR part "${count} / 10")
      math(EXPR count "${count} + 1")
      file(RELATIVE_PATH group ${CMAKE_SOURCE_DIR} ${place})
      string(REPLACE "/" "_" group "${group}_${part}")
      set_source_files_properties(${member} PROPERTIES UNITY_GROUP ${group})
    endforeach()
  endforeach()
endfunction()

# firesteel_room(NAME SOURCES FOLDER [TOGETHER FOLDER...] [EXCLUDE FILE...] [USES LIBRARY...])
# makes the OBJECT library firesteel_NAME of all *.cc below FOLDER; nothing if there are none. Headers of a used
# library are visible to the room alone; what links the room gets the library itself.
# TOGETHER names folders whose files are compiled ten at a time (firesteel_together).
set(FIRESTEEL_ROOMS "" CACHE STRING "Only these rooms, like 'core;sync' (to work on one while another doesn't compile)")
function(firesteel_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "SOURCES" "TOGETHER;EXCLUDE;USES")
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${room_SOURCES}/*.cc)
  list(TRANSFORM room_EXCLUDE PREPEND ${CMAKE_SOURCE_DIR}/)
  list(REMOVE_ITEM sources ${room_EXCLUDE} "")
  if(NOT sources OR (FIRESTEEL_ROOMS AND NOT name IN_LIST FIRESTEEL_ROOMS))
    return()
  endif()
  add_library(firesteel_${name} OBJECT ${sources})
  target_link_libraries(firesteel_${name} PUBLIC firesteel_flags lib_json)
  if(room_TOGETHER AND FIRESTEEL_TOGETHER)
    firesteel_together(firesteel_${name} "${room_TOGETHER}" "${sources}")
  endif()
  foreach(used IN LISTS room_USES)
    target_link_libraries(firesteel_${name} PRIVATE lib_${used})
    get_target_property(linked lib_${used} INTERFACE_LINK_LIBRARIES)
    if(linked)
      target_link_libraries(firesteel_${name} INTERFACE ${linked})
    endif()
  endforeach()
  # Own loops (backend/kernels/isa.h): files for one instruction set say so in their name. Only these may fuse
  # multiplications with additions. Beware of inline functions from headers in them: the linker may keep their wide
  # copy for everybody.
  foreach(source IN LISTS sources)
    set(wide -mavx2 -mfma -mf16c -ffp-contract=fast)
    set(loops -fno-trapping-math)  # else a comparison keeps a loop from becoming vector code
    if(source MATCHES "_avx2\\.cc$")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${loops};${wide}")
    elseif(source MATCHES "_avx512\\.cc$")
      set_source_files_properties(${source} PROPERTIES
        COMPILE_OPTIONS "${loops};${wide};-mavx512f;-mavx512bw;-mavx512dq;-mavx512vl;-mprefer-vector-width=512")
    elseif(source MATCHES "_sse41\\.cc$")
      set_source_files_properties(${source} PROPERTIES COMPILE_OPTIONS "${loops}")
    endif()
  endforeach()
endfunction()

# firesteel_link(TARGET ROOM...): the rooms that exist become part of the target.
function(firesteel_link target)
  target_link_libraries(${target} PRIVATE firesteel_flags lib_json)
  foreach(room IN LISTS ARGN)
    if(TARGET firesteel_${room})
      target_link_libraries(${target} PRIVATE firesteel_${room})
    endif()
  endforeach()
endfunction()

# Settings of everything that leaves this machine: finds its libraries beside itself, carries its own libstdc++ and
# shows none of its symbols. libgcc stays shared: GCC 12's static unwinder needs glibc 2.35, and oneDNN brings
# libgcc_s.so.1 into the process anyway.
function(firesteel_shipped target rpath)
  set_target_properties(${target} PROPERTIES BUILD_WITH_INSTALL_RPATH ON INSTALL_RPATH "${rpath}"
    INSTALL_RPATH_USE_LINK_PATH OFF)
  if(NOT FIRESTEEL_SANITIZE)
    target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/tools/cmake/old_glibc.cc)
    target_link_options(${target} PRIVATE -static-libstdc++ -shared-libgcc
      -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,--no-undefined
      -Wl,--version-script=${CMAKE_SOURCE_DIR}/tools/cmake/exports.map)
    set_property(TARGET ${target} APPEND PROPERTY LINK_DEPENDS ${CMAKE_SOURCE_DIR}/tools/cmake/exports.map)
  endif()
endfunction()
