#include "prove/history.h"

#include <algorithm>
#include <latch>
#include <string>
#include <thread>

namespace cardfile::prove {
namespace {

constexpr int kOperationsMin = 20;

int below(std::mt19937_64& random, int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random); }

/// Values are 1 and up: 0 takes away.
void name_custom_values(Request& put, std::mt19937_64& random, int value) {
  for (auto& custom : put.custom) {
    const int die = below(random, 6);
    if (die < 2) custom = value;
    if (die == 2) custom = 0;
  }
}

void judge_one(Campaign& campaign, std::size_t number, const std::vector<Operation>& history) {
  const auto judgement = judge(history, {});
  campaign.count("histories");
  campaign.count("operations", static_cast<std::int64_t>(history.size()));
  campaign.count("without an answer", std::ranges::count(history, Result::unknown, [](const Operation& operation) {
                   return operation.answer.result;
                 }));
  campaign.raise("steps of the longest search", judgement.steps);
  if (judgement.linearizable) return;
  const std::string name = "history " + std::to_string(number) + " of " + std::to_string(history.size());
  campaign.find(judgement.decided ? name + " cannot be explained: " + judgement.explanation
                                  : name + " was given up after " + std::to_string(judgement.steps) + " steps");
}

}  // namespace

void History::ask(ContactClient& client, int number, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::int64_t known_rev = 1;
  while (true) {
    // Without it the first thread to run would be done before the next one is there, where nothing has to be waited
    // for.
    if (below(random, 2) == 0) std::this_thread::yield();
    const int operation = begun_++;
    if (operation >= operations_) return;
    Operation done{.client = number, .request = next(random, operation, known_rev)};
    done.called = moment_++;
    done.answer = client.ask(done.request);
    if (done.answer.result != Result::unknown) done.answered = moment_++;
    known_rev = done.answer.rev.value_or(known_rev);
    const std::lock_guard lock(mutex_);
    recorded_.push_back(std::move(done));
  }
}

Request History::next(std::mt19937_64& random, int operation, std::int64_t known_rev) const {
  const int value = operation + 1;
  const int die = below(random, 100);
  Request request;
  if (die < 45) return request;
  request.kind = Kind::put;
  if (die >= 97 && may_delete_ && operation > operations_ * 3 / 4) {
    request.kind = Kind::remove;
  } else {
    request.first = value;
    request.overwrites = below(random, 3) == 0;
    name_custom_values(request, random, value);
  }
  // Mostly the revision that this client saw last, which others may have left behind.
  if (die % 3 == 0) request.if_match = std::max<std::int64_t>(1, known_rev + below(random, 4) / 3);
  return request;
}

void run(std::vector<std::unique_ptr<History>>& histories,
         std::vector<std::vector<std::unique_ptr<ContactClient>>>& clients, std::uint64_t seed) {
  std::ptrdiff_t count = 0;
  for (const auto& of_history : clients) count += std::ssize(of_history);
  std::latch ready(count);
  std::mt19937_64 seeds(seed);
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < histories.size(); ++i) {
    for (std::size_t k = 0; k < clients[i].size(); ++k) {
      threads.emplace_back([&, &history = *histories[i], &client = *clients[i][k], k, own_seed = seeds()] {
        ready.arrive_and_wait();
        history.ask(client, static_cast<int>(k), own_seed);
      });
    }
  }
}

void judge_all(Campaign& campaign, const std::vector<std::unique_ptr<History>>& histories) {
  for (std::size_t i = 0; i < histories.size(); ++i) judge_one(campaign, i, histories[i]->recorded());
}

std::unique_ptr<History> random_history(Campaign& campaign) {
  const auto operations = kOperationsMin + campaign.below(kOperationsMax - kOperationsMin + 1);
  const bool may_delete = campaign.below(2) == 0;
  return std::make_unique<History>(static_cast<int>(operations), may_delete);
}

}  // namespace cardfile::prove
