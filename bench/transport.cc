#include "transport.h"

#include <curl/curl.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "src/io/typesense/import_lines.h"
#include "src/io/typesense/search_query.h"

namespace reembed::bench {
namespace {

constexpr long kReceiveBytes = 64 << 10;
constexpr long kSendBytes = 512 << 10;
constexpr const char* kCollection = "documents";

// Kept as any client must; nothing looks at it.
std::size_t Take(const char* bytes, std::size_t size, std::size_t count, void* body) {
  static_cast<std::string*>(body)->append(bytes, size * count);
  return size * count;
}

std::size_t Drop(const char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

// How many parts of that size it takes.
std::size_t Parts(std::size_t documents, std::size_t size) {
  return (documents + size - 1) / size;
}

std::string PageBody(std::size_t documents) {
  SearchQuery query{.collection = kCollection, .fields = {"title", "text"}};
  query.filter_by = "id:[";
  for (std::size_t i = 0; i < documents; ++i) query.filter_by += "`d" + std::to_string(i) + "`,";
  query.filter_by.back() = ']';
  return MultiSearchBody({&query, 1});
}

std::string EmbedBody(const sandbox::SinkData& data, std::size_t documents) {
  std::string body = R"({"model":"text-embedding-3-small","input":[)";
  for (std::size_t i = 0; i < documents; ++i) {
    body += i == 0 ? "\"" : ",\"";
    data.AppendSentText(body, i);
    body += '"';
  }
  return body + R"(],"encoding_format":"base64"})";
}

std::string ImportBody(const sandbox::SinkData& data, std::size_t documents) {
  const ImportLines lines("vec", false);
  std::string body;
  for (std::size_t i = 0; i < documents; ++i) {
    lines.Append(body, "d" + std::to_string(i), data.NewVector(i));
  }
  return body;
}

}  // namespace

// One connection.
class Transport::Slot {
 public:
  explicit Slot(const std::string& key) : handle_(curl_easy_init(), curl_easy_cleanup) {
    curl_slist* list = curl_slist_append(nullptr, ("X-TYPESENSE-API-KEY: " + key).c_str());
    list = curl_slist_append(list, "Content-Type: application/json");
    list = curl_slist_append(list, "Expect:");
    headers_.reset(list);
    Set(CURLOPT_HTTPHEADER, list);
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_BUFFERSIZE, kReceiveBytes);
    Set(CURLOPT_UPLOAD_BUFFERSIZE, kSendBytes);
    Set(CURLOPT_WRITEDATA, &body_);
  }

  void Send(const Call& call, bool keep) {
    body_.clear();
    Set(CURLOPT_WRITEFUNCTION, keep ? &Take : &Drop);
    Set(CURLOPT_URL, call.url.c_str());
    if (call.body.empty()) {
      Set(CURLOPT_HTTPGET, 1L);
    } else {
      Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
      Set(CURLOPT_POSTFIELDS, call.body.c_str());
    }
    long status = 0;
    const CURLcode code = curl_easy_perform(handle_.get());
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && status == 200) return;
    throw std::runtime_error(call.url + ": " + curl_easy_strerror(code) + ", status " +
                             std::to_string(status));
  }

 private:
  template <typename T>
  void Set(CURLoption option, T value) {
    curl_easy_setopt(handle_.get(), option, value);
  }

  std::unique_ptr<CURL, void (*)(CURL*)> handle_;
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers_{nullptr, curl_slist_free_all};
  std::string body_;
};

Transport::Transport(const TransportSpec& spec, const sandbox::SinkData& data,
                     const Variables& variables)
    : spec_(spec), key_(variables.at("TYPESENSE_API_KEY")) {
  const std::string store =
      "http://" + variables.at("TYPESENSE_HOST") + ":" + variables.at("TYPESENSE_PORT");
  const std::string documents = store + "/collections/" + kCollection + "/documents/";
  page_ = {store + "/multi_search", PageBody(std::min(spec.per_page, spec.documents))};
  embed_ = {variables.at("OPENAI_BASE_URL") + "/embeddings",
            EmbedBody(data, std::min(spec.per_embed, spec.documents))};
  import_ = {documents + "import?action=update&dirty_values=reject",
             ImportBody(data, std::min(spec.per_import, spec.documents))};
  scan_ = {documents + "export?include_fields=id%2Ctitle%2Ctext%2Cvec", ""};
}

// Each slot takes every so-manieth batch of texts, and with it the pages and imports that fall due.
void Transport::Work(std::size_t slot) const {
  Slot store(key_);
  Slot provider(key_);
  const std::size_t batches = Parts(spec_.documents, spec_.per_embed);
  const auto due = [this](std::size_t batch, std::size_t size) {
    return Parts(std::min(spec_.documents, batch * spec_.per_embed), size);
  };
  for (std::size_t batch = slot; batch < batches; batch += spec_.slots) {
    for (auto i = due(batch, spec_.per_page); i < due(batch + 1, spec_.per_page); ++i) {
      store.Send(page_, true);
    }
    provider.Send(embed_, true);
    for (auto i = due(batch, spec_.per_import); i < due(batch + 1, spec_.per_import); ++i) {
      store.Send(import_, true);
    }
  }
}

Cost Transport::Run() const {
  const double wall = WallSeconds();
  const double cpu = ProcessSeconds();
  const auto scan = [this](std::size_t times) {
    Slot store(key_);
    for (std::size_t i = 0; i < times; ++i) store.Send(scan_, false);
  };
  scan(spec_.scans - spec_.scans / 2);
  std::vector<std::exception_ptr> thrown(spec_.slots);
  {
    std::vector<std::jthread> slots;
    for (std::size_t i = 0; i < spec_.slots; ++i) {
      slots.emplace_back([this, i, &thrown] {
        try {
          Work(i);
        } catch (...) {
          thrown[i] = std::current_exception();
        }
      });
    }
  }
  for (const std::exception_ptr& error : thrown) {
    if (error) std::rethrow_exception(error);
  }
  scan(spec_.scans / 2);
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return {WallSeconds() - wall, ProcessSeconds() - cpu, used.ru_maxrss};
}

}  // namespace reembed::bench
