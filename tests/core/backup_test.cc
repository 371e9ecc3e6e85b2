#include "reembed/core/backup.h"

#include <bit>
#include <cmath>
#include <nlohmann/json.hpp>
#include <random>

#include "reembed/core/vectors.h"
#include "tests/support/catch2.h"

using namespace reembed;

namespace {

StoredField FieldOf(const std::string& value) {
  StoredField field;
  REQUIRE(ReadStoredField("{\"vec\":" + value + "}", "vec", false, field).ok());
  return field;
}

struct RoundTrip {
  BackupKind kind;
  std::string json;
};

RoundTrip Through(const std::string& value) {
  const FieldBackup backup = EncodeBackup(FieldOf(value));
  const auto back = DecodeBackup(backup, 1);
  REQUIRE(back.ok());
  return {backup.kind, back->json};
}

// What the server stores of a text and prints again: its JSON library is this one.
std::string Exported(const std::string& json) {
  return nlohmann::json::parse(json).dump();
}

std::string Joined(const std::vector<std::string>& tokens) {
  std::string json = "[";
  for (const std::string& token : tokens) json += (json.size() > 1 ? "," : "") + token;
  return json + "]";
}

double AnyDouble(std::mt19937_64& random) {
  for (;;) {
    const auto number = std::bit_cast<double>(random());
    if (std::isfinite(number)) return number;
  }
}

float AnyFloat(std::mt19937_64& random) {
  for (;;) {
    const auto number = std::bit_cast<float>(static_cast<std::uint32_t>(random()));
    if (std::isfinite(number)) return number;
  }
}

std::string Print(const char* format, double number) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, number);
  return text.data();
}

std::string Shortest(float number) {
  std::string json;
  AppendVectorJson(json, Embedding{number});
  return json.substr(1, json.size() - 2);
}

// One number in one of the spellings that turn up in documents.
std::string AnyToken(std::mt19937_64& random) {
  switch (random() % 9) {
    case 0:
      return Shortest(AnyFloat(random));
    case 1:
      return Print("%.17g", AnyDouble(random));
    case 2:
      return Exported(Print("%.17e", static_cast<double>(AnyFloat(random))));
    case 3:
      return std::to_string(static_cast<std::int64_t>(random()) >> (random() % 64));
    case 4:
      return std::to_string(random());  // up to 2^64
    case 5:
      return std::to_string(random()) + std::to_string(random());
    case 6:
      return "-0.0";
    case 7:
      return Print("%.17g", std::bit_cast<double>(random() >> 13));  // denormal
    default:
      return Print("%.3E", static_cast<double>(AnyFloat(random)));
  }
}

}  // namespace

TEST_CASE("backup: a vector in float32's shortest form is kept as float32") {
  const FieldBackup backup = EncodeBackup(FieldOf("[0.25,-1,1e-07,-0.0]"));
  CHECK(backup.kind == BackupKind::kFloat32);
  CHECK(backup.blob.size() == 16);
  CHECK(backup.blob.substr(0, 8) == std::string("\0\0\x80\x3e\0\0\x80\xbf", 8));
  CHECK(DecodeBackup(backup, 1)->json == "[0.25,-1,1e-07,-0.0]");
}

TEST_CASE("backup: float32 also where the server spells the same number otherwise") {
  // Its printer is not always shortest.
  CHECK(Through("[0.025443729000000002,1]").kind == BackupKind::kFloat32);
  CHECK(Through("[0.025443729000000002,1]").json == "[0.025443729,1]");
  CHECK(Through("[2.5e-01, 1.0E+30]").kind == BackupKind::kFloat32);
  CHECK(Through("[]").kind == BackupKind::kFloat32);
}

TEST_CASE("backup: float64 where float32 would mean other numbers or turn 1.0 into 1") {
  CHECK(Through("[0.1,1.0]").kind == BackupKind::kFloat64);
  CHECK(Through("[0.1,1.0]").json == "[0.1,1.0]");
  CHECK(Through("[0.10000000149011612]").json == "[0.10000000149011612]");
  CHECK(Through("[100000.0]").json == "[100000.0]");
  CHECK(Through("[-0.0,0.1234567891]").json == "[-0.0,0.1234567891]");
  CHECK(Through("[1e+39]").kind == BackupKind::kFloat64);
  CHECK(Through("[5e-324]").kind == BackupKind::kFloat64);
}

TEST_CASE("backup: a mixture is kept as text") {
  for (const std::string value : {"[1,0.10000000149011612]", "[16777217]", "[12345678901234567890]",
                                  "[1,1.0]", "[9007199254740993]", "[-0]"}) {
    CHECK(Through(value).kind == BackupKind::kText);
    CHECK(Through(value).json == value);
  }
}

TEST_CASE("backup: integers that are the same double stay apart") {
  CHECK(Through("[9007199254740992,9007199254740993]").json ==
        "[9007199254740992,9007199254740993]");
  CHECK(Through("[18446744073709551615]").json == "[18446744073709551615]");
}

TEST_CASE("backup: null, other values and absent ones") {
  CHECK(EncodeBackup(FieldOf("null")) == FieldBackup{BackupKind::kNull, ""});
  CHECK(Through("null").json == "null");
  CHECK(Through(R"({"a":[1, 2]})").kind == BackupKind::kText);
  CHECK(Through(R"({"a":[1, 2]})").json == R"({"a":[1, 2]})");
  CHECK(Through(R"("text")").json == R"("text")");
  const FieldBackup absent = EncodeBackup(StoredField{});
  CHECK(absent == FieldBackup{BackupKind::kAbsent, std::string(1, '\0')});
  CHECK(DecodeBackup(absent, 1)->json == "null");
}

