#include "prove/checks.h"

#include "prove/backups.h"
#include "prove/bit_rot.h"
#include "prove/clock.h"
#include "prove/crowd.h"
#include "prove/disk_failures.h"
#include "prove/fuzz.h"
#include "prove/kills.h"
#include "prove/many_writers.h"
#include "prove/one_contact.h"
#include "prove/one_contact_http.h"
#include "prove/overload.h"
#include "prove/power_loss.h"
#include "prove/read_your_writes.h"
#include "prove/replay_log.h"
#include "prove/same_answers.h"
#include "prove/slow_disk.h"
#include "prove/slow_disk_http.h"
#include "prove/slow_peers.h"

namespace cardfile::prove {

// A row a check. Its short form is a test of prove_test, which also shows that each planted fault is caught.
const std::vector<Check>& checks() {
  static const std::vector<Check> table{
      {"power-loss", "whatever a power cut leaves opens, with every acknowledged change and no half of another",
       power_loss},
      {"disk-failures", "whichever call the disk refuses, no write is said to be done that is not", disk_failures},
      {"kills", "a server that is killed under load keeps every change that it acknowledged, whole", kills},
      {"kills-among-a-million", "the same with 1,000,000 contacts, and it answers again in two seconds",
       kills_among_a_million},
      {"backups", "a backup that is made under load is a state that there was", backups},
      {"slow-disk", "a sync that takes long holds up neither readers nor memory, and nothing that waits for it is lost",
       slow_disk},
      {"slow-disk-http",
       "over HTTP while syncs take 0.5 s, then stand still for 30 s: reads go on, writes wait or get 503",
       slow_disk_http},
      {"bit-rot", "what the disk has changed is found, or makes no difference", bit_rot},
      {"clock", "rev, seq and updated rise strictly, however the clock jumps", clock_jumps},
      {"one-contact", "what threads see of one contact is what a contact shows that does one thing at a time",
       one_contact},
      {"one-contact-http", "the same over HTTP, version 1 and 2 mixed, while the server is killed and started again",
       one_contact_http},
      {"many-writers", "64 clients write one contact, and nothing that one did is undone by another", many_writers},
      {"read-your-writes", "after a 200 every way of reading shows the write, on every connection", read_your_writes},
      {"same-answers", "over HTTP, SQLite and the reference engine answer the same and end in the same state",
       same_answers},
      {"replay-log", "the change log replayed from empty gives the stored contacts exactly", replay_log},
      {"fuzz", "no bytes from outside crash what reads them or break a promise about it", fuzz},
      {"idle-connections", "10,000 connections that wait take 20 KiB each, and no time of the others",
       idle_connections},
      {"slow-peers", "5,000 who send or read slowly are gone within 15 s, and the others answered", slow_peers},
      {"overload", "of five times what it can do it does as much as ever, and refuses the rest at once", overload},
      {"overload-queries", "the same where the processor is what there is too little of", overload_of_queries},
      {"soak", "under mixed load for long, memory and descriptors stay as they are, and nothing fails", soak},
  };
  return table;
}

}  // namespace cardfile::prove
