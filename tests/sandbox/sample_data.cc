#include "tests/sandbox/sample_data.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "tests/sandbox/provider_embedder.h"
#include "tests/sandbox/provider_encoding.h"

namespace reembed::sandbox {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kInstructions = 500;
constexpr std::size_t kDefaultEvery = 25;  // 20 of 500

struct Question {
  const char* id;
  const char* text;
  const char* sql;
};

constexpr std::array<Question, 12> kQuestions = {{
    {"ctx-1", "How much revenue did we make last month?",
     "SELECT SUM(total) FROM orders WHERE ordered_at >= date_trunc('month', now()) - '1 month'"},
    {"ctx/2", "Which ten customers bought the most this year?",
     "SELECT customer_id, SUM(total) FROM orders GROUP BY 1 ORDER BY 2 DESC LIMIT 10"},
    {"ctx 3", "List the products that are out of stock",
     "SELECT name FROM products WHERE stock = 0"},
    {"ctx+4", "What is the average order value by region?",
     "SELECT region, AVG(total) FROM orders JOIN customers USING (customer_id) GROUP BY region"},
    {"ctx\"5\"", "Show the orders that were shipped late",
     "SELECT * FROM orders WHERE shipped_at > promised_at"},
    {"ctx'6'", "How many new customers signed up per week?",
     "SELECT date_trunc('week', created_at), COUNT(*) FROM customers GROUP BY 1"},
    {"größe-7", "Wie viele Bestellungen kamen aus Österreich?",
     "SELECT COUNT(*) FROM orders WHERE country = 'AT'"},
    {"文脈-8", "先月の売上はいくらですか", "SELECT SUM(total) FROM orders WHERE month = '2026-10'"},
    {"ctx%2F9", "Which suppliers delivered fewer than five times?",
     "SELECT supplier_id FROM deliveries GROUP BY 1 HAVING COUNT(*) < 5"},
    {"a/b c+d?e=f&g#10", "What share of orders is returned?",
     "SELECT AVG(CASE WHEN returned THEN 1.0 ELSE 0 END) FROM orders"},
    {"ctx-11", "Compare sales of \"tea\" and \"coffee\" 🍵 by quarter",
     "SELECT quarter, category, SUM(total) FROM sales GROUP BY 1, 2"},
    {"ctx-12", "Who approved the largest refund?\nInclude the date.",
     "SELECT approved_by, refunded_at FROM refunds ORDER BY amount DESC LIMIT 1"},
}};

constexpr std::array<const char*, 10> kSubjects = {
    "sales data", "customer accounts", "open invoices", "stock levels",  "supplier deliveries",
    "refunds",    "website visits",    "staff shifts",  "subscriptions", "support tickets"};
constexpr std::array<const char*, 5> kOccasions = {
    "When querying", "If the question concerns", "When joining other tables with",
    "When the user asks for totals of", "Before filtering"};
constexpr std::array<const char*, 10> kRules = {
    "Always filter by last 12 months",
    "Leave out rows whose status is 'cancelled'",
    "Convert every amount to EUR with the rate of the booking date",
    "Group by region unless the user names another key",
    "Use the view v_current, never the raw table",
    "Count distinct customer_id, not rows",
    "Treat NULL in closed_at as still open",
    "Round money to 2 decimals and percentages to 1",
    "Compare dates in UTC",
    "Limit the answer to 1000 rows"};
constexpr std::array<const char*, 4> kReasons = {
    "because reports are read by month", "as finance does", "so that numbers match the dashboard",
    "unless told otherwise"};

struct Table {
  const char* id;
  const char* description;
};

constexpr std::array<Table, 3> kTables = {{
    {"orders", "One row per order: customer, total in cents, dates of order and shipping"},
    {"customers", "One row per customer: name, region, country, day of registration"},
    {"products", "One row per article: name, category, price, units in stock"},
}};

// A document with its vector as the last key. The shortest spelling of each component keeps the
// lines as small as a client would have sent them.
std::string Line(const ordered_json& document, const std::string& field, std::string_view text,
                 int dimensions) {
  std::string line = document.dump();
  line.pop_back();
  line += "," + JsonString(field) + ":";
  AppendJsonArray(
      SandboxVector({.model = kSampleModel, .task_type = "", .dimensions = dimensions}, text),
      line);
  return line + "}\n";
}

ordered_json Field(const char* name, const char* type) {
  return {{"name", name}, {"type", type}};
}

std::string Schema(const std::string& name, std::vector<ordered_json> fields,
                   const std::string& vector, int dimensions) {
  fields.push_back({{"name", vector}, {"type", "float[]"}, {"num_dim", dimensions}});
  return ordered_json{{"name", name}, {"fields", fields}}.dump();
}

// Values that lose something in a careless round trip.
ordered_json Awkward(std::size_t i) {
  return {{"author", {{"name", "Zoë Ångström"}, {"team", "BI / Analytics"}}},
          {"reviewed", i % 3 == 0},
          {"score", static_cast<double>(i) + 0.5},
          {"weight", 1.0},
          {"tiny", 1e-7},
          {"serial", std::int64_t{9007199254740993} + static_cast<std::int64_t>(i)},
          {"previous", nullptr},
          {"tags", {"sql", "größer", ""}}};
}

SampleCollection ContextStores(int dimensions) {
  const std::string vector = "prompt_embedding";
  SampleCollection sample{.name = "context_stores", .schema = {}, .documents = {}};
  sample.schema = Schema(
      sample.name,
      {Field("prompt_text", "string"), Field("sql", "string"), Field("db_connection_id", "string")},
      vector, dimensions);
  for (std::size_t i = 0; i < kQuestions.size(); ++i) {
    const Question& question = kQuestions[i];
    const ordered_json document{{"id", question.id},
                                {"prompt_text", question.text},
                                {"sql", question.sql},
                                {"db_connection_id", "warehouse"},
                                {"metadata", Awkward(i)}};
    sample.documents += Line(document, vector, question.text, dimensions);
  }
  return sample;
}

// Some ids in the long collection as well, so that batches mix them.
std::string InstructionId(std::size_t i) {
  if (i % 50 == 7) return "rule/" + std::to_string(i) + " +ü";
  return "instruction-" + std::to_string(i);
}

// 500 different pairs: subject and occasion count up together with the rule and its reason.
ordered_json Instruction(std::size_t i) {
  const std::string condition = std::string(kOccasions[i / 10 % 5]) + " " + kSubjects[i % 10];
  const std::string rules = std::string(kRules[i / 50]) + " " + kReasons[i % 4];
  return {{"id", InstructionId(i)},
          {"condition", condition},
          {"rules", rules},
          {"is_default", i % kDefaultEvery == 0},
          {"db_connection_id", i % 2 == 0 ? "warehouse" : "shop"},
          {"created_at", 1767225600 + static_cast<std::int64_t>(i) * 3600},
          {"metadata", Awkward(i)}};
}

SampleCollection Instructions(int dimensions) {
  const std::string vector = "instruction_embedding";
  SampleCollection sample{.name = "instructions", .schema = {}, .documents = {}};
  sample.schema =
      Schema(sample.name,
             {Field("condition", "string"), Field("rules", "string"), Field("is_default", "bool"),
              Field("db_connection_id", "string"), Field("created_at", "int64")},
             vector, dimensions);
  for (std::size_t i = 0; i < kInstructions; ++i) {
    const ordered_json document = Instruction(i);
    const std::string text = document.at("condition").get<std::string>() + ", " +
                             document.at("rules").get<std::string>();
    sample.documents += Line(document, vector, text, dimensions);
  }
  return sample;
}

SampleCollection TableDescriptions(int dimensions) {
  const std::string vector = "table_embedding";
  SampleCollection sample{.name = "table_descriptions", .schema = {}, .documents = {}};
  sample.schema =
      Schema(sample.name, {Field("table_name", "string"), Field("description", "string")}, vector,
             dimensions);
  for (const Table& table : kTables) {
    const ordered_json document{{"id", table.id},
                                {"table_name", table.id},
                                {"description", table.description},
                                {"columns", ordered_json::array({Field("id", "bigint")})}};
    sample.documents += Line(document, vector, table.description, dimensions);
  }
  return sample;
}

}  // namespace

std::vector<SampleCollection> MakeSampleData(int dimensions) {
  return {ContextStores(dimensions), Instructions(dimensions), TableDescriptions(dimensions)};
}

}  // namespace reembed::sandbox
