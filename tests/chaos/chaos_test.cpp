#include "chaos/child.hpp"
#include "chaos/run.hpp"

int main(int argc, char** argv) {
  chaos::set_binary(CLAWBACK_BINARY);
  return chaos::play(argc, argv, 100, "build/dev/chaos");
}
