#include "src/io/typesense/nodes.h"

#include "tests/support/catch2.h"

namespace reembed {
namespace {

const SteadyTime kStart = SteadyTime{} + Seconds(1'000);

TEST_CASE("nodes: healthy nodes take turns") {
  NodeChooser chooser(3, false, Seconds(60));
  CHECK(chooser.Next(kStart) == 0);
  CHECK(chooser.Next(kStart) == 1);
  CHECK(chooser.Next(kStart) == 2);
  CHECK(chooser.Next(kStart) == 0);
}

TEST_CASE("nodes: an unhealthy node is passed over until it is due") {
  NodeChooser chooser(3, false, Seconds(60));
  chooser.Mark(1, false, kStart);
  CHECK(chooser.Next(kStart) == 0);
  CHECK(chooser.Next(kStart + Seconds(60)) == 2);
  CHECK(chooser.Next(kStart + Seconds(60)) == 0);
  CHECK(chooser.Next(kStart + Seconds(61)) == 1);
}

TEST_CASE("nodes: when all are unhealthy the next one is tried anyway") {
  NodeChooser chooser(2, false, Seconds(60));
  chooser.Mark(0, false, kStart);
  chooser.Mark(1, false, kStart);
  CHECK(chooser.Next(kStart) == 0);
  CHECK(chooser.Next(kStart) == 1);
  CHECK(chooser.Next(kStart) == 0);
}

TEST_CASE("nodes: the nearest node is asked while it is healthy") {
  NodeChooser chooser(2, true, Seconds(60));
  CHECK(chooser.Next(kStart) == 2);
  CHECK(chooser.Next(kStart) == 2);
}

TEST_CASE("nodes: an unhealthy nearest node yields to the others until it is due") {
  NodeChooser chooser(2, true, Seconds(60));
  chooser.Mark(2, false, kStart);
  CHECK(chooser.Next(kStart + Seconds(1)) == 0);
  CHECK(chooser.Next(kStart + Seconds(60)) == 1);
  CHECK(chooser.Next(kStart + Seconds(61)) == 2);
}

TEST_CASE("nodes: a node that answers again is healthy at once") {
  NodeChooser chooser(1, true, Seconds(60));
  chooser.Mark(1, false, kStart);
  CHECK(chooser.Next(kStart) == 0);
  chooser.Mark(1, true, kStart);
  CHECK(chooser.Next(kStart) == 1);
}

TEST_CASE("nodes: host and port of a URL") {
  CHECK(HostPort("http://localhost:8108") == "localhost:8108");
  CHECK(HostPort("https://ts.example") == "ts.example:443");
  CHECK(HostPort("http://ts.example/base?x") == "ts.example:80");
  CHECK(HostPort("http://user:secret@ts.example:81/") == "ts.example:81");
  CHECK(HostPort("http://[::1]") == "[::1]:80");
  CHECK(HostPort("http://[::1]:8108") == "[::1]:8108");
}

}  // namespace
}  // namespace reembed
