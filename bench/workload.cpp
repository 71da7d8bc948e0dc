#include "bench/workload.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <limits>

namespace cardfile::bench {

namespace {

constexpr std::size_t kTargetIdMax = 40;
static_assert(kTargetIdMax > kUuidSize && kTargetIdMax > std::numeric_limits<std::uint64_t>::digits10 + 1);

/// Writes of different seeds are never mistaken for each other.
constexpr std::uint64_t kWritesPerSeed = 1'000'000'000'000;

constexpr std::string_view kContactsStart = R"({"contacts":[)";

/// The number after the first `"rev":`; 0 when there is none.
std::uint32_t rev_in(std::string_view body) {
  constexpr std::string_view kName = R"("rev":)";
  const std::size_t at = body.find(kName);
  std::uint32_t rev = 0;
  if (at != std::string_view::npos) std::from_chars(body.data() + at + kName.size(), body.data() + body.size(), rev);
  return rev;
}

std::string_view put_start(Api api) { return api == Api::v1 ? "PUT /v1/contact/" : "PUT /v2/contact/"; }
std::string_view get_start(Api api) { return api == Api::v1 ? "GET /v1/contact/" : "GET /v2/contact/"; }

std::string_view for_contact(Request& request, Api api, std::uint64_t id) {
  return api == Api::v1 ? request.for_id(id) : request.for_uuid_of(id);
}

}  // namespace

Request::Request(std::string_view start, std::string_view headers, std::string_view body)
    : start_(start), rest_at_(start.size() + kTargetIdMax), bytes_(rest_at_, ' ') {
  bytes_.append(" HTTP/1.1\r\n").append(headers);
  if (!body.empty()) {
    bytes_.append("Content-Type: application/json\r\nContent-Length: ").append(std::to_string(body.size()));
    bytes_.append("\r\n");
  }
  bytes_.append("\r\n");
  body_at_ = bytes_.size();
  bytes_.append(body);
}

std::string_view Request::for_id(std::uint64_t id) {
  std::size_t at = rest_at_;
  for (; id > 0; id /= 10) bytes_[--at] = static_cast<char>('0' + id % 10);
  return from(at);
}

std::string_view Request::for_uuid_of(std::uint64_t id) {
  put_uuid(bytes_.data() + rest_at_ - kUuidSize, id);
  return from(rest_at_ - kUuidSize);
}

std::string_view Request::plain() { return from(rest_at_); }

std::string_view Request::from(std::size_t target_end) {
  const std::size_t at = target_end - start_.size();
  std::memcpy(bytes_.data() + at, start_.data(), start_.size());
  return std::string_view(bytes_).substr(at);
}

Updates::Updates(Meter& meter, Api api, Ids ids, std::uint64_t contacts, std::size_t connections, std::uint64_t seed,
                 std::string_view headers, std::string_view body)
    : meter_(meter),
      api_(api),
      ids_(ids),
      last_write_(seed * kWritesPerSeed),
      slots_(connections, Slot{.request = {put_start(api), headers, body}}),
      acknowledged_(contacts) {}

std::string_view Updates::next(std::size_t connection, Clock::time_point now) {
  if (meter_.over(now)) return {};
  Slot& slot = slots_[connection];
  slot.id = ids_.next();
  slot.write = ++last_write_;
  UpdateBody::patch(slot.request.body(), slot.id, slot.write);
  return for_contact(slot.request, api_, slot.id);
}

void Updates::answered(std::size_t connection, const Answer& answer) {
  meter_.record(answer);
  if (!answer.ok()) return;
  const Slot& slot = slots_[connection];
  Acknowledged& contact = acknowledged_[slot.id - 1];
  const std::uint32_t rev = rev_in(answer.body);
  // The answers of one contact's writes may overtake each other; their revisions do not.
  if (contact.writes == 0 || rev < contact.first_rev) contact.first_rev = rev;
  if (contact.writes == 0 || rev > contact.last_rev) {
    contact.last_rev = rev;
    contact.last_write = slot.write;
  }
  ++contact.writes;
}

Creations::Creations(Meter& meter, std::uint64_t contacts, std::uint64_t contacts_per_call, std::size_t connections,
                     std::string_view headers)
    : meter_(meter),
      contacts_(contacts),
      contacts_per_call_(contacts_per_call),
      headers_(headers),
      requests_(connections, request_for(contacts_per_call)) {}

Request Creations::request_for(std::uint64_t contacts) const {
  std::string body(kContactsStart);
  for (std::uint64_t i = 0; i < contacts; ++i) body.append(UpdateBody::kTemplate).append(",");
  body.back() = ']';
  return {"POST /v2/contacts", headers_, body.append("}")};
}

std::string_view Creations::next(std::size_t connection, Clock::time_point now) {
  if (done_ == contacts_ || meter_.over(now)) return {};
  const std::uint64_t count = std::min(contacts_per_call_, contacts_ - done_);
  Request& request = requests_[connection];
  if (count < contacts_per_call_) request = request_for(count);
  char* body = request.body() + kContactsStart.size();
  constexpr std::uint64_t kNoWrite = 0;
  for (std::uint64_t i = 0; i < count; ++i, body += UpdateBody::kTemplate.size() + 1) {
    UpdateBody::patch(body, ++done_, kNoWrite);
  }
  return request.plain();
}

void Creations::answered(std::size_t, const Answer& answer) {
  meter_.record(answer);
  if (answer.ok() && answer.body.find(R"("failed_contacts":[])") == std::string_view::npos) ++calls_with_refusals_;
}

Gets::Gets(Meter& meter, Api api, Ids ids, std::size_t connections, std::string_view headers)
    : meter_(meter), api_(api), ids_(ids), requests_(connections, Request(get_start(api), headers, {})) {}

std::string_view Gets::next(std::size_t connection, Clock::time_point now) {
  if (meter_.over(now)) return {};
  return for_contact(requests_[connection], api_, ids_.next());
}

Verification::Verification(const std::vector<Acknowledged>& acknowledged, bool fresh, std::size_t connections,
                           std::string_view headers)
    : acknowledged_(acknowledged),
      fresh_(fresh),
      requests_(connections, Request(get_start(Api::v1), headers, {})),
      asked_(connections) {}

std::string_view Verification::next(std::size_t connection, Clock::time_point) {
  while (position_ < acknowledged_.size() && acknowledged_[position_].writes == 0) ++position_;
  if (position_ == acknowledged_.size()) return {};
  asked_[connection] = ++position_;
  return requests_[connection].for_id(position_);
}

void Verification::answered(std::size_t connection, const Answer& answer) {
  const std::uint64_t id = asked_[connection];
  const Acknowledged& contact = acknowledged_[id - 1];
  ++result_.contacts;
  result_.writes += contact.writes;
  if (!answer.ok()) return find(id, "GET is answered " + std::to_string(answer.status));

  if (contact.first_rev == 0) return find(id, "a write was answered without rev");
  if (fresh_ && contact.first_rev != 2) {
    find(id, "its first write was answered with rev " + std::to_string(contact.first_rev) + " instead of 2");
  }
  if (contact.last_rev - contact.first_rev + 1 != contact.writes) {
    find(id, std::to_string(contact.writes) + " writes were answered with revs from " +
                 std::to_string(contact.first_rev) + " to " + std::to_string(contact.last_rev));
  }
  const std::uint32_t rev = rev_in(answer.body);
  if (rev != contact.last_rev) {
    find(id, "has rev " + std::to_string(rev) + ", but " + std::to_string(contact.last_rev) + " was acknowledged");
  }
  const std::string written = UpdateBody::text(id, contact.last_write);
  if (answer.body.find(UpdateBody::mark(written)) == std::string_view::npos) {
    find(id, "does not hold \"" + std::string(UpdateBody::mark(written)) + "\", the last write acknowledged");
  }
}

Verification::Result Verification::result() {
  const auto touched = static_cast<std::uint64_t>(
      std::ranges::count_if(acknowledged_, [](const Acknowledged& contact) { return contact.writes > 0; }));
  if (touched > result_.contacts) {
    result_.findings += touched - result_.contacts;
    result_.examples.push_back(std::to_string(touched - result_.contacts) +
                               " contacts could not be read: no connection");
  }
  return result_;
}

void Verification::find(std::uint64_t id, const std::string& what) {
  constexpr std::size_t kExamplesMax = 10;
  ++result_.findings;
  if (result_.examples.size() < kExamplesMax) result_.examples.push_back("contact " + std::to_string(id) + ": " + what);
}

}  // namespace cardfile::bench
