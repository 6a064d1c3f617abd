// The model test with many seeds: random tenants, plans, faults, changes by somebody else and
// SIGKILL, against the real binary and the lab. See tests/chaos/model.cpp for what must hold.
#include "chaos/child.hpp"
#include "chaos/run.hpp"

int main(int argc, char** argv) {
  chaos::set_binary(CLAWBACK_BINARY);
  return chaos::play(argc, argv, 2000, "./dev bench chaos");
}
