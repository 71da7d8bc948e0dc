#pragma once
// Served: a Cardfile that a check talks to over sockets.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/worker.h"
#include "core/ids.h"
#include "core/time.h"
#include "http/message.h"
#include "prove/planted.h"
#include "store/store.h"

namespace cardfile::prove {

/// One team with a key of its own, and no limit of requests.
class Served {
 public:
  Served() = default;
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;
  virtual ~Served() = default;

  virtual std::uint16_t port() const = 0;
  virtual const std::string& key() const = 0;
  /// Where it runs; maybe this one.
  virtual pid_t process() const = 0;

  /// Gives the team a key of the n8n node.
  virtual std::string make_n8n_key() = 0;

  /// What every request of a client says.
  std::map<std::string, std::string> headers() const {
    return {{"Authorization", "Bearer " + key()}, {"Content-Type", "application/json"}};
  }
};

/// The real program, on a new folder.
std::unique_ptr<Served> serve();
/// With further arguments.
std::unique_ptr<Served> serve_program(const std::vector<std::string>& arguments);

/// The same in this process, with a fault planted between the api and the engine in memory, or one that sees each
/// answer before it is sent.
std::unique_ptr<Served> serve_with(const Plant& plant, std::function<void(http::Response&)> on_answer = {});

struct LocalOptions {
  std::unique_ptr<store::Store> store;  // Which has the team already.
  std::string key;
  core::Clock clock;
  core::UuidSource next_uuid;
  base::WorkerLimits worker = {};
  std::function<void(http::Response&)> on_answer = {};  // A planted fault: sees each before it is sent.
};

/// In this process, with a store, a clock and ids that are the caller's.
std::unique_ptr<Served> serve_here(LocalOptions options);

/// Gives the n-th UUID the n-th time. May be called from any thread.
core::UuidSource uuids_from(std::uint64_t n);
core::Clock wall_clock();

/// Makes the team, and for it a key whose text is `key`.
void make_team(store::Store& store, core::TeamId team, const std::string& key);

/// Makes the first contacts there are: their ids are 1 to `count`, their phones what phone_of() gives.
void make_contacts(const Served& served, int count);
std::string phone_of(int id);

}  // namespace cardfile::prove