TEST_CASE("backup: nested, the level to set") {
  StoredField field;
  for (std::size_t level = 0; level < 3; ++level) {
    const std::string document =
        std::array<std::string, 3>{R"({"x":1})", R"({"a":{}})", R"({"a":{"b":{}}})"}.at(level);
    REQUIRE(ReadStoredField(document, "a.b.vec", true, field).ok());
    const auto value = DecodeBackup(EncodeBackup(field), 3);
    REQUIRE(value.ok());
    CHECK(value->json == "null");
    CHECK(value->levels == level);
  }
  CHECK(DecodeBackup(EncodeBackup(FieldOf("[1]")), 3)->levels == 2);
  CHECK(DecodeBackup(EncodeBackup(FieldOf("null")), 3)->levels == 2);
  CHECK(DecodeBackup(EncodeBackup(FieldOf("5")), 2)->levels == 1);
}

TEST_CASE("backup: a damaged one is refused") {
  const std::string infinite("\0\0\x80\x7f", 4);
  for (const FieldBackup& backup :
       {FieldBackup{BackupKind::kAbsent, ""}, FieldBackup{BackupKind::kAbsent, "\x02"},
        FieldBackup{BackupKind::kAbsent, std::string(2, '\0')}, FieldBackup{BackupKind::kNull, "x"},
        FieldBackup{BackupKind::kFloat32, "abc"}, FieldBackup{BackupKind::kFloat32, infinite},
        FieldBackup{BackupKind::kFloat64, "abcd"}, FieldBackup{BackupKind::kText, ""},
        FieldBackup{BackupKind::kText, "{"}, FieldBackup{static_cast<BackupKind>(9), "1"}}) {
    const auto value = DecodeBackup(backup, 2);
    REQUIRE_FALSE(value.ok());
    CHECK(value.error().kind == ErrorKind::kRefused);
  }
}

TEST_CASE("backup: a field whose text and vector differ is kept as its text") {
  const StoredField field{.kind = FieldKind::kVector, .json = "[1,2,x]", .vector = {1.0F, 2.0F}};
  CHECK(EncodeBackup(field).kind == BackupKind::kText);
  CHECK(EncodeBackup({.kind = FieldKind::kVector, .json = "[1]", .vector = {1.0F, 2.0F}}).kind ==
        BackupKind::kText);
}

TEST_CASE("backup: random float32 vectors in shortest form are float32 and come back as bytes") {
  std::mt19937_64 random(1);
  for (int round = 0; round < 50; ++round) {
    Embedding vector;
    while (vector.size() < 100) vector.push_back(AnyFloat(random));
    std::string json;
    AppendVectorJson(json, vector);
    const RoundTrip through = Through(json);
    CHECK(through.kind == BackupKind::kFloat32);
    CHECK(through.json == json);
    // Also as the server prints them.
    const RoundTrip again = Through(Exported(json));
    CHECK(again.kind == BackupKind::kFloat32);
    CHECK(Exported(again.json) == Exported(json));
  }
}

TEST_CASE("backup: random vectors of one spelling export as before, kinds as expected") {
  std::mt19937_64 random(2);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::string> widened, doubles, integers;
    for (int i = 0; i < 60; ++i) {
      widened.push_back(Exported(Print("%.17e", static_cast<double>(AnyFloat(random)))));
      doubles.push_back(Exported(Print("%.16e", AnyDouble(random))));
      integers.push_back(std::to_string(static_cast<int>(random() % 2000) - 1000));
    }
    const RoundTrip wide = Through(Joined(widened));
    CHECK(wide.kind == BackupKind::kFloat64);
    CHECK(Exported(wide.json) == Joined(widened));
    const RoundTrip full = Through(Joined(doubles));
    CHECK(full.kind == BackupKind::kFloat64);
    CHECK(Exported(full.json) == Joined(doubles));
    const RoundTrip whole = Through(Joined(integers));
    CHECK(whole.kind == BackupKind::kFloat32);
    CHECK(whole.json == Joined(integers));
  }
}

TEST_CASE("backup: any mixture of spellings exports as before") {
  std::mt19937_64 random(3);
  std::array<int, 5> kinds{};
  for (int round = 0; round < 4000; ++round) {
    std::vector<std::string> tokens(random() % 5);
    for (std::string& token : tokens) token = AnyToken(random);
    const std::string json = Joined(tokens);
    const RoundTrip through = Through(json);
    ++kinds.at(static_cast<std::size_t>(through.kind));
    INFO(json << " came back as " << through.json);
    const auto before = nlohmann::json::parse(json);
    const auto after = nlohmann::json::parse(through.json);
    REQUIRE(before.size() == after.size());
    for (std::size_t i = 0; i < before.size(); ++i) {
      REQUIRE(before[i].type() == after[i].type());
      REQUIRE(std::bit_cast<std::uint64_t>(before[i].get<double>()) ==
              std::bit_cast<std::uint64_t>(after[i].get<double>()));
    }
    REQUIRE(before.dump() == after.dump());
  }
  // Each form was used.
  CHECK(kinds[2] > 100);
  CHECK(kinds[3] > 100);
  CHECK(kinds[4] > 100);
}
