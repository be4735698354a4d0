// SPDX-License-Identifier: Apache-2.0
// The engine over threads and over workers joined by real sockets: the same bits with
// reproducible, the same numbers without.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "tests/relative_distance.h"
#include "tests/train/fits.h"

namespace firesteel::testing {
namespace {

TEST(Engine, SameBitsForAnyWorkersAndThreads) {
  auto expected = fit(1, 1, {.reproducible = true})[0];
  for (int workers : {1, 2, 3}) {
    for (int threads : {1, 2}) {
      for (const auto& values : fit(workers, threads, {.reproducible = true})) {
        EXPECT_EQ(values, expected) << workers << " workers, " << threads << " threads";
      }
    }
  }
}

TEST(Engine, SameBitsWhereGradientsLeaveDuringBackward) {
  auto expected = fit(1, 1, {.reproducible = true, .deep = true})[0];
  for (int workers : {2, 3}) {
    for (int threads : {1, 2, 3}) {
      for (const auto& values : fit(workers, threads, {.reproducible = true, .deep = true})) {
        EXPECT_EQ(values, expected) << workers << " workers, " << threads << " threads";
      }
    }
  }
  for (int workers : {1, 2, 3}) {
    EXPECT_LT(relative_distance(fit(workers, 2, {.deep = true})[0], expected), 1e-3);
  }
}

TEST(Engine, SameBitsWhereWorkersShareMachines) {
  Kind deep{.reproducible = true, .deep = true};
  auto expected = fit(1, 1, deep)[0];
  for (std::string machines : {"aab", "aabb", "abab", "aaabbcc"}) {
    for (const auto& values : fit(static_cast<int>(machines.size()), 1, deep, machines)) {
      EXPECT_EQ(values, expected) << machines;
    }
  }
}

// Also where what travels is only what is not zero, or has changed.
TEST(Engine, SameBitsWithRowsThatAreSparse) {
  Model words_model = words_net();
  auto buckets = make_buckets(words_model.table);
  EXPECT_EQ(row_sparse(buckets, words_model.table), (std::vector<bool>{true, false}));
  for (bool momentum : {false, true}) {
    Kind words{.reproducible = true, .words = true, .momentum = momentum};
    auto expected = fit(1, 1, words)[0];
    for (std::string machines : {"a", "aa", "aab", "abab"}) {
      for (const auto& values : fit(static_cast<int>(machines.size()), 2, words, machines)) {
        EXPECT_EQ(values, expected) << machines;
      }
    }
  }
  Kind rounded{.words = true, .wire = DType::bf16, .momentum = false};
  auto results = fit(3, 1, rounded, "aab");
  EXPECT_EQ(results[0], results[1]);
  EXPECT_EQ(results[0], results[2]);
  EXPECT_LT(relative_distance(results[0], fit(1, 1, {.words = true, .momentum = false})[0]), 1e-2);
}

TEST(Engine, SameBitsWhereNumbersAreCarried) {
  for (bool deep : {false, true}) {
    for (double clip_norm : {0.0, 0.1}) {
      Kind kind{.reproducible = true, .deep = deep, .clip_norm = clip_norm};
      auto expected = fit(1, 1, kind)[0];
      for (int workers : {1, 2, 3}) {
        for (bool driver : {false, true}) {
          EXPECT_EQ(carried_fit(workers, driver, kind), expected) << workers << " " << driver;
        }
      }
    }
  }
}

TEST(Engine, CarriedStepsAreUndone) {
  Kind kind{.reproducible = true};
  auto own = engine(kind, 1);
  auto before = own->model().values;
  Assignment part = assignment_of(own->spec(), 0, 7);
  own->begin_carried();
  own->compute_carried(part, 0, nullptr);
  std::string packed = own->carried_gradients({0, 1});
  std::string_view all[] = {packed}, none[] = {""};
  own->sum_carried(all, {0, 1});
  std::string update = own->update_carried(none, {0, 1});
  EXPECT_NE(own->model().values, before);
  std::string_view torn[] = {std::string_view(packed).substr(0, packed.size() - 4)};
  EXPECT_THROW(own->sum_carried(torn, {0, 1}), FormatError);
  std::string_view short_update[] = {std::string_view(update).substr(4)};
  EXPECT_THROW(own->take_parameters(short_update), FormatError);
  LocalCollective alone;
  bool found = false;
  settle(*own, 0, alone, &found).throw_if_failed();
  EXPECT_TRUE(found);
  EXPECT_EQ(own->model().values, before);
  EXPECT_EQ(own->next_step(), 0);
}

TEST(Engine, ClipsToTheSameBitsForAnyWorkers) {
  auto free = fit(1, 1, {.reproducible = true, .deep = true})[0];
  for (bool deep : {false, true}) {
    for (Kind kind : {Kind{.clip_norm = 0.1}, Kind{.clip_value = 0.001}}) {
      kind.reproducible = true;
      kind.deep = deep;
      auto expected = fit(1, 1, kind)[0];
      if (deep) {
        EXPECT_GT(relative_distance(expected, free), 1e-3);
      }
      for (int workers : {1, 2, 3}) {
        for (const auto& values : fit(workers, 2, kind)) EXPECT_EQ(values, expected) << workers;
      }
    }
  }
}

TEST(Engine, RoundedOnTheWireIsNear) {
  for (bool deep : {false, true}) {
    auto expected = fit(1, 1, {.deep = deep})[0];
    auto rounding = [&](DType wire, bool error_feedback) {
      auto values = fit(3, 2, {.deep = deep, .wire = wire, .error_feedback = error_feedback});
      // Everybody ends with the same numbers, those of their owners.
      EXPECT_EQ(values[1], values[0]);
      EXPECT_EQ(values[2], values[0]);
      return relative_distance(values[0], expected);
    };
    double f16 = rounding(DType::f16, false), bf16 = rounding(DType::bf16, false);
    EXPECT_GT(f16, 1e-7);
    EXPECT_LT(f16, 2e-3);
    EXPECT_LT(bf16, 2e-2);
    EXPECT_LT(f16, bf16);
    EXPECT_LT(rounding(DType::bf16, true), 2e-2);
  }
}

TEST(Engine, SameNumbersWithoutReproducible) {
  auto expected = fit(1, 1, {.reproducible = false})[0];
  for (int workers : {1, 2, 3}) {
    for (int threads : {1, 2}) {
      EXPECT_LT(relative_distance(fit(workers, threads, {.reproducible = false})[0], expected),
                1e-4)
          << workers << " workers, " << threads << " threads";
    }
  }
}

TEST(SyncBatchNorm, NormalizesOverTheWholeBatch) {
  auto whole = fit(1, 1, {.lanes = 1})[0];
  EXPECT_GT(relative_distance(fit(1, 1, {})[0], whole), 1e-2);
  EXPECT_LT(relative_distance(fit(1, 1, {.sync = true, .lanes = 1})[0], whole), 1e-3);
  for (int threads : {1, 3, 20}) {
    EXPECT_LT(relative_distance(fit(1, threads, {.sync = true})[0], whole), 1e-3) << threads;
  }
  EXPECT_LT(relative_distance(fit(3, 2, {.sync = true})[0], whole), 1e-3);
}

TEST(Recompute, SegmentsChangeNoBit) {
  for (bool sync : {false, true}) {
    Kind kept{.reproducible = true, .sync = sync};
    Kind again = kept;
    again.recompute = Recompute::segments;
    EXPECT_EQ(fit(2, 1, kept)[0], fit(2, 2, again)[0]);
  }
}

TEST(SyncBatchNorm, SameBitsForAnyWorkersAndThreads) {
  // A batch of 2 leaves most micro-batches, and some workers, without rows.
  for (int64_t batch : {50, 2}) {
    Kind kind{.reproducible = true, .sync = true, .batch = batch};
    auto expected = fit(1, 1, kind)[0];
    for (int workers : {2, 3}) {
      for (const auto& values : fit(workers, 4, kind)) {
        EXPECT_EQ(values, expected) << workers << " workers, batch " << batch;
      }
    }
  }
}

TEST(Engine, Learns) {
  auto own = engine({.reproducible = false}, 2);
  LocalCollective alone;
  Assignment all = assignment_of(own->spec(), 0, 7);
  double before = own->run(5, all, alone).loss;
  own->run(60, all, alone);
  EXPECT_LT(own->run(5, all, alone).loss, 0.8 * before);
}

TEST(Engine, AWorkerThatDiesEndsTheGroupOfAll) {
  auto losing = [](int threads, double after_seconds) {
    std::vector<Listener> listeners(2);
    MeshSpec mesh = mesh_of(listeners);
    Result results[2] = {Result::success(), Result::success()};
    std::vector<std::thread> crew;
    for (int w = 0; w < 2; ++w) {
      crew.emplace_back([&, w] {
        auto own = engine({.deep = true}, threads);
        auto before = own->model().values;
        MeshSpec spec = mesh;
        spec.rank = w;
        std::unique_ptr<Mesh> peers;
        Mesh::form(listeners[static_cast<size_t>(w)], spec, &peers).throw_if_failed();
        std::thread killer([&] {
          if (w == 0) return;
          std::this_thread::sleep_for(std::chrono::duration<double>(after_seconds));
          peers->abort("killed", 1);
        });
        auto parts = assign_lanes(own->spec(), 2);
        results[w] = own->run(1'000'000, parts[static_cast<size_t>(w)], *peers).result;
        killer.join();
        EXPECT_EQ(own->next_step(), 0);
        EXPECT_EQ(own->model().values, before);
      });
    }
    for (auto& member : crew) member.join();
    for (const Result& result : results) {
      ASSERT_FALSE(result.ok());
      EXPECT_EQ(result.suspect(), 1) << result.message();
      EXPECT_NE(result.message().find("killed"), std::string::npos) << result.message();
    }
  };
  for (double after : {0.0, 0.003, 0.01, 0.05, 0.2}) losing(2, after);
}

TEST(Engine, ALossThatIsNotFiniteStopsTheFit) {
  FitSpec spec = fit_spec({.reproducible = false});
  spec.optimizer = Registry<Optimizer>::instance().make("SGD", {{"lr", 1e30}});
  Engine own(residual_net(), std::move(spec), 1);
  for (size_t s = 0; s < kShardRows.size(); ++s) {
    own.shards().add(static_cast<int>(s), shard_block(static_cast<int>(s), kShardRows[s]));
  }
  LocalCollective alone;
  EXPECT_THROW(own.run(20, assignment_of(own.spec(), 0, 7), alone), SystemError);
}

}  // namespace
}  // namespace firesteel::testing
