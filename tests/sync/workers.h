// SPDX-License-Identifier: Apache-2.0
// Helpers of the sync tests: workers as threads of this process, and sums to compare with.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/reduction.h"
#include "sync/mesh.h"

namespace firesteel::testing {

const std::string kKey(32, 'k');

// A listener on an ephemeral port of the loopback that collects its log lines.
struct Door {
  explicit Door(ListenerOptions options = {}, const std::string& host = "127.0.0.1");
  std::string log() const;

  struct Lines {
    mutable std::mutex mutex;
    std::string text;
  };
  std::shared_ptr<Lines> lines = std::make_shared<Lines>();
  std::unique_ptr<Listener> listener;
  Endpoint endpoint;
};

using Tweak = std::function<void(MeshSpec&)>;

// n workers of one mesh.
class World {
 public:
  explicit World(int n, const Tweak& tweak = {});  // forms; throws when that fails
  // A worker for each letter, those of the same letter on the same machine.
  explicit World(const std::string& machines, const Tweak& tweak = {});
  int size() const { return static_cast<int>(meshes.size()); }
  // Runs f on every mesh, each in a thread, and gives the results by rank.
  std::vector<Result> run(const std::function<Result(Mesh&)>& f);

  std::vector<Door> doors;
  std::vector<std::unique_ptr<Mesh>> meshes;

 private:
  void form_all(const Tweak& tweak);
};

std::vector<MeshSpec> specs(const std::vector<Door>& doors);
// Forms every mesh in a thread; a failed one stays null.
std::vector<Result> form(std::vector<Door>& doors, const std::vector<MeshSpec>& specs,
                         std::vector<std::unique_ptr<Mesh>>* meshes);

// Numbers whose sum depends on the order of the additions.
float leaf_value(int64_t leaf, int64_t element);
bool leaf_is_empty(int64_t leaf);
// Adds leaves [begin, end) to an accumulator, as the threads of a worker would.
void add_leaves(TreeAccumulator* sum, int64_t begin, int64_t end);
// The same sum by plain recursion over the tree, without any of core/reduction.
std::vector<float> plain_sum(int64_t leaves, int64_t count);
std::vector<double> plain_scalars(int64_t leaves);

// Sums `leaves` leaves spread evenly over the workers of the mesh on all of them, in slices that are gathered
// or at once, and compares.
Result sum_and_check(Collective& mesh, int64_t leaves, int64_t count, bool at_once = false);

}  // namespace firesteel::testing
