# Writes a C++ source that holds text files as functions, so that the program needs no file beside
# it. Run as a script: cmake -DOUTPUT=… -DHEADER=… -DENTRIES="Function=path;…" -P embed_text.cmake
file(WRITE ${OUTPUT}.new "#include \"${HEADER}\"\n\nnamespace reembed {\n")
foreach(entry IN LISTS ENTRIES)
  string(REGEX MATCH "^([^=]+)=(.*)$" _ "${entry}")
  file(READ "${CMAKE_MATCH_2}" text)
  file(APPEND ${OUTPUT}.new
       "\nstd::string_view ${CMAKE_MATCH_1}() {\n  return R\"embedded(${text})embedded\";\n}\n")
endforeach()
file(APPEND ${OUTPUT}.new "\n}  // namespace reembed\n")
file(RENAME ${OUTPUT}.new ${OUTPUT})
