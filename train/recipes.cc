// SPDX-License-Identifier: Apache-2.0
// What was published is said beside each recipe; to reach these accuracies takes ImageNet or PASCAL VOC, and
// a cluster.
#include "train/recipes.h"

#include "core/schema.h"

namespace firesteel {
namespace {

// BigDL's white paper (Dai et al., "BigDL: a distributed deep learning framework for big data", 2019) and
// its large-batch experiments: top-1 0.683, 0.682 and 0.680 at batches of 1,404, 5,632 and 8,448.
const Recipe kInception = {
    "inception-v1",
    "Inception v1 on ImageNet with large batches: 62,000 iterations of 1,404 rows; 68 % top-1 was "
    "published",
    "inception_v1",
    {{"batch_size", 1404},
     {"base_batch_size", 1024},
     {"iterations", 62000},
     {"clip_norm", 10.0},
     {"optimizer", {{"kind", "SGD"}, {"lr", 0.065}, {"momentum", 0.9}, {"weight_decay", 1e-4}}},
     {"schedule", {{"kind", "Poly"}, {"power", 0.5}, {"warmup_epochs", 5}}}}};

// Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", 2017: 76.3 % top-1; the talk's run
// had 76.1 %.
const Recipe kResNet = {"resnet50-8k",
                        "ResNet-50 on ImageNet with 8,192 rows a batch: 90 epochs, learning rate "
                        "0.1 to 3.2 over five epochs; 76.1 % "
                        "top-1 was published",
                        "resnet50:zero_init_residual=true",
                        {{"batch_size", 8192},
                         {"base_batch_size", 256},
                         {"epochs", 90},
                         {"optimizer",
                          {{"kind", "SGD"},
                           {"lr", 0.1},
                           {"momentum", 0.9},
                           {"nesterov", true},
                           {"weight_decay", 1e-4}}},
                         {"schedule",
                          {{"kind", "MultiStep"},
                           {"milestones", {30, 60, 80}},
                           {"gamma", 0.1},
                           {"by_epoch", true},
                           {"warmup_epochs", 5}}}}};

// BigDL's detector (its pipeline for SSD, 2017, and the talk): mean average precision 0.760 on VOC's test images
// of 2007, at batches of 112 and of 224, from VGG-16's weights of ImageNet.
constexpr const char* kSsdModel = "ssd300_vgg16:classes=21";
const char* const kPrecision = "detection_mean_average_precision";
const Json kOfDetector = {{"batch_size", 112},
                          {"epochs", 250},
                          {"loss", {{"kind", "MultiBox"}}},
                          {"metrics",
                           {{{"kind", "DetectionMeanAveragePrecision"},
                             {"num_classes", 21},
                             {"style", "voc2007"},
                             {"from_boxes", true}}}}};

Json detector(Json own) {
  own.update(kOfDetector);
  return own;
}

const Recipe kSsdWarmUp = {
    "ssd300-warmup", "The first part of ssd300: Adam, until the mean average precision is 0.5",
    kSsdModel,
    detector({{"optimizer", {{"kind", "Adam"}, {"lr", 1e-4}}},
              {"schedule", {{"kind", "InverseTime"}, {"gamma", 5e-4}}},
              {"stop", {{"kind", "MaxScore"}, {"max", 0.5}, {"monitor", kPrecision}}}})};

const Recipe kSsd = {"ssd300",
                     "SSD300-VGG16 on PASCAL VOC 2007 and 2012 with 112 rows a batch, from a model "
                     "that ssd300-warmup "
                     "has fitted: SGD, whose learning rate is halved when the mean average "
                     "precision no longer grows; "
                     "0.760 was published",
                     kSsdModel,
                     detector({{"optimizer", {{"kind", "SGD"}, {"lr", 0.0035}, {"momentum", 0.9}}},
                               {"schedule",
                                {{"kind", "Plateau"},
                                 {"monitor", kPrecision},
                                 {"mode", "max"},
                                 {"factor", 0.5},
                                 {"patience", 10},
                                 {"min_lr", 1e-5}}}})};

}  // namespace

const std::vector<Recipe>& recipes() {
  static const std::vector<Recipe> kAll = {kInception, kResNet, kSsdWarmUp, kSsd};
  return kAll;
}

const Recipe& recipe_of(const std::string& name) {
  std::vector<std::string> names;
  for (const Recipe& recipe : recipes()) {
    if (recipe.name == name) return recipe;
    names.push_back(recipe.name);
  }
  throw AttrError(with_suggestion(cat("recipe: there is no '", name, "'"), name, names));
}

Json to_json(const Recipe& recipe) {
  return {{"name", recipe.name}, {"doc", recipe.doc}, {"model", recipe.model}, {"fit", recipe.fit}};
}

}  // namespace firesteel
