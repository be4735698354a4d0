// SPDX-License-Identifier: Apache-2.0
// Models by name: their sizes are those that PyTorch counts in the same nets.
#include <gtest/gtest.h>

#include "nn/models/zoo.h"
#include "nn/params.h"

namespace firesteel {
namespace {

struct Known {
  std::string name;
  int64_t parameters;  // trainable
  int64_t state;
  Shapes outputs;  // of one row
};

const Known kKnown[] = {
    {"inception_v1", 6624904, 14560, {{1000}}},
    {"inception_v1_aux", 13004888, 15072, {{1000}, {1000}, {1000}}},
    {"inception_v1_no_bn", 6998552, 0, {{1000}}},
    {"inception_v2", 11194984, 19904, {{1000}}},
    {"mobilenet_v2", 3504872, 34112, {{1000}}},
    {"resnet20", 272474, 1568, {{10}}},
    {"resnet50", 25557032, 53120, {{1000}}},
    {"ssd300_vgg16", 35641826, 0, {{8732, 4}, {8732, 91}, {8732, 4}}},
    {"vgg16", 138357544, 0, {{1000}}},
};

class Models : public ::testing::TestWithParam<Known> {};

TEST_P(Models, HaveTheKnownSizeAndShapes) {
  const Known& known = GetParam();
  Graph graph = named_model_of(known.name)->graph();
  ParamTable table(graph);
  EXPECT_EQ(table.count(false), known.parameters);
  EXPECT_EQ(table.count(true), known.state);
  std::vector<Shapes> values = graph.infer(2);
  Shapes outputs;
  for (Ref ref : graph.outputs()) {
    const Shape& shape = values[static_cast<size_t>(ref.node)][static_cast<size_t>(ref.port)];
    EXPECT_EQ(shape[0], 2);
    outputs.push_back(without_batch(shape));
  }
  EXPECT_EQ(outputs, known.outputs);
}
INSTANTIATE_TEST_SUITE_P(Zoo, Models, ::testing::ValuesIn(kKnown),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace firesteel
