// SPDX-License-Identifier: Apache-2.0
// Engines of small fits on the same rows, for tests of what they do together.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "core/json.h"
#include "core/rng.h"
#include "nn/models/zoo.h"
#include "sync/mesh.h"
#include "train/engine.h"

namespace firesteel::testing {

// Convolution, batch normalization, a shortcut and dropout on 8x8 images.
inline Model residual_net() {
  Graph g;
  Ref x = g.input("x", {1, 8, 8});
  auto conv = [](int64_t in, int64_t out) {
    return layer("Conv2d", {{"in_channels", in},
                            {"out_channels", out},
                            {"kernel_size", Dims{3}},
                            {"padding", Dims{1}}});
  };
  Ref a = g.add("conv1", conv(1, 8), {x});
  a = g.add("bn1", layer("BatchNorm", {{"num_features", int64_t{8}}}), {a});
  a = g.add("relu1", layer("ReLU"), {a});
  Ref b = g.add("conv2", conv(8, 8), {a});
  b = g.add("add", layer("Add"), {a, b});
  b = g.add("pool", layer("GlobalAvgPool2d"), {b});
  b = g.add("drop", layer("Dropout", {{"p", 0.3}}), {b});
  b = g.add("fc", layer("Linear", {{"in_features", int64_t{8}}, {"out_features", int64_t{4}}}),
            {b});
  g.output(b);
  return Model::make(std::move(g), 3);
}

// Several buckets of parameters (train/buckets.h) and no layer that couples rows.
inline Model deep_net() {
  Graph g;
  Ref x = g.add("flat", layer("Flatten"), {g.input("x", {1, 8, 8})});
  int64_t in = 64;
  for (int i = 0; i < 6; ++i) {
    int64_t out = i < 5 ? 256 : 4;
    x = g.add(cat("fc", i), layer("Linear", {{"in_features", in}, {"out_features", out}}), {x});
    if (i < 5) x = g.add(cat("tanh", i), layer("Tanh"), {x});
    in = out;
  }
  g.output(x);
  return Model::make(std::move(g), 3);
}

// A table of which a batch reads few rows (row_sparse() of train/buckets.h).
constexpr int64_t kWords = 5000;
inline Model words_net() {
  Graph g;
  Ref x = g.add("flat", layer("Flatten"), {g.input("x", {1, 8, 8})});
  x = g.add("words",
            layer("EmbeddingBag", {{"num_embeddings", kWords}, {"embedding_dim", int64_t{16}}}),
            {x});
  x = g.add("fc", layer("Linear", {{"in_features", int64_t{16}}, {"out_features", int64_t{4}}}),
            {x});
  g.output(x);
  return Model::make(std::move(g), 3);
}

inline std::string shard_block(int shard, int64_t rows, bool words = false) {
  Rng rng(static_cast<uint64_t>(shard) + 50);
  std::vector<float> x(static_cast<size_t>(rows) * 64);
  std::vector<int32_t> y;
  for (int64_t r = 0; r < rows; ++r) {
    y.push_back(static_cast<int32_t>(rng.below(4)));
    for (int64_t i = 0; i < 64; ++i) {
      float& number = x[static_cast<size_t>(r * 64 + i)];
      if (words) {
        number = static_cast<float>(rng.below(kWords / 4) * 4 + static_cast<uint64_t>(y.back()));
      } else {
        number = rng.normal() + (i / 16 == y.back() ? 1.0f : 0.0f);
      }
    }
  }
  return pack_block({rows,
                     DType::f32,
                     DType::s32,
                     {1, 8, 8},
                     {},
                     reinterpret_cast<const uint8_t*>(x.data()),
                     reinterpret_cast<const uint8_t*>(y.data())});
}

// Uneven on purpose, one empty.
inline const std::vector<int64_t> kShardRows = {31, 7, 0, 45, 12, 12, 60, 3, 20};

struct Kind {
  bool reproducible = false, sync = false;
  int64_t lanes = 7, batch = 50;
  Recompute recompute = Recompute::cheap;
  bool deep = false, words = false;
  double clip_norm = 0, clip_value = 0;
  DType wire = DType::f32;
  bool error_feedback = false;
  bool momentum = true;
  int64_t local_steps = 0;
  double outer_lr = 1, outer_momentum = 0;
  bool updates_all = false;  // each worker all parameters (train/buckets.h)
  std::string more = "{}";  // of a FitSpec, instead of what is below
};

inline FitSpec fit_spec(const Kind& kind) {
  Json doc = Json::parse(
      R"({"optimizer": {"kind": "SGD", "lr": 0.05, "momentum": 0.9, "weight_decay": 0.001},
          "metrics": [{"kind": "Accuracy"}], "seed": 5})");
  if (!kind.momentum) doc["optimizer"] = {{"kind", "SGD"}, {"lr", 0.05}};
  doc.update(Json::parse(kind.more));
  FitSpec spec = FitSpec::parse(doc.dump());
  spec.reproducible = kind.reproducible;
  spec.sync_batch_norm = kind.sync;
  spec.recompute = kind.recompute;
  spec.clip_norm = kind.clip_norm;
  spec.clip_value = kind.clip_value;
  spec.wire = kind.wire;
  spec.error_feedback = kind.error_feedback;
  spec.local_steps = kind.local_steps;
  spec.outer_lr = kind.outer_lr;
  spec.outer_momentum = kind.outer_momentum;
  spec.sharded_from = kind.updates_all ? 1 << 16 : 0;
  spec.micro_batches = kind.lanes;
  spec.batch_size = kind.batch;
  spec.shard_rows = kShardRows;
  spec.iterations = 50;
  spec.resolve();
  return spec;
}

