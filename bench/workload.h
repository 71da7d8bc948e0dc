#pragma once
// Workload: the requests of each mode, and the check that no acknowledged write was lost.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "bench/closed_loop.h"
#include "bench/meter.h"
#include "bench/population.h"

namespace cardfile::bench {

/// What a connection sends, written over again for each contact instead of put together: the target grows to the left
/// of a fixed place, so that whatever the length of an id nothing after it moves.
class Request {
 public:
  /// `start` is the method and the target up to the id; `headers` are lines, each with its line end.
  Request(std::string_view start, std::string_view headers, std::string_view body);

  std::string_view for_id(std::uint64_t id);
  std::string_view for_uuid_of(std::uint64_t id);
  /// The same without an id.
  std::string_view plain();
  char* body() { return bytes_.data() + body_at_; }

 private:
  std::string_view from(std::size_t target_end);

  std::string start_;
  std::size_t rest_at_ = 0;
  std::size_t body_at_ = 0;
  std::string bytes_;
};

/// The ids of contacts, one after the other.
class Ids {
 public:
  enum class Order { uniform, sequential };

  Ids(Order order, std::uint64_t contacts, std::uint64_t seed) : order_(order), contacts_(contacts), random_(seed) {}
  std::uint64_t next() { return 1 + (order_ == Order::uniform ? random_.below(contacts_) : sequence_++ % contacts_); }

 private:
  Order order_;
  std::uint64_t contacts_;
  Random random_;
  std::uint64_t sequence_ = 0;
};

/// What the server has said about each contact. Revisions are the order in which writes took effect, so the write with
/// the highest one is the one that must be found afterwards, and every revision from the first to the last must have
/// been given to exactly one write.
struct Acknowledged {
  std::uint32_t writes = 0;
  std::uint32_t first_rev = 0;
  std::uint32_t last_rev = 0;
  std::uint64_t last_write = 0;
};

/// Which of the two APIs names the contact.
enum class Api { v1, v2 };

/// PUT of random contacts.
class Updates final : public Source {
 public:
  /// `body` is one of UpdateBody.
  Updates(Meter& meter, Api api, Ids ids, std::uint64_t contacts, std::size_t connections, std::uint64_t seed,
          std::string_view headers, std::string_view body);

  std::string_view next(std::size_t connection, Clock::time_point now) override;
  void answered(std::size_t connection, const Answer& answer) override;

  /// By id - 1.
  const std::vector<Acknowledged>& acknowledged() const { return acknowledged_; }

 private:
  struct Slot {
    Request request;
    std::uint64_t id = 0;
    std::uint64_t write = 0;
  };

  Meter& meter_;
  Api api_;
  Ids ids_;
  std::uint64_t last_write_;
  std::vector<Slot> slots_;
  std::vector<Acknowledged> acknowledged_;
};

/// POST of new contacts, many in a call, until there are so many.
class Creations final : public Source {
 public:
  Creations(Meter& meter, std::uint64_t contacts, std::uint64_t contacts_per_call, std::size_t connections,
            std::string_view headers);

  std::string_view next(std::size_t connection, Clock::time_point now) override;
  void answered(std::size_t connection, const Answer& answer) override;

  /// Calls whose answer names contacts that could not be created.
  std::uint64_t calls_with_refusals() const { return calls_with_refusals_; }

 private:
  Request request_for(std::uint64_t contacts) const;

  Meter& meter_;
  std::uint64_t contacts_;
  std::uint64_t contacts_per_call_;
  std::string headers_;
  std::vector<Request> requests_;
  std::uint64_t done_ = 0;
  std::uint64_t calls_with_refusals_ = 0;
};

/// GET of random contacts.
class Gets final : public Source {
 public:
  Gets(Meter& meter, Api api, Ids ids, std::size_t connections, std::string_view headers);

  std::string_view next(std::size_t connection, Clock::time_point now) override;
  void answered(std::size_t, const Answer& answer) override { meter_.record(answer); }

 private:
  Meter& meter_;
  Api api_;
  Ids ids_;
  std::vector<Request> requests_;
};

/// One request over and over.
class Plain final : public Source {
 public:
  Plain(Meter& meter, std::string_view method_and_target, std::string_view headers, std::string_view body)
      : meter_(meter), request_(method_and_target, headers, body), bytes_(request_.plain()) {}

  std::string_view next(std::size_t, Clock::time_point now) override {
    return meter_.over(now) ? std::string_view() : bytes_;
  }
  void answered(std::size_t, const Answer& answer) override { meter_.record(answer); }

 private:
  Meter& meter_;
  Request request_;
  std::string_view bytes_;
};

/// Reads every contact that was written to and compares it with what was acknowledged.
class Verification final : public Source {
 public:
  struct Result {
    std::uint64_t contacts = 0;
    std::uint64_t writes = 0;
    std::uint64_t findings = 0;
    std::vector<std::string> examples;  // Of the findings, at most ten.
  };

  /// `fresh`: nobody wrote to the contacts before, so each had revision 1.
  Verification(const std::vector<Acknowledged>& acknowledged, bool fresh, std::size_t connections,
               std::string_view headers);

  std::string_view next(std::size_t connection, Clock::time_point now) override;
  void answered(std::size_t connection, const Answer& answer) override;

  /// To be called when the loop has run.
  Result result();

 private:
  void find(std::uint64_t id, const std::string& what);

  const std::vector<Acknowledged>& acknowledged_;
  bool fresh_;
  std::size_t position_ = 0;
  std::vector<Request> requests_;
  std::vector<std::uint64_t> asked_;  // By connection.
  Result result_;
};

}  // namespace cardfile::bench
