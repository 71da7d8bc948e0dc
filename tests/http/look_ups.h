#pragma once
// Look-ups: the system's in all of a program that is linked with this, with a few names of its own, so that no test
// asks the network.

namespace cardfile::test {

/// While it lives, the look-up of slow.test does not end. Otherwise, like that of unknown.test, it finds nothing; that
/// of unsure.test fails.
struct HeldLookUps {
  HeldLookUps();
  HeldLookUps(const HeldLookUps&) = delete;
  HeldLookUps& operator=(const HeldLookUps&) = delete;
  ~HeldLookUps();
};

/// How many look-ups of slow.test there were so far.
int look_ups_of_slow_name();

}  // namespace cardfile::test
