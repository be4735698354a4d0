// SPDX-License-Identifier: Apache-2.0
// Plugins: files that are none, descriptions that are wrong, and layers that compute.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "core/json.h"
#include "core/safetensors.h"
#include "formats/dataset.h"
#include "nn/layer_run.h"
#include "nn/model.h"
#include "nn/model_api.h"
#include "nn/models/zoo.h"
#include "nn/plugin_check.h"
#include "tests/nn/plugin_layers.h"
#include "tests/skip_without_bf16.h"
#include "train/fit.h"
#include "train/worker.h"

namespace firesteel::testing {
namespace {

namespace fs = std::filesystem;

std::string dist(const std::string& file) { return cat(std::getenv("FIRESTEEL_DIST"), "/", file); }
Plugin example() { return load_plugin(dist("examples/learned_swish.so")); }

std::string temporary(const std::string& name) {
  fs::path folder = fs::temp_directory_path() / cat("firesteel-plugin-test-", getpid());
  fs::create_directories(folder);
  return folder / name;
}

template <class E, class Body>
std::string thrown(const Body& body) {
  try {
    body();
  } catch (const E& e) {
    return e.what();
  }
  ADD_FAILURE() << "nothing of the kind was thrown";
  return "";
}

TEST(PluginFile, IsLoadedOnceWhateverItsPath) {
  Plugin first = example(), again = example();
  EXPECT_EQ(first.name, "learned_swish");
  EXPECT_EQ(first.version, "1.0");
  EXPECT_EQ(first.kinds, std::vector<std::string>{"LearnedSwish"});
  EXPECT_EQ(first.sha256.size(), 64u);
  std::string copy = temporary("copy.so");
  fs::copy_file(first.path, copy, fs::copy_options::overwrite_existing);
  EXPECT_EQ(load_plugin(copy).path, first.path);
  int count = 0;
  for (const Plugin& plugin : loaded_plugins()) count += plugin.name == first.name;
  EXPECT_EQ(count, 1);
}

TEST(PluginFile, ItsLayersAreListedLikeOthers) {
  example();
  Json all = parse_json(kinds_json(), "kinds");
  for (const Json& kind : all["layers"]) {
    if (kind["kind"] != "LearnedSwish") continue;
    EXPECT_EQ(kind["group"], "plugin");
    EXPECT_EQ(kind["doc"], "x sigmoid(beta x), with learned beta.");
    EXPECT_EQ(kind["attrs"][0]["name"], "channels");
    EXPECT_EQ(kind["attrs"][0]["type"], "int");
    EXPECT_EQ(kind["attrs"][0]["rule"], "must be > 0");
    EXPECT_EQ(kind["attrs"][1]["default"], 1.0);
    return;
  }
  FAIL() << "LearnedSwish is not listed";
}

TEST(PluginFile, WrongOnesGetASentence) {
  EXPECT_EQ(thrown<SystemError>([] { load_plugin("/no/such.so"); }),
            "plugin /no/such.so: no such file");
  EXPECT_EQ(thrown<SystemError>([] { load_plugin("/tmp"); }), "plugin /tmp: no such file");
  std::string text = temporary("text.so");
  std::ofstream(text) << "not a shared library, but text that is long enough to be looked at";
  EXPECT_EQ(
      thrown<SystemError>([&] { load_plugin(text); }),
      cat("plugin ", text, ": no shared library that can be loaded here: invalid ELF header"));
  std::string other = dist("lib/libgomp.so.1");
  EXPECT_EQ(thrown<FormatError>([&] { load_plugin(other); }),
            cat("plugin ", other,
                ": does not export firesteel_plugin(). A plugin's file ends with "
                "FIRESTEEL_PLUGIN(...) of firesteel/plugin.hpp"));
}

TEST(PluginFile, AChangedOneIsRefused) {
  example();
  std::string changed = temporary("changed.so");
  fs::copy_file(dist("examples/learned_swish.so"), changed, fs::copy_options::overwrite_existing);
  std::ofstream(changed, std::ios::app) << "more";
  EXPECT_EQ(thrown<FormatError>([&] { load_plugin(changed); }),
            cat("plugin ", changed, ": its layer LearnedSwish exists already, of another plugin: ",
                example().path, ". Rename one, or start anew to load a new version"));
}

// A description that is right, and what makes it wrong.
struct Description {
  firesteel_layer layer = *plugin::describe<Halves>("halves", "1")->layers[0];
  firesteel_attr attr = *layer.attrs[0];
  const firesteel_attr* attrs[2] = {&attr, &attr};
  const firesteel_layer* layers[2] = {&layer, &layer};
  firesteel_plugin_info info = *plugin::describe<Halves>("halves", "1");

