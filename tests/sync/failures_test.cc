// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include "tests/sync/expect.h"
#include "tests/sync/workers.h"

namespace firesteel::testing {
namespace {

TEST(Failures, interrupt_from_another_thread_reaches_everybody_with_its_reason) {
  World world(3);
  std::thread other([&] {
    std::this_thread::sleep_for(Millis(100));
    world.meshes[1]->abort("the task was killed", 2);
  });
  auto results = world.run([](Mesh& mesh) {
    if (mesh.rank() == 2) std::this_thread::sleep_for(Millis(400));
    float data[64] = {};
    return mesh.all_gather(data, 64, DType::f32, nullptr);
  });
  other.join();
  for (auto& result : results) {
    EXPECT_FALSE(result.ok());
    EXPECT_EQ(result.suspect(), 2);
    expect_in(result.message(), "aborted: the task was killed");
  }
  expect_in(results[0].message(), "worker 0 (127.0.0.1:");
  expect_in(results[0].message(), "for worker 2 (127.0.0.1:");
  expect_in(results[0].message(), "worker 1 (127.0.0.1:");
  expect_in(results[0].message(), " reports: ");
  expect_in(results[2].message(), "this mesh has failed already");
  std::vector<std::string> all;
  Result later = world.meshes[0]->exchange("", &all);
  EXPECT_EQ(later.suspect(), 2);
  expect_in(later.message(), "exchange: this mesh has failed already");
}

TEST(Failures, close_while_others_wait) {
  World world(3);
  Instant start = Clock::now();
  auto results = world.run([](Mesh& mesh) {
    if (mesh.rank() == 1) {
      std::this_thread::sleep_for(Millis(100));
      mesh.close();
      return Result::success();
    }
    std::vector<std::string> all;
    return mesh.exchange("x", &all);
  });
  EXPECT_LT(seconds(Clock::now() - start), 1.5);
  for (size_t rank : {0, 2}) {
    EXPECT_EQ(results[rank].suspect(), 1);
    expect_in(results[rank].message(), "left the mesh while it was still needed");
  }
  std::vector<std::string> all;
  EXPECT_EQ(world.meshes[1]->exchange("x", &all).message(), "exchange: this mesh is closed");
}

TEST(Failures, close_of_a_mesh_that_is_in_a_call) {
  World world(2);
  std::thread other([&] {
    std::this_thread::sleep_for(Millis(100));
    world.meshes[0]->close();
  });
  float data[64] = {};
  Result result = world.meshes[0]->all_gather(data, 64, DType::f32, nullptr);
  other.join();
  expect_in(result.message(), "the mesh was closed during a collective");
}

// The last step of one worker may be over before that of the others.
TEST(Failures, closing_early_takes_nothing_from_those_that_are_behind) {
  for (int round = 0; round < 10; ++round) {
    World world(3);
    auto results = world.run([&](Mesh& mesh) {
      Result result = sum_and_check(mesh, 6, 100'000);
      mesh.close();
      return result;
    });
    for (auto& result : results) EXPECT_TRUE(result.ok()) << result.message();
  }
}

TEST(Failures, peer_that_is_slow_for_longer_than_the_peer_deadline_is_waited_for) {
  World world(2, [](MeshSpec& spec) { spec.peer_deadline = Millis(400); });
  auto results = world.run([](Mesh& mesh) {
    if (mesh.rank() == 1) std::this_thread::sleep_for(Millis(1300));
    return sum_and_check(mesh, 4, 1000);
  });
  for (auto& result : results) EXPECT_TRUE(result.ok()) << result.message();
}

TEST(Failures, step_deadline_names_the_worker_that_never_came) {
  World world(3, [](MeshSpec& spec) { spec.step_deadline = Millis(600); });
  std::vector<std::string> all;
  auto results = world.run([&](Mesh& mesh) {
    std::vector<std::string> all;
    if (mesh.rank() == 2) return Result::success();
    return mesh.exchange("", &all);
  });
  for (size_t rank : {0, 1}) {
    EXPECT_EQ(results[rank].suspect(), 2) << results[rank].message();
    expect_in(results[rank].message(), "the step deadline of 0.60 s has passed");
    expect_in(results[rank].message(), "is alive and at collective #0");
  }
}

TEST(Failures, disagreeing_programs_are_told_apart_from_dead_ones) {
  World world(2);
  auto results = world.run([](Mesh& mesh) {
    std::vector<float> data(100);
    return mesh.all_gather(data.data(), mesh.rank() ? 100 : 99, DType::f32, nullptr);
  });
  for (auto& result : results) {
    EXPECT_EQ(result.suspect(), -1);
    expect_in(result.message(), "is in all_gather #1 of ");
    expect_in(result.message(), "the workers' programs disagree");
  }
}

TEST(Failures, two_workers_with_one_leaf) {
  World world(2);
  auto results = world.run([](Mesh& mesh) {
    float data[64] = {}, out[64];
    std::vector<Partial> nodes = {{1, 3, data, {}}, {0, mesh.rank() ? 6 : 2, data, {}}};
    if (mesh.rank()) nodes.erase(nodes.begin());
    std::vector<double> scalars;
    return mesh.reduce_scatter(nodes, 64, out, &scalars, DType::f32);
  });
  expect_in(results[0].message() + results[1].message(), "hold leaf 6 of the sum");
}

TEST(Failures, texts_of_unusable_arguments) {
  Door door;
  std::unique_ptr<Mesh> mesh;
  MeshSpec spec;
  EXPECT_EQ(Mesh::form(*door.listener, spec, &mesh).message(),
            "MeshSpec.peers: must name every worker, got none");
  spec.peers = {door.endpoint};
  spec.rank = 1;
  EXPECT_EQ(Mesh::form(*door.listener, spec, &mesh).message(),
            "MeshSpec.rank: must be in 0..0, got 1");
  spec.rank = 0;
  EXPECT_EQ(Mesh::form(*door.listener, spec, &mesh).message(),
            "MeshSpec.key: must have 32 bytes, got 0");
  spec.key = kKey;
  spec.peer_deadline = Millis(0);
  EXPECT_EQ(Mesh::form(*door.listener, spec, &mesh).message(),
            "MeshSpec: every deadline must be > 0 ms");
  World world(1);
  float value = 0;
  Move move{0, 1, std::span(&value, 1)};
  expect_in(world.meshes[0]->move(std::span(&move, 1)).message(),
            "move: workers must be ranks below 1, got 0 to 1");
}

}  // namespace
}  // namespace firesteel::testing
