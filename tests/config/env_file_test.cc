#include <random>
#include <string>

#include "reembed/core/config_sources.h"
#include "tests/support/catch2.h"

namespace reembed {
namespace {

Variables Read(const std::string& text) {
  return ParseEnvFile({".env", text}).variables;
}

std::vector<std::string> ProblemsIn(const std::string& text) {
  return ParseEnvFile({".env", text}).problems;
}

TEST_CASE("env file: reads assignments, with export and with blanks around") {
  CHECK(Read("A=1\nexport B=2\n  C = 3  \nexport\tD=4") ==
        Variables{{"A", "1"}, {"B", "2"}, {"C", "3"}, {"D", "4"}});
}

TEST_CASE("env file: a name may begin with export") {
  CHECK(Read("exported=1\nexport=2") == Variables{{"exported", "1"}, {"export", "2"}});
}

TEST_CASE("env file: skips blank lines and comments") {
  CHECK(Read("\n# A=1\n   # B=2\nC=3 # said here\nD=x#y\nE= # nothing") ==
        Variables{{"C", "3"}, {"D", "x#y"}, {"E", ""}});
}

TEST_CASE("env file: quotes keep blanks and signs") {
  CHECK(Read(R"(A=" x # y " # z)") == Variables{{"A", " x # y "}});
  CHECK(Read(R"(A='it is "so" \n')") == Variables{{"A", R"(it is "so" \n)"}});
  CHECK(Read(R"(A="a\"b\\c\nd\te\$f\q")") == Variables{{"A", "a\"b\\c\nd\te$f\\q"}});
  CHECK(Read("A=\"\"\nB=''") == Variables{{"A", ""}, {"B", ""}});
}

TEST_CASE("env file: the value may hold equals signs") {
  CHECK(Read("A=b=c==") == Variables{{"A", "b=c=="}});
}

TEST_CASE("env file: accepts Windows line ends and a byte order mark") {
  CHECK(Read("\xEF\xBB\xBF"
             "A=1\r\nB=2\r\n") == Variables{{"A", "1"}, {"B", "2"}});
}

TEST_CASE("env file: the last of two assignments counts, as in a shell") {
  CHECK(Read("A=1\nA=2") == Variables{{"A", "2"}});
}

TEST_CASE("env file: names file and line of what it cannot read") {
  CHECK(ProblemsIn("A=1\nhunter2") == std::vector<std::string>{".env:2: expected KEY=value"});
  CHECK(ProblemsIn("2A=1").front() ==
        ".env:1: the name before '=' must consist of letters, digits and '_', no digit first");
  CHECK(ProblemsIn("MY-KEY=1").size() == 1);
  CHECK(ProblemsIn("=1").size() == 1);
  CHECK(ProblemsIn("A B=1").size() == 1);
  CHECK(ProblemsIn("A=\"hunter2").front() == ".env:1: A: the closing quote is missing");
  CHECK(ProblemsIn("A='hunter2' x").front() == ".env:1: A: there is text after the closing quote");
  CHECK(ProblemsIn("A=\xFF").front() == ".env:1: the line is not valid UTF-8 text");
  CHECK(ProblemsIn(std::string("A=\0b", 4)).size() == 1);
}

TEST_CASE("env file: reads on after a bad line") {
  const EnvFile file = ParseEnvFile({".env", "bad\nA=1\nworse"});
  CHECK(file.variables == Variables{{"A", "1"}});
  CHECK(file.problems.size() == 2);
}

TEST_CASE("env file: does not flood the terminal") {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "bad\n";
  CHECK(ProblemsIn(text).size() == 11);
  CHECK(ProblemsIn(text).back() == ".env: too many bad lines, the rest was not read");
}

TEST_CASE("env file: any bytes are read or refused, and no value is shown") {
  std::mt19937 random(20260101);
  const std::string alphabet = std::string("AZ_09=#'\"\\ \t\r\n$.") + '\0' + "\x7F\x80\xC3\xFF";
  std::uniform_int_distribution<std::size_t> pick(0, alphabet.size() - 1);
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    for (int i = 0; i < round % 60; ++i) text += alphabet[pick(random)];
    std::string line = "K=\"hunter2" + text + "\nhunter2" + text;
    for (const std::string& problem : ProblemsIn(line)) {
      CHECK(problem.find("hunter2") == std::string::npos);
      CHECK(problem.rfind(".env:", 0) == 0);
    }
  }
}

}  // namespace
}  // namespace reembed
