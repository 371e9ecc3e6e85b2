# The doubles in their quickest form, for measurements.
reembed_library(
  sandbox_sink
  SOURCES sink_answers.cc sink_connection.cc sink_data.cc sink_server.cc sink_text.cc
  LINKS reembed_base Threads::Threads)

add_executable(reembed-sink sink_main.cc)
target_link_libraries(reembed-sink PRIVATE reembed_options sandbox_sink CLI11::CLI11)

reembed_test(
  sandbox_sink_tests
  SOURCES sink_answers_test.cc sink_run_test.cc ../e2e/process.cc
  LINKS sandbox_sink PkgConfig::httplib)
target_compile_definitions(sandbox_sink_tests PRIVATE REEMBED_PROGRAM="$<TARGET_FILE:reembed>")
add_dependencies(sandbox_sink_tests reembed)
