// SPDX-License-Identifier: Apache-2.0
// Every named model learns its made-up rows: the loss of the last steps is below that of the first.
#include <gtest/gtest.h>

#include <set>

#include "nn/models/examples.h"
#include "train/engine.h"

namespace firesteel {
namespace {

// Small options, so that all of them together take little time.
struct Trained {
  std::string model;
  int64_t batch = 16, steps = 16;
  double lr = 0;  // 0: the model's
};

const Trained kTrained[] = {
    {"anomaly_detector:steps=12"},
    {"autoencoder", 32, 30},
    {"bert:vocabulary=100,steps=12,hidden=32,layers=2,heads=2,intermediate=64", 16, 16, 0.002},
    {"inception_v1:classes=2,size=64", 8, 8},
    {"inception_v1_aux:classes=2,size=224", 4, 4, 0.01},
    {"inception_v1_no_bn:classes=2,size=64", 8, 20, 0.01},
    {"inception_v2:classes=2,size=64", 8, 8},
    {"knrm:vocabulary=200", 16, 40, 0.01},
    {"lenet5:classes=3", 32, 16},
    {"lstm:classes=2", 8, 8, 0.02},
    {"mlp:classes=3", 32, 16},
    {"mobilenet_v1:classes=2,size=32,width=0.5", 16, 12},
    {"mobilenet_v2:classes=2,size=64", 8, 12},
    {"ncf:users=40,items=40", 64, 60},
    {"ptb:vocabulary=60,hidden=32", 16, 30, 0.01},
    {"resnet101:classes=2,size=32", 8, 6, 0.02},
    {"resnet110:classes=2", 8, 5, 0.02},
    {"resnet152:classes=2,size=32", 8, 8, 0.003},
    {"resnet18:classes=2,size=32", 16, 8},
    {"resnet20:classes=3", 16, 10},
    {"resnet32:classes=3", 16, 10},
    {"resnet34:classes=2,size=32", 16, 8},
    {"resnet44:classes=3", 16, 8},
    {"resnet50:classes=2,size=32", 16, 8, 0.02},
    {"resnet56:classes=2", 8, 8, 0.02},
    {"resnet8:classes=3", 16, 16},
    {"seq2seq:source_vocabulary=12,target_vocabulary=12,source_steps=5,target_steps=5", 32, 60,
     0.01},
    {"session_recommender:items=30,history_steps=4", 32, 60, 0.01},
    {"simple_rnn:vocabulary=60", 16, 30, 0.01},
    {"squeezenet1_0:classes=2,size=64", 16, 30, 0.01},
    {"squeezenet1_1:classes=2,size=64", 16, 30, 0.01},
    {"ssd300_vgg16:classes=3", 1, 6, 0.0005},
    {"ssd512_vgg16:classes=3", 1, 4, 0.0005},
    {"ssd_mobilenet:classes=3", 2, 8},
    {"text_classifier:classes=3,vocabulary=200,steps=20,hidden=16", 32, 40, 0.2},
    {"transformer:classes=2", 16, 16, 0.02},
    {"tree_lstm:vocabulary=50,nodes=15,hidden=16,dropout=0", 16, 40},
    {"vae", 32, 30},
    {"vgg16:classes=2,size=32", 8, 12, 0.01},
    {"vgg16_cifar:classes=3", 16, 12, 0.02},
    {"vgg19:classes=2,size=32", 8, 30, 0.005},
    {"widedeep:dense=5,crosses=2,cross_ids=50,category_ids=[20,20],hidden=[16,8]", 64, 60},
    // Other forms.
    {"ptb:vocabulary=60,hidden=32,cell=GRU", 16, 30, 0.01},
    {"ptb:vocabulary=60,hidden=32,cell=Transformer", 16, 30, 0.003},
    {"resnet20:classes=3,shortcut=A", 16, 10},
    {"text_classifier:classes=3,vocabulary=200,steps=20,hidden=16,encoder=lstm", 32, 80, 0.5},
};

std::string name_of(const std::string& text) { return text.substr(0, text.find(':')); }

void PrintTo(const Trained& trained, std::ostream* out) { *out << trained.model; }

class TrainedModel : public ::testing::TestWithParam<Trained> {};

TEST_P(TrainedModel, Learns) {
  const Trained& t = GetParam();
  auto named = named_model_of(t.model);
  Json optimizer = named->optimizer();
  if (t.lr > 0) optimizer["lr"] = t.lr;
  Json doc = {{"loss", named->loss()},
              {"optimizer", optimizer},
              {"metrics", named->metrics()},
              {"batch_size", t.batch},
              {"iterations", t.steps}};
  FitSpec spec = FitSpec::parse(doc.dump());
  // Few rows, seen again and again.
  int64_t rows = 2 * t.batch;
  Examples made = examples_of(*named, rows, 3);
  std::string block =
      pack_block({rows, DType::f32, named->label_dtype(), made.x_shape, named->label_shape(),
                  reinterpret_cast<const uint8_t*>(made.x.data()),
                  reinterpret_cast<const uint8_t*>(made.y.data())});
  spec.shard_rows = {rows};
  spec.resolve();
  Model model = Model::make(named->graph(), 1);
  check_fit(model, spec, labels_of(parse_block(block, "rows")));
  Engine engine(std::move(model), std::move(spec), 2);
  engine.shards().add(0, block);
  LocalCollective alone;
  Assignment all = assignment_of(engine.spec(), 0, 1);
  auto loss_of = [&](int64_t steps) {
    StepsReport report = engine.run(steps, all, alone);
    report.result.throw_if_failed();
    return report.loss;
  };
  double first = loss_of(2);
  if (t.steps > 4) loss_of(t.steps - 4);
  EXPECT_LT(loss_of(2), first);
}

INSTANTIATE_TEST_SUITE_P(Zoo, TrainedModel, ::testing::ValuesIn(kTrained), [](const auto& info) {
  return cat(name_of(info.param.model), "_", info.index);
});

TEST(TrainedModels, AreAllThatHaveNames) {
  std::set<std::string> trained, named;
  for (const Trained& t : kTrained) trained.insert(name_of(t.model));
  for (const auto& [name, entry] : Registry<NamedModel>::instance().entries()) named.insert(name);
  EXPECT_EQ(trained, named);
}

}  // namespace
}  // namespace firesteel
