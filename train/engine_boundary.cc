// SPDX-License-Identifier: Apache-2.0
// What an Engine keeps at a group's boundary, and how it comes to have the state of one.
#include <algorithm>
#include <utility>

#include "train/engine.h"

namespace firesteel {
namespace {

std::vector<std::string> hosts_of(const Collective& peers) {
  std::vector<std::string> hosts;
  for (int rank = 0; rank < peers.size(); ++rank) hosts.push_back(peers.host(rank));
  return hosts;
}

std::span<float> cut(const ZeroedFloats& buffer, Slice part) {
  return {buffer.data() + part.begin, static_cast<size_t>(part.size())};
}

// For what goes by bytes.
std::span<float> as_floats(std::vector<double>& numbers) {
  return {reinterpret_cast<float*>(numbers.data()), 2 * numbers.size()};
}

}  // namespace

std::vector<ZeroedFloats> Engine::zeroed_states() const {
  std::vector<ZeroedFloats> states;
  size_t count =
      inner_states() + (spec_.outer_momentum > 0 ? 1 : 0) + (spec_.ema_decay > 0 ? 1 : 0);
  for (size_t s = 0; s < count; ++s) states.emplace_back(model_.values.size());
  return states;
}

void Engine::copy_parts(const std::vector<ZeroedFloats>& from, const Holdings& parts,
                        const std::vector<ZeroedFloats>& to) const {
  for (size_t s = 0; s < from.size(); ++s) {
    each_part(exchange_->buckets(), parts, [&](Slice part) {
      std::ranges::copy(cut(from[s], part), to[s].data() + part.begin);
    });
  }
}

void Engine::keep() {
  // Others than before leave the memory of what is no longer kept.
  if (former_.optimizer.empty() || former_.holdings != holdings_)
    former_.optimizer = zeroed_states();
  former_.step = next_step_;
  former_.values = model_.values;
  former_.numbers = numbers_;
  former_.holdings = holdings_;
  copy_parts(optimizer_, holdings_, former_.optimizer);
}

void Engine::go_back() {
  drop_head_start();
  next_step_ = former_.step;
  holdings_ = former_.holdings;
  collected_ = false;
  numbers_ = former_.numbers;
  std::ranges::copy(former_.values, model_.values.begin());
  copy_parts(former_.optimizer, holdings_, optimizer_);
  packed_.refresh(*crew_);
}

std::vector<std::vector<int>> Engine::guards(const Collective& peers) const {
  bool all = !local() && exchange_->updates_all(peers.size());
  return all ? all_as_guards(peers.size()) : guards_of(hosts_of(peers));
}

Result Engine::replicate(Collective& peers) {
  auto guards = this->guards(peers);
  Holdings own = wanted_holdings(guards)[static_cast<size_t>(peers.rank())];
  std::vector<Move> moves;
  for (int owner : own.ranks) {
    for (int guard : guards[static_cast<size_t>(owner)]) {
      for (const ZeroedFloats& buffer : optimizer_) {
        each_part(exchange_->buckets(), {own.size, {owner}},
                  [&](Slice part) { moves.push_back({owner, guard, cut(buffer, part)}); });
      }
    }
  }
  Result result = peers.move(moves);
  if (result.ok()) holdings_ = std::move(own);
  collected_ = false;
  return result;
}

Result Engine::collect(int root, Collective& peers) {
  Holdings at_root = wanted_holdings(guards(peers))[static_cast<size_t>(root)];
  std::vector<Move> moves;
  for (int owner = 0; owner < peers.size(); ++owner) {
    if (at_root.has(owner)) continue;
    if (peers.rank() != root && peers.rank() != owner) continue;
    for (const ZeroedFloats& buffer : optimizer_) {
      each_part(exchange_->buckets(), {peers.size(), {owner}},
                [&](Slice part) { moves.push_back({owner, root, cut(buffer, part)}); });
    }
  }
  Result result = peers.move(moves);  // also without any: the others count it
  collected_ = result.ok() && peers.rank() == root;
  return result;
}

std::string Engine::standing(int64_t first_step) {
  // An iteration that Spark carried may have left a part of its update, and counts only at its end.
  bool torn = std::exchange(carried_, false);
  if ((torn || next_step_ != first_step) && former_.step == first_step) go_back();
  return next_step_ == first_step ? holdings_.text() : "";
}

Result Engine::settle(int64_t first_step, std::span<const std::string> standings, Collective& peers,
                      bool* found) {
  std::vector<std::optional<Holdings>> had;
  std::vector<int> holders;  // of the parameters
  for (const std::string& standing : standings) {
    had.emplace_back();
    if (standing.empty()) continue;
    holders.push_back(static_cast<int>(had.size()) - 1);
    had.back() = Holdings::parse(standing);
  }
  auto guards = this->guards(peers);
  auto wanted = wanted_holdings(guards);
  bool settled = std::ranges::equal(
      had, wanted, [](const auto& has, const Holdings& wants) { return has && *has == wants; });
  *found = settled;
  if (settled) return Result::success();
  drop_head_start();
  std::optional<std::vector<Handover>> list(std::in_place);
  if (!optimizer_.empty()) list = handovers(exchange_->buckets(), had, guards);
  *found = !holders.empty() && list;
  if (!*found) return Result::success();

  auto own = static_cast<size_t>(peers.rank());
  bool lacks = !had[own];
  if (lacks) next_step_ = former_.step = -1;  // the state of no step, until all has come
  std::vector<Move> moves;
  for (size_t to = 0, turn = 0; to < had.size(); ++to) {
    if (had[to]) continue;
    int from = holders[turn++ % holders.size()];
    moves.push_back({from, static_cast<int>(to), model_.values});
    if (!numbers_.empty()) moves.push_back({from, static_cast<int>(to), as_floats(numbers_)});
  }
  auto states = zeroed_states();
  // All that is wanted; what of it was not here the moves overwrite.
  if (!lacks) copy_parts(optimizer_, wanted[own], states);
  for (size_t s = 0; s < states.size(); ++s) {
    for (const Handover& part : *list) {
      bool leaves = part.from == peers.rank();
      moves.push_back({part.from, part.to, cut(leaves ? optimizer_[s] : states[s], part.part)});
    }
  }
  if (Result result = peers.move(moves); !result.ok()) return result;
  optimizer_ = std::move(states);
  holdings_ = wanted[own];
  collected_ = false;
  next_step_ = first_step;
  packed_.refresh(*crew_);
  return Result::success();
}

}  // namespace firesteel
