// SPDX-License-Identifier: Apache-2.0
// LeNet-5 on MNIST, trained on Spark from a C++ program:
//   build/dist/examples/lenet ['local-cluster[2,1,1024]' [mnist:DIR]]
#include <cstdio>

#include "jvm/launch/fit.h"
#include "nn/generated/specs.h"

int main(int argc, char** argv) try {
  using namespace firesteel;
  nn::Sequential net{nn::Conv2d(1, 6, 5),  nn::Tanh(),           nn::MaxPool2d(2),
                     nn::Conv2d(6, 12, 5), nn::Tanh(),           nn::MaxPool2d(2),
                     nn::Flatten(),        nn::Linear(192, 100), nn::Tanh(),
                     nn::Linear(100, 10)};
  auto show = [](const Json& event) { std::printf("%s\n", event.dump().c_str()); };
  auto fitted = spark::fit(net.graph(), argc > 2 ? argv[2] : "mnist",
                           {.master = argc > 1 ? argv[1] : "local-cluster[2,1,1024]",
                            .loss = nn::CrossEntropy(),
                            .optimizer = optim::SGD(0.1, 0.9),
                            .batch_size = 128,
                            .epochs = 3,
                            .on_event = show});
  fitted.save("lenet.safetensors");
  std::printf("accuracy %.4f\n", fitted.accuracy());
} catch (const firesteel::Error& e) {
  std::fprintf(stderr, "lenet: %s\n", e.what());
  return 1;
}
