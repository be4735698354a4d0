// SPDX-License-Identifier: Apache-2.0
// The worker as JNI calls it.
#include "train/worker.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/block.h"
#include "core/json.h"
#include "core/rng.h"
#include "nn/model_api.h"
#include "train/fit.h"
#include "train/spec.h"

namespace firesteel {
namespace {

std::string random_rows(int64_t rows) {
  Rng rng(1);
  std::vector<uint8_t> x(static_cast<size_t>(rows) * 784);
  std::vector<int32_t> y;
  for (uint8_t& v : x) v = static_cast<uint8_t>(rng.below(256));
  for (int64_t r = 0; r < rows; ++r) y.push_back(static_cast<int32_t>(rng.below(10)));
  return pack_block({rows,
                     DType::u8,
                     DType::s32,
                     {1, 28, 28},
                     {},
                     x.data(),
                     reinterpret_cast<const uint8_t*>(y.data())});
}

std::string begin(const std::string& fit_id) {
  std::string model = named_model("mlp", 1);
  std::string resolved = worker::resolve_fit(
      R"({"batch_size": 20, "iterations": 8, "metrics": [{"kind": "Accuracy"}],
          "shard_rows": [50, 50], "reproducible": true})",
      model, false);
  std::string spec = Json::parse(resolved)["spec"].dump();
  worker::begin_fit(fit_id, spec, model, std::string(32, 'k'));
  auto shards = deal_rows(random_rows(100), 2);
  for (int s = 0; s < 2; ++s) worker::add_shard(fit_id, s, shards[static_cast<size_t>(s)]);
  return spec;
}

Json group(int64_t first_step, int peers = 1) {
  Json all = Json::array(), lanes = Json::array();
  for (int p = 0; p < peers; ++p) {
    // The second peer is a port where nobody listens.
    all.push_back({{"id", cat(p)}, {"host", "127.0.0.1"}, {"port", p == 0 ? 1 : 9}});
    lanes.push_back({p, p + 1});
  }
  if (peers == 1) lanes = Json::array({{0, 2}});
  return {{"group", 1},
          {"membership", first_step + peers},
          {"rank", 0},
          {"peers", all},
          {"lanes", lanes},
          {"first_step", first_step},
          {"steps", 4},
          {"threads", 2},
          {"form_deadline_ms", 300},
          {"want_weights_sha256", true}};
}

TEST(Worker, RunsGroupsAndGoesBack) {
  begin("runs");
  Json first = Json::parse(worker::run_group("runs", group(0).dump()));
  EXPECT_EQ(first["status"], "ok");
  EXPECT_EQ(first["steps"], 4);
  EXPECT_EQ(first["samples"], 80);
  EXPECT_TRUE(first["metrics"].contains("accuracy"));
  Json second = Json::parse(worker::run_group("runs", group(4).dump()));
  Json again = Json::parse(worker::run_group("runs", group(4).dump()));
  EXPECT_EQ(second["weights_sha256"], again["weights_sha256"]);
  EXPECT_NE(first["weights_sha256"], second["weights_sha256"]);
  worker::end_fit("runs");
  EXPECT_FALSE(worker::has_fit("runs"));
}

// What is too late is left out, but of each thread's micro-batches one is computed.
TEST(Worker, LeavesLateMicroBatchesOut) {
  std::string model = named_model("mlp", 1);
  Json resolved = Json::parse(worker::resolve_fit(
      R"({"batch_size": 20, "micro_batches": 4, "iterations": 8, "shard_rows": [25, 25, 25, 25],
          "drop_slowest": 0.1, "metrics": [{"kind": "Accuracy"}]})",
      model, false));
  worker::begin_fit("late", resolved["spec"].dump(), model, std::string(32, 'k'));
  auto shards = deal_rows(random_rows(100), 4);
  for (int s = 0; s < 4; ++s) worker::add_shard("late", s, shards[static_cast<size_t>(s)]);
  auto run = [&](int64_t first, double after) {
    Json of = group(first);
    of["lanes"] = Json::array({{0, 4}});
    of["threads"] = 1;
    of["drop_after_s"] = after;
    return Json::parse(worker::run_group("late", of.dump()));
  };
  Json all = run(0, 0), first_ones = run(4, 1e-9);
  EXPECT_EQ(all["samples"], 80);
  EXPECT_EQ(all["dropped"], 0);
  EXPECT_EQ(all["leaf_ends_s"].size(), 16u);
  EXPECT_EQ(first_ones["samples"], 20);
  EXPECT_EQ(first_ones["dropped"], 60);
  EXPECT_EQ(first_ones["leaf_ends_s"].size(), 16u);  // also those that would have been done
  EXPECT_TRUE(std::isfinite(first_ones["loss"].get<double>()));
  EXPECT_NE(all["weights_sha256"], first_ones["weights_sha256"]);
  worker::end_fit("late");
}

