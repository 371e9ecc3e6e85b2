reembed_library(
  sandbox_provider
  SOURCES fault_proxy.cc
          fault_wire.cc
          provider_core.cc
          provider_damage.cc
          provider_embedder.cc
          provider_encoding.cc
          provider_faults.cc
          provider_gemini.cc
          provider_gemini_request.cc
          provider_history.cc
          provider_openai.cc
          provider_openai_request.cc
          provider_options.cc
          provider_quota.cc
          provider_server.cc
  LINKS sandbox_typesense reembed_base nlohmann_json::nlohmann_json PkgConfig::httplib
        Threads::Threads)

reembed_library(
  sandbox
  SOURCES sample_data.cc sandbox.cc sandbox_options.cc
  LINKS sandbox_typesense sandbox_provider reembed_base CLI11::CLI11)

add_executable(reembed-sandbox sandbox_main.cc)
target_link_libraries(reembed-sandbox PRIVATE reembed_options sandbox)

reembed_test(
  sandbox_provider_tests
  SOURCES fault_proxy_test.cc
          provider_embedder_test.cc
          provider_encoding_test.cc
          provider_faults_test.cc
          provider_gemini_test.cc
          provider_modes_test.cc
          provider_openai_test.cc
          provider_quota_test.cc
          provider_server_test.cc
          provider_test_support.cc
          sample_data_test.cc
          sandbox_main_test.cc
          sandbox_options_test.cc
  LINKS sandbox)
target_compile_definitions(sandbox_provider_tests
                           PRIVATE REEMBED_SANDBOX="$<TARGET_FILE:reembed-sandbox>")
add_dependencies(sandbox_provider_tests reembed-sandbox)
