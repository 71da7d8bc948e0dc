#include "prove/many_writers.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "prove/json_reply.h"
#include "prove/served.h"
#include "support/http_client.h"

namespace cardfile::prove {
namespace {

constexpr int kClients = 64;
constexpr int kMergesEach = 5;
constexpr int kRaisesEach = 2;

/// The contact of a unit, and who it is that writes it.
struct Target {
  std::string id;
  std::string uuid;
  std::string phone;
};

/// One client's way to the contact: version 1 and 2 in turn.
class Client {
 public:
  Client(const Served& served, const Target& target) : client_(served.port(), served.headers()), target_(target) {}

  test::HttpReply get() { return answered(client_.send("GET", next_path())); }

  /// `custom` is JSON. No condition: merged whatever was written since.
  test::HttpReply put(const std::string& custom, std::optional<std::int64_t> if_match = {}) {
    test::HttpClient::Headers condition;
    if (if_match) condition["If-Match"] = "\"" + std::to_string(*if_match) + "\"";
    return answered(
        client_.send("PUT", next_path(), R"({"phone":")" + target_.phone + R"(","custom":)" + custom + "}", condition));
  }

 private:
  std::string next_path() {
    first_version_ = !first_version_;
    return first_version_ ? "/v1/contact/" + target_.id : "/v2/contact/" + target_.uuid;
  }

  static test::HttpReply answered(std::optional<test::HttpReply> reply) {
    if (!reply) throw std::runtime_error("a request was not answered");
    return *std::move(reply);
  }

  test::HttpClient client_;
  const Target& target_;
  bool first_version_ = false;
};

/// Runs `work` for each client's number, all at the same time. What one of them throws is a finding.
void at_once(Campaign& campaign, const std::function<void(int)>& work) {
  std::vector<std::jthread> threads;
  for (int number = 0; number < kClients; ++number) {
    threads.emplace_back([&campaign, &work, number] {
      try {
        work(number);
      } catch (const std::exception& error) {
        campaign.find("client " + std::to_string(number) + ": " + error.what());
      }
    });
  }
}

std::string text(test::HttpClient& client, const std::string& target, const std::string& body,
                 const std::string& member) {
  const auto reply = client.send("POST", target, body);
  if (!reply || reply->status != 200) throw std::runtime_error(target + " was refused");
  return JsonReply(*reply).text(member);
}

Target make_contact(test::HttpClient& client, int number) {
  Target target{.id = {}, .uuid = {}, .phone = std::to_string(13'125'550'100 + number)};
  target.uuid = text(client, "/v1/contact", R"({"phone":")" + target.phone + R"("})", "uuid");
  target.id = text(client, "/v1/contact/get", R"({"phone":")" + target.phone + R"("})", "id");
  return target;
}

std::string make_field(test::HttpClient& client, const std::string& title) {
  return text(client, "/v1/contacts/fields", R"([{"title":")" + title + R"("}])", "id");
}

std::string custom_json(const std::string& field, const std::string& value) {
  return "{\"" + field + "\":\"" + value + "\"}";
}

std::string custom_value(const JsonReply& contact, const std::string& field) {
  const auto custom = contact.find("custom");
  const auto value = custom ? custom->find(field) : std::nullopt;
  return value ? std::string(value->text()) : std::string();
}

/// Each has a field of its own.
void merge(Campaign& campaign, const Served& served, test::HttpClient& client) {
  const Target target = make_contact(client, 1);
  std::vector<std::string> fields;
  for (int i = 0; i < kClients; ++i) fields.push_back(make_field(client, "Field " + std::to_string(i)));
  std::mutex mutex;
  std::vector<std::int64_t> revs;
  at_once(campaign, [&](int number) {
    Client writer(served, target);
    for (int i = 1; i <= kMergesEach; ++i) {
      const auto reply = writer.put(custom_json(fields[static_cast<std::size_t>(number)], std::to_string(i)));
      if (reply.status != 200) throw std::runtime_error("a merge was answered " + std::to_string(reply.status));
      const std::lock_guard lock(mutex);
      revs.push_back(JsonReply(reply).integer("rev").value_or(0));
    }
  });

  const JsonReply contact(Client(served, target).get());
  for (const auto& field : fields) {
    if (custom_value(contact, field) != std::to_string(kMergesEach))
      campaign.find("field " + field + " was merged to " + std::to_string(kMergesEach) + " and is \"" +
                    custom_value(contact, field) + "\"");
  }
  std::ranges::sort(revs);
  for (std::size_t i = 0; i < revs.size(); ++i) {
    if (revs[i] == static_cast<std::int64_t>(i) + 2) continue;
    campaign.find("the revisions that were answered have no " + std::to_string(i + 2) + " or have it twice");
    break;
  }
  if (contact.integer("rev") != 1 + std::ssize(revs))
    campaign.find("after " + std::to_string(revs.size()) + " merges the revision is " + contact.text("rev"));
  campaign.count("merges", std::ssize(revs));
}

void raise_counter(Campaign& campaign, const Served& served, test::HttpClient& client) {
  const Target target = make_contact(client, 2);
  const std::string field = make_field(client, "Counter");
  std::atomic<std::int64_t> raised = 0;
  at_once(campaign, [&](int) {
    Client writer(served, target);
    for (int successes = 0; successes < kRaisesEach;) {
      const JsonReply now(writer.get());
      const std::string value = custom_value(now, field);
      const std::int64_t next = (value.empty() ? 0 : std::stoll(value)) + 1;
      const auto reply = writer.put(custom_json(field, std::to_string(next)), now.integer("rev"));
      if (reply.status == 412) {
        campaign.count("refused raises");
        continue;
      }
      if (reply.status != 200) throw std::runtime_error("a raise was answered " + std::to_string(reply.status));
      ++successes;
      ++raised;
    }
  });
  campaign.count("raises", raised);
  const std::string value = custom_value(JsonReply(Client(served, target).get()), field);
  if (value != std::to_string(raised))
    campaign.find("the counter was raised " + std::to_string(raised) + " times and is " + value);
}

}  // namespace

void many_writers(Campaign& campaign, const std::optional<Plant>& plant) {
  while (campaign.begins_unit()) {
    const auto served = plant ? serve_with(*plant) : serve();
    test::HttpClient client(served->port(), served->headers());
    merge(campaign, *served, client);
    raise_counter(campaign, *served, client);
  }
}

void many_writers(Campaign& campaign) { many_writers(campaign, std::nullopt); }

}  // namespace cardfile::prove