  Description() {
    layer.kind = "Described";
    layer.attrs = attrs;
    layer.sample = nullptr;
    info.layers = layers;
  }
};
struct Fault {
  const char* name;
  void (*plant)(Description&);
  const char* sentence;
};
const Fault kFaults[] = {
    {"Version", [](Description& d) { d.info.abi = 7; },
     "plugin it.so: made for version 7 of the border to plugins, this Firesteel has version 1. "
     "Compile it again with this Firesteel's headers"},
    {"NoName", [](Description& d) { d.info.name = ""; },
     "plugin it.so: must have a name and a version"},
    {"NoLayers", [](Description& d) { d.info.layer_count = 0; }, "plugin it.so: has no layers"},
    {"ShortInfo", [](Description& d) { d.info.size = offsetof(firesteel_plugin_info, layers); },
     "plugin it.so: has no layers"},
    {"Twice", [](Description& d) { d.info.layer_count = 2; },
     "plugin it.so: has the layer Described twice"},
    {"Kind", [](Description& d) { d.layer.kind = "no kind"; },
     "plugin it.so: a layer must have a name like LearnedSwish, got 'no kind'"},
    {"Ours", [](Description& d) { d.layer.kind = "ReLU"; },
     "plugin it.so: its layer ReLU exists already in Firesteel. Rename it"},
    {"NoForward", [](Description& d) { d.layer.forward = nullptr; },
     "plugin it.so: Described: must have create, destroy, infer and forward"},
    {"Inputs", [](Description& d) { d.layer.least_inputs = 0; },
     "plugin it.so: Described: must take 1 to 64 inputs, got 0 to 1"},
    {"AttrName", [](Description& d) { d.attr.name = "name"; },
     "plugin it.so: Described: an attribute must have a name in snake_case other than kind and "
     "name, got 'name'"},
    {"AttrTwice", [](Description& d) { d.layer.attr_count = 2; },
     "plugin it.so: Described: has the attribute share twice"},
    {"AttrType", [](Description& d) { d.attr.fallback.type = 9; },
     "plugin it.so: Described.share: its type must be one of the border's, got 9"},
    {"AttrDefault", [](Description& d) { d.attr.fallback.real = -1; },
     "plugin it.so: Described.share: must be > 0, got -1 as the default"},
    {"AttrRule", [](Description& d) { d.attr.rule = 77; },
     "plugin it.so: Described.share: its rule must be one of the border's, got 77"},
};

class PluginFault : public ::testing::TestWithParam<Fault> {};
TEST_P(PluginFault, IsASentence) {
  Description description;
  GetParam().plant(description);
  EXPECT_EQ(thrown<FormatError>([&] { register_plugin(&description.info, "it.so", "0"); }),
            GetParam().sentence);
}
INSTANTIATE_TEST_SUITE_P(Description, PluginFault, ::testing::ValuesIn(kFaults),
                         [](const auto& info) { return info.param.name; });

TEST(PluginFault, ADescriptionThatFailed) {
  EXPECT_EQ(thrown<FormatError>([] { register_plugin(nullptr, "it.so", "0"); }),
            "plugin it.so: could not describe itself");
}

TEST(PluginLayers, KnowTheirAttributes) {
  made_here();
  auto one = layer("Attributes", {{"count", int64_t{3}}, {"extents", int64_t{4}}});
  EXPECT_EQ(to_json(one->attrs()).dump(),
            R"({"flag":true,"count":3,"ratio":0.5,"text":"x","extents":[4],"numbers":[1.5]})");
  auto bad = [](const Attrs& attrs) {
    return thrown<AttrError>([&] { layer("Attributes", attrs); });
  };
  EXPECT_EQ(bad({}), "Attributes.count: required, but not given");
  EXPECT_EQ(bad({{"count", int64_t{-3}}}), "Attributes.count: must be >= 0, got -3");
  EXPECT_EQ(bad({{"count", std::string("x")}}), "Attributes.count: expected int, got 'x'");
  EXPECT_EQ(bad({{"count", int64_t{1}}, {"extents", Dims{}}}),
            "Attributes.extents: must not be empty, got []");
  EXPECT_EQ(bad({{"counts", int64_t{1}}}),
            "Attributes: no attribute 'counts'. Did you mean 'count'?");
  EXPECT_EQ(bad({{"count", int64_t{13}}}), "Attributes: 13 is unlucky");
}

TEST(PluginLayers, AreCheckedByTheirSamples) {
  for (const LayerCheck& check : check_plugin(example())) {
    EXPECT_EQ(check.problem, "") << check.kind;
    EXPECT_LT(check.gradient_error, 1e-7);
  }
  std::map<std::string, std::string> problems;
  for (const LayerCheck& check : check_plugin(made_here())) problems[check.kind] = check.problem;
  EXPECT_EQ(problems["Halves"], "");
  EXPECT_EQ(problems["Attributes"], "");
  EXPECT_EQ(problems["Noise"], "");
  EXPECT_TRUE(problems["WrongGradient"].starts_with(
      "backward does not compute the gradient of forward: it is off by "))
      << problems["WrongGradient"];
  EXPECT_TRUE(problems["OrderMatters"].starts_with("gives other numbers on "))
      << problems["OrderMatters"];
  EXPECT_EQ(problems["FillsNull"],
            "backward crashes where nobody wants the gradient of the input: dx is null then");
  EXPECT_EQ(problems["Throws"], "Throws: row 1 is bad");
  EXPECT_EQ(problems["ForgetsInput"],
            "ForgetsInput: backward reads an input, but prepare() does not call "
            "backward_reads_input()");
  EXPECT_TRUE(problems["Transposes"].starts_with("output 0 must have three times as many rows"))
      << problems["Transposes"];
}

TEST(PluginLayers, ComputeInF32WhereOthersComputeInBf16) {
  FIRESTEEL_SKIP_WITHOUT_BF16();
  example();
  Sample sample{.attrs = {{"channels", int64_t{3}}}, .in = {{4, 3, 5}}};
  Env env{.input_gradients = true};
  LayerRun wide("LearnedSwish", sample, env);
  env.compute = DType::bf16;
  LayerRun narrow("LearnedSwish", sample, env);
  wide.run();
  narrow.run();
  EXPECT_EQ(narrow.output, wide.output);
  EXPECT_EQ(narrow.gradient, wide.gradient);
}

TEST(PluginLayers, AreUnknownWithoutTheirPlugin) {
  EXPECT_EQ(thrown<AttrError>([] { layer("Unheard"); }),
            "no layer 'Unheard'; if a plugin has it, load that first: --plugin, load_plugin or "
            "Plugins.load");
}

TEST(PluginLayers, Train) {
  example();
  Sequential net({6});
  net.add(layer("Linear", {{"in_features", int64_t{6}}, {"out_features", int64_t{12}}}));
  net.add(layer("LearnedSwish", {{"channels", int64_t{12}}}));
  net.add(layer("Linear", {{"in_features", int64_t{12}}, {"out_features", int64_t{3}}}));
  std::string first = save_model(Model::make(net.graph(), 1));
  std::string spec = R"({"loss": {"kind": "CrossEntropy"}, "batch_size": 32, "iterations": 200,
      "optimizer": {"kind": "SGD", "lr": 0.2}, "metrics": [{"kind": "Accuracy"}],
      "reproducible": true})";
  Dataset rows = load_dataset("synthetic:6/3/600", "train");
  std::string block = pack_block(rows.block());
  std::string weights;
  for (int threads : {1, 2}) {
    LocalFit fit{.model = first,
                 .spec = spec,
                 .shards = deal_rows(block, worker::default_shards(spec)),
                 .tests = {block},
                 .threads = threads};
    LocalFitted fitted = fit_locally(fit, [](const std::string&) {});
    Json end = parse_json(fitted.end, "end");
    EXPECT_GT(end["accuracy"].get<double>(), 0.9);
    Model model = load_model(fitted.model, "fitted");
    const Param* beta = model.table.of_node(2)[0];
    EXPECT_EQ(beta->name, "learned_swish_1.beta");
    EXPECT_EQ(beta->size, 12);
    EXPECT_NE(model.values[static_cast<size_t>(beta->offset)], 1.0f);
    auto sha256 = end["weights_sha256"].get<std::string>();
    if (threads == 1) weights = sha256;
    EXPECT_EQ(sha256, weights);
  }
}

}  // namespace
}  // namespace firesteel::testing
