// SPDX-License-Identifier: Apache-2.0
#include <thread>

#include "tests/sync/expect.h"
#include "tests/sync/workers.h"

namespace firesteel::testing {
namespace {

std::vector<Result> form_tweaked(int n, const std::function<void(MeshSpec&)>& tweak,
                                 std::vector<Door>* doors) {
  for (int i = 0; i < n; ++i) doors->emplace_back();
  auto all = specs(*doors);
  for (MeshSpec& spec : all) {
    spec.form_deadline = Millis(500);
    tweak(spec);
  }
  std::vector<std::unique_ptr<Mesh>> meshes;
  return form(*doors, all, &meshes);
}

TEST(Forming, peer_that_never_shows_up) {
  std::vector<Door> doors(3);
  auto all = specs(doors);
  doors[0].listener->close();  // rank 0 has died
  all.erase(all.begin());
  for (MeshSpec& spec : all) spec.form_deadline = Millis(300);
  std::vector<std::unique_ptr<Mesh>> meshes(2);
  Result results[2] = {Result::success(), Result::success()};
  std::thread other([&] { results[1] = Mesh::form(*doors[2].listener, all[1], &meshes[1]); });
  results[0] = Mesh::form(*doors[1].listener, all[0], &meshes[0]);
  other.join();
  for (auto& result : results) {
    EXPECT_EQ(result.suspect(), 0) << result.message();
    expect_in(result.message(), "forming mesh 'test' epoch 0: worker ");
    expect_in(result.message(), "for worker 0 (127.0.0.1:");
    expect_in(result.message(), "cannot connect (Connection refused)");
  }
}

TEST(Forming, absent_higher_rank) {
  std::vector<Door> doors(2);
  auto spec = specs(doors)[0];
  spec.form_deadline = Millis(200);
  std::unique_ptr<Mesh> mesh;
  Result result = Mesh::form(*doors[0].listener, spec, &mesh);
  EXPECT_EQ(result.suspect(), 1);
  expect_in(result.message(), "waited 0.");  // 0.20, or more where the machine is busy
  expect_in(result.message(), " s for worker 1 (127.0.0.1:");
  expect_in(result.message(), "it has not connected. Form it with the workers that answer");
}

TEST(Forming, worker_that_listens_but_does_not_form) {
  std::vector<Door> doors(2);
  auto spec = specs(doors)[1];
  spec.form_deadline = Millis(200);
  std::unique_ptr<Mesh> mesh;
  Result result = Mesh::form(*doors[1].listener, spec, &mesh);
  EXPECT_EQ(result.suspect(), 0);
  expect_in(result.message(), "it accepted the connection but is not forming this mesh yet");
}

TEST(Forming, late_worker_is_waited_for) {
  std::vector<Door> doors(2);
  auto all = specs(doors);
  std::unique_ptr<Mesh> meshes[2];
  Result late = Result::success();
  std::thread other([&] {
    std::this_thread::sleep_for(Millis(300));
    late = Mesh::form(*doors[0].listener, all[0], &meshes[0]);
  });
  Result early = Mesh::form(*doors[1].listener, all[1], &meshes[1]);
  other.join();
  EXPECT_TRUE(late.ok()) << late.message();
  EXPECT_TRUE(early.ok()) << early.message();
}

TEST(Forming, wrong_key) {
  std::vector<Door> doors;
  auto results = form_tweaked(2, [](MeshSpec& spec) { spec.key[31] ^= spec.rank; }, &doors);
  EXPECT_EQ(results[0].suspect(), 1);
  expect_in(results[0].message(), "it has not connected (refused: the keys differ");
  EXPECT_EQ(results[1].suspect(), 0);
  expect_in(results[1].message(), "it refused: the keys differ");
  EXPECT_GT(doors[0].listener->refused(), 0);
  expect_in(doors[0].log(), "refused a connection from 127.0.0.1:");
  expect_in(doors[0].log(), "the keys differ");
}

TEST(Forming, older_epoch_is_refused) {
  std::vector<Door> doors;
  auto results =
      form_tweaked(2, [](MeshSpec& spec) { spec.epoch = spec.rank == 0 ? 7 : 6; }, &doors);
  expect_in(results[0].message(), "its epoch is old");
  expect_in(results[1].message(), "it refused: the epoch 6 is old, it forms epoch 7");
}

TEST(Forming, newer_epoch_ends_the_forming_of_an_older_one) {
  std::vector<Door> doors;
  auto results =
      form_tweaked(2, [](MeshSpec& spec) { spec.epoch = spec.rank == 0 ? 6 : 7; }, &doors);
  expect_in(results[0].message(), "superseded: a worker is forming epoch 7");
  expect_in(results[1].message(), "is not forming this mesh yet");
}

TEST(Forming, a_newer_epoch_forms_after_the_old_one_gave_up) {
  std::vector<Door> doors(2);
  auto old_spec = specs(doors)[0];
  auto all = specs(doors);
  for (auto& spec : all) spec.epoch = 1;
  std::unique_ptr<Mesh> meshes[3];
  Result results[2] = {Result::success(), Result::success()};
  std::thread other([&] { results[1] = Mesh::form(*doors[1].listener, all[1], &meshes[1]); });
  Result old = Mesh::form(*doors[0].listener, old_spec, &meshes[2]);
  results[0] = Mesh::form(*doors[0].listener, all[0], &meshes[0]);
  other.join();
  EXPECT_FALSE(old.ok());
  EXPECT_TRUE(results[0].ok()) << results[0].message();
  EXPECT_TRUE(results[1].ok()) << results[1].message();
}

TEST(Forming, other_number_of_workers) {
  std::vector<Door> doors;
  auto results = form_tweaked(
      2,
      [&](MeshSpec& spec) {
        if (spec.rank == 1) spec.peers.push_back(spec.peers[0]);
      },
      &doors);
  expect_in(results[1].message(), "it refused: its ranks or its number of workers");
}

TEST(Forming, other_fit_is_not_mixed_up) {
  std::vector<Door> doors;
  auto results = form_tweaked(2, [](MeshSpec& spec) { spec.fit_id += cat(spec.rank); }, &doors);
  for (auto& result : results) EXPECT_FALSE(result.ok());
}

TEST(Forming, cancelled) {
  std::vector<Door> doors(2);
  auto spec = specs(doors)[0];
  std::atomic<bool> cancel{false};
  spec.cancel = &cancel;
  std::thread other([&] {
    std::this_thread::sleep_for(Millis(50));
    cancel = true;
  });
  std::unique_ptr<Mesh> mesh;
  Instant start = Clock::now();
  Result result = Mesh::form(*doors[0].listener, spec, &mesh);
  other.join();
  expect_in(result.message(), ": cancelled");
  EXPECT_LT(seconds(Clock::now() - start), 1.0);
}

TEST(Forming, unknown_host) {
  Door door;
  MeshSpec spec;
  spec.rank = 1;
  spec.key = kKey;
  spec.peers = {{"no-such-host.invalid", 1}, door.endpoint};
  spec.form_deadline = Millis(1500);
  std::unique_ptr<Mesh> mesh;
  Result result = Mesh::form(*door.listener, spec, &mesh);
  EXPECT_EQ(result.suspect(), 0);
  expect_in(result.message(), "no-such-host.invalid");
}

// One listener serves many meshes, one after the other and at the same time.
TEST(Forming, many_meshes_of_one_listener) {
  std::vector<Door> doors(3);
  for (uint64_t epoch = 0; epoch < 10; ++epoch) {
    auto all = specs(doors);
    for (MeshSpec& spec : all) spec.epoch = epoch;
    std::vector<std::unique_ptr<Mesh>> meshes, others;
    for (auto& result : form(doors, all, &meshes)) EXPECT_TRUE(result.ok()) << result.message();
    for (MeshSpec& spec : all) spec.fit_id = "other";
    for (auto& result : form(doors, all, &others)) EXPECT_TRUE(result.ok()) << result.message();
  }
}

}  // namespace
}  // namespace firesteel::testing