inline std::unique_ptr<Engine> engine(const Kind& kind, int threads) {
  auto made = std::make_unique<Engine>(kind.words  ? words_net()
                                       : kind.deep ? deep_net()
                                                   : residual_net(),
                                       fit_spec(kind), threads);
  for (size_t s = 0; s < kShardRows.size(); ++s) {
    made->shards().add(static_cast<int>(s),
                       shard_block(static_cast<int>(s), kShardRows[s], kind.words));
  }
  return made;
}

// A mesh of workers in this process, on listeners that are opened. machines: a letter for each worker's; none:
// all are on one.
inline MeshSpec mesh_of(std::vector<Listener>& listeners, const std::string& machines = "") {
  MeshSpec mesh;
  mesh.fit_id = "test";
  mesh.key = std::string(32, 'k');
  for (size_t i = 0; i < listeners.size(); ++i) {
    std::string host = cat("127.0.0.", machines.empty() ? 1 : machines[i] - 'a' + 1);
    listeners[i].open(host, 0, 0).throw_if_failed();
    mesh.peers.push_back({host, listeners[i].port()});
  }
  return mesh;
}

// body(worker, peers) in a thread for each of so many workers on one mesh, which none leaves before all end.
inline void on_one_mesh(size_t workers, const std::function<void(size_t, Collective&)>& body) {
  std::vector<Listener> listeners(workers);
  MeshSpec mesh = mesh_of(listeners);
  std::vector<std::thread> crew;
  for (size_t w = 0; w < workers; ++w) {
    crew.emplace_back([&, w] {
      MeshSpec spec = mesh;
      spec.rank = static_cast<int>(w);
      std::unique_ptr<Mesh> peers;
      Mesh::form(listeners[w], spec, &peers).throw_if_failed();
      body(w, *peers);
      std::vector<std::string> all;
      peers->exchange("", &all).throw_if_failed();
    });
  }
  for (auto& member : crew) member.join();
}

// What run_group of a worker does before the steps.
inline Result settle(Engine& engine, int64_t first_step, Collective& peers, bool* found) {
  std::vector<std::string> standings;
  Result result = peers.exchange(engine.standing(first_step), &standings);
  return result.ok() ? engine.settle(first_step, standings, peers, found) : result;
}

}  // namespace firesteel::testing
