// SPDX-License-Identifier: Apache-2.0
// A worker process for the sync tests: sync_worker_main <rank> <task> <peer deadline in ms>.
// Prints its port, reads everybody's ports, prints "formed", then "ok" or
// "failed <suspect> <text>".
#include <cstdio>
#include <iostream>
#include <sstream>
#include <thread>

#include "tests/sync/workers.h"

namespace firesteel::testing {
namespace {

Result perform(Mesh& mesh, const std::string& task, Millis peer_deadline) {
  if (task == "sum") {
    for (int64_t count : {0, 1, 15, 16, 17, 22'278, 1'000'003}) {
      Result result = sum_and_check(mesh, 5, count);
      if (!result.ok()) return result;
    }
    return Result::success();
  }
  std::vector<float> data(5'000'000, 1.f);
  auto gather = [&] {
    return mesh.all_gather(data.data(), static_cast<int64_t>(data.size()), DType::f32, nullptr);
  };
  if (task == "slow") {
    for (int step = 0; step < 2; ++step) {
      if (mesh.rank() == 1) std::this_thread::sleep_for(3 * peer_deadline);
      Result result = gather();
      if (!result.ok()) return result;
    }
    return Result::success();
  }
  for (;;) {  // "gather": until something happens
    Result result = gather();
    if (!result.ok()) return result;
  }
}

int work(int rank, const std::string& task, Millis peer_deadline) {
  Door door;
  std::cout << door.endpoint.port << std::endl;
  std::string line;
  std::getline(std::cin, line);
  std::istringstream ports(line);
  MeshSpec spec;
  spec.fit_id = "process test";
  spec.rank = rank;
  spec.key = kKey;
  spec.peer_deadline = peer_deadline;
  for (int port; ports >> port;) spec.peers.push_back({"127.0.0.1", port});
  std::unique_ptr<Mesh> mesh;
  Result result = Mesh::form(*door.listener, spec, &mesh);
  if (result.ok()) {
    std::cout << "formed" << std::endl;
    result = perform(*mesh, task, peer_deadline);
  }
  if (result.ok()) {
    std::cout << "ok" << std::endl;
  } else {
    std::cout << "failed " << result.suspect() << " " << result.message() << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace firesteel::testing

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  return firesteel::testing::work(std::atoi(argv[1]), argv[2],
                                  firesteel::Millis(std::atoi(argv[3])));
}
