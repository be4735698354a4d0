# cmake -DFROM=... -DTO=... -P copy_package.cmake: mirrors a Python package; files that are gone from FROM go from TO.
file(GLOB_RECURSE old RELATIVE ${TO} ${TO}/*.py ${TO}/*.pyi ${TO}/*.json)
foreach(file IN LISTS old)
  if(NOT EXISTS ${FROM}/${file})
    file(REMOVE ${TO}/${file})
  endif()
endforeach()
file(COPY ${FROM}/ DESTINATION ${TO} PATTERN __pycache__ EXCLUDE PATTERN "*.pyc" EXCLUDE PATTERN "*.so" EXCLUDE)