TEST(Worker, AStateThatNobodyHasIsReported) {
  begin("nobody");
  Json report = Json::parse(worker::run_group("nobody", group(100).dump()));
  EXPECT_EQ(report["status"], "no_state");
  EXPECT_EQ(report["steps"], 0);
  worker::end_fit("nobody");
}

TEST(Worker, APeerThatNeverComesIsAReport) {
  worker::start("127.0.0.1", 0);
  begin("alone");
  Json report = Json::parse(worker::run_group("alone", group(0, 2).dump()));
  EXPECT_EQ(report["status"], "aborted");
  EXPECT_FALSE(report["reason"].get<std::string>().empty());
  Json later = Json::parse(worker::run_group("alone", group(0).dump()));
  EXPECT_EQ(later["status"], "ok");
  worker::end_fit("alone");
}

TEST(Worker, ACheckpointBeginsAFitWhereItEnded) {
  std::string spec = begin("first");
  worker::run_group("first", group(0).dump());
  std::string state = worker::checkpoint("first");
  Json whole = Json::parse(worker::run_group("first", group(4).dump()));
  worker::begin_fit("second", spec, state, std::string(32, 'k'));
  auto shards = deal_rows(random_rows(100), 2);
  for (int s = 0; s < 2; ++s) worker::add_shard("second", s, shards[static_cast<size_t>(s)]);
  Json rest = Json::parse(worker::run_group("second", group(4).dump()));
  EXPECT_EQ(rest["weights_sha256"], whole["weights_sha256"]);
  worker::end_fit("first");
  worker::end_fit("second");
}

// A driver tells the results of validation.
TEST(Worker, ObservesWhatTheScheduleWatches) {
  std::string model = named_model("mlp", 1);
  std::string json =
      R"({"batch_size": 20, "iterations": 12, "shard_rows": [50, 50], "reproducible": true,
                         "optimizer": {"kind": "SGD", "lr": 0.1},
                         "schedule": {"kind": "Plateau", "patience": 0, "factor": 0.001}})";
  Json resolved = Json::parse(worker::resolve_fit(json, model, true));
  EXPECT_EQ(resolved["watched"], Json::array({"test_loss"}));
  EXPECT_EQ(resolved["stops"], false);
  FitSpec spec = FitSpec::parse(json);
  spec.resolve();
  auto fit = [&](const std::string& id, const Json& observed) {
    worker::begin_fit(id, spec.json(), model, std::string(32, 'k'));
    auto shards = deal_rows(random_rows(100), 2);
    for (int s = 0; s < 2; ++s) worker::add_shard(id, s, shards[static_cast<size_t>(s)]);
    Json first = Json::parse(worker::run_group(id, group(0).dump()));
    EXPECT_EQ(first["observed"], Json::array());
    Json second = group(4);
    second["observed"] = observed;
    return Json::parse(worker::run_group(id, second.dump()));
  };
  auto losses = [](double first, double second) {
    return Json::array({{2, {{"test_loss", first}}}, {4, {{"test_loss", second}}}});
  };
  Json steady = fit("steady", Json::array()), better = fit("better", losses(1, 0.5)),
       worse = fit("worse", losses(1, 1.5));
  EXPECT_EQ(better["weights_sha256"], steady["weights_sha256"]);
  EXPECT_NE(worse["weights_sha256"], steady["weights_sha256"]);
  EXPECT_EQ(worse["observed"], losses(1, 1.5));
  // What a checkpoint knows, a fit that begins with it knows.
  worker::begin_fit("again", spec.json(), worker::checkpoint("worse"), std::string(32, 'k'));
  auto shards = deal_rows(random_rows(100), 2);
  for (int s = 0; s < 2; ++s) worker::add_shard("again", s, shards[static_cast<size_t>(s)]);
  EXPECT_EQ(Json::parse(worker::run_group("again", group(8).dump()))["observed"],
            worse["observed"]);
  for (const char* id : {"steady", "better", "worse", "again"}) worker::end_fit(id);
}

