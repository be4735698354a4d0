// SPDX-License-Identifier: Apache-2.0
// Whole fits on several workers, to compare what they end with.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/train/engines.h"

namespace firesteel::testing {

// What all `workers` workers of a fit end with.
inline std::vector<std::vector<float>> fit(int workers, int threads, const Kind& kind,
                                           const std::string& machines = "") {
  std::vector<std::vector<float>> results(static_cast<size_t>(workers));
  std::vector<Listener> listeners(static_cast<size_t>(workers));
  MeshSpec mesh = mesh_of(listeners, machines);
  std::vector<std::thread> crew;
  for (int w = 0; w < workers; ++w) {
    crew.emplace_back([&, w] {
      auto own = engine(kind, threads);
      MeshSpec spec = mesh;
      spec.rank = w;
      std::unique_ptr<Mesh> peers;
      Mesh::form(listeners[static_cast<size_t>(w)], spec, &peers).throw_if_failed();
      auto part = assign_lanes(own->spec(), workers)[static_cast<size_t>(w)];
      bool found = false;
      settle(*own, 0, *peers, &found).throw_if_failed();
      for (int group = 0; group < 5; ++group) own->run(10, part, *peers).result.throw_if_failed();
      results[static_cast<size_t>(w)] = own->model().values;
    });
  }
  for (auto& member : crew) member.join();
  return results;
}

// A fit whose numbers somebody else carries between workers, as Spark's block manager does, or between
// these and one that sums everything, as a driver does.
inline std::vector<float> carried_fit(int workers, bool driver, const Kind& kind) {
  std::vector<std::unique_ptr<Engine>> all;
  for (int w = 0; w < workers; ++w) all.push_back(engine(kind, 2));
  auto owner = driver ? engine(kind, 2) : nullptr;
  auto parts = assign_lanes(all[0]->spec(), workers);
  int owners = driver ? 1 : workers;
  auto of = [&](int rank) { return driver ? owner.get() : all[static_cast<size_t>(rank)].get(); };
  auto views = [](const std::vector<std::string>& texts) {
    return std::vector<std::string_view>(texts.begin(), texts.end());
  };
  for (int group = 0; group < 5; ++group) {
    for (auto& one : all) one->begin_carried();
    if (owner) owner->begin_carried();
    for (int step = 0; step < 10; ++step) {
      for (int w = 0; w < workers; ++w) {
        auto at = static_cast<size_t>(w);
        all[at]->compute_carried(parts[at], w, nullptr);
      }
      std::vector<std::string> squares, updates;
      for (int rank = 0; rank < owners; ++rank) {
        std::vector<std::string> packed;
        for (auto& one : all) packed.push_back(one->carried_gradients({rank, owners}));
        squares.push_back(of(rank)->sum_carried(views(packed), {rank, owners}));
      }
      for (int rank = 0; rank < owners; ++rank) {
        updates.push_back(of(rank)->update_carried(views(squares), {rank, owners}));
      }
      for (auto& one : all) one->take_parameters(views(updates));
      if (owner) owner->take_parameters(views(updates));
    }
    std::vector<std::string> states;
    for (int rank = 0; rank < owners; ++rank) {
      states.push_back(of(rank)->carried_optimizer({rank, owners}));
    }
    for (auto& one : all) one->take_optimizer(views(states));
    EXPECT_EQ(of(0)->end_carried().steps, 10);
  }
  for (auto& one : all) {
    EXPECT_TRUE(one->checkpoint() == of(0)->checkpoint());  // too long to be shown
    EXPECT_EQ(one->next_step(), 50);
  }
  return all[0]->model().values;
}

}  // namespace firesteel::testing