TEST(Fit, WatchesAResultOfValidation) {
  LocalFit job;
  job.model = named_model("mlp", 1);
  job.shards = deal_rows(random_rows(100), 2);
  job.threads = 1;
  auto end = [&](const std::string& schedule) {
    job.spec =
        R"({"batch_size": 20, "epochs": 6, "reproducible": true, "metrics": [{"kind": "Accuracy"}],
                   "optimizer": {"kind": "SGD", "lr": 0.05}, "schedule": )" +
        schedule + "}";
    return Json::parse(fit_locally(job, [](const std::string&) {}).end)["weights_sha256"];
  };
  auto sentence = [&](const std::string& schedule) -> std::string {
    try {
      end(schedule);
    } catch (const AttrError& e) {
      return e.what();
    }
    return "";
  };
  EXPECT_EQ(sentence(R"({"kind": "Plateau"})"),
            "monitor: 'test_loss' needs data to test on. Give some, or look at 'loss'");
  job.tests = deal_rows(random_rows(40), 1);
  EXPECT_EQ(sentence(R"({"kind": "Plateau", "monitor": "acuracy"})"),
            "monitor: the fit has no result 'acuracy' to look at. Did you mean 'accuracy'?");
  Json constant = end(R"({"kind": "Constant"})");
  EXPECT_EQ(end(R"({"kind": "Plateau", "patience": 10})"), constant);
  // The loss of the training data falls, so with the wrong mode it is no better from the second epoch on.
  EXPECT_EQ(end(R"({"kind": "Plateau", "monitor": "loss", "patience": 0})"), constant);
  EXPECT_EQ(
      end(R"({"kind": "Plateau", "monitor": "loss", "mode": "max", "patience": 0, "factor": 0.5})"),
      end(R"({"kind": "Regimes", "starts": [2, 3, 4, 5], "factors": [0.5, 0.25, 0.125, 0.0625],
                    "by_epoch": true})"));
}

TEST(Worker, EvaluationHasTheSameBitsForAnyThreads) {
  std::string model = named_model("lenet5", 1), block = random_rows(300);
  std::string spec = R"({"metrics": [{"kind": "Accuracy"}]})";
  EXPECT_EQ(worker::evaluate(model, spec, block, 1), worker::evaluate(model, spec, block, 3));
  EXPECT_EQ(worker::predict(model, block, 1), worker::predict(model, block, 3));
  EXPECT_EQ(worker::predict(model, block, 1).size(), 300u * 10 * sizeof(float));
}

TEST(Worker, FiguresOfPartsAreThoseOfAllRows) {
  std::string model = named_model("lenet5", 1), block = random_rows(90);
  std::string spec = R"({"metrics": [{"kind": "Accuracy"}, {"kind": "Perplexity"},
      {"kind": "MeanAveragePrecision", "num_classes": 10, "from_logits": true}]})";
  std::string whole = worker::evaluate(model, spec, block, 1), parts;
  for (const std::string& part : deal_rows(block, 3)) {
    parts += cat(parts.empty() ? "[" : ", ", worker::evaluate(model, spec, part, 1));
  }
  Json expected = Json::parse(worker::figures(spec, "[" + whole + "]"));
  Json got = Json::parse(worker::figures(spec, parts + "]"));
  EXPECT_EQ(got["rows"], 90);
  for (const char* key : {"loss", "accuracy", "perplexity", "mean_average_precision"}) {
    EXPECT_GT(got[key].get<double>(), 0) << key;
    EXPECT_NEAR(got[key].get<double>(), expected[key].get<double>(), 1e-5) << key;
  }
  Json sums = Json::parse(whole);
  EXPECT_DOUBLE_EQ(expected["loss"], sums["loss_sum"].get<double>() / 90);
  EXPECT_NEAR(expected["perplexity"], std::exp(expected["loss"].get<double>()), 1e-6);
}

TEST(Worker, MistakesAreSentences) {
  auto message = [](const auto& body) -> std::string {
    try {
      body();
      return "";
    } catch (const Error& e) {
      return e.what();
    }
  };
  std::string model = named_model("mlp", 1);
  EXPECT_EQ(message([&] { worker::resolve_fit(R"({"batch": 3})", model, true); }),
            "fit: no attribute 'batch'");
  EXPECT_EQ(
      message([&] { worker::resolve_fit(R"({"shard_rows": [1], "batch_size": 0})", model, true); }),
      "batch_size: must be >= 1, got 0");
  EXPECT_EQ(message([&] { worker::resolve_fit("{}", model, true); }),
            "the training data has no rows");
  EXPECT_EQ(message([&] { worker::run_group("unknown", "{}"); }),
            "fit unknown is not known to this worker");
}

}  // namespace
}  // namespace firesteel
