// SPDX-License-Identifier: Apache-2.0
// Time of one reduce_scatter + all_gather between workers that are threads of this process.
//   sync_bench_main [workers floats rounds [sealed]]
#include <cstdio>
#include <cstdlib>

#include <algorithm>

#include "tests/sync/workers.h"

namespace firesteel::testing {
namespace {

void measure(int workers, int64_t count, int rounds, bool sealed = false) {
  World world(workers, [&](MeshSpec& spec) { spec.sealed = sealed; });
  std::vector<double> times(static_cast<size_t>(rounds));
  auto results = world.run([&](Mesh& mesh) {
    std::vector<float> gradient(static_cast<size_t>(count), 1.f), weights(gradient.size());
    std::vector<Partial> nodes = {{0, mesh.rank(), gradient.data(), {1.0}}};
    std::vector<double> scalars;
    float* mine = weights.data() + slice_of(count, mesh.rank(), workers).begin;
    for (int round = -rounds / 10 - 1; round < rounds; ++round) {
      Instant start = Clock::now();
      Result result = mesh.reduce_scatter(nodes, count, mine, &scalars, DType::f32);
      if (result.ok()) result = mesh.all_gather(weights.data(), count, DType::f32, nullptr);
      if (!result.ok()) return result;
      if (mesh.rank() == 0 && round >= 0) {
        times[static_cast<size_t>(round)] = seconds(Clock::now() - start) * 1e3;
      }
    }
    return Result::success();
  });
  for (auto& result : results) result.throw_if_failed();
  std::ranges::sort(times);
  MeshStats stats = world.meshes[0]->stats();
  double mean = 0;
  for (double time : times) mean += time / rounds;
  std::printf(
      "%2d workers %9lld floats%s: best %.3f ms, median %.3f ms, mean %.3f ms, "
      "%.2f GB/s sent per worker at the median, %.0f %% waiting\n",
      workers, static_cast<long long>(count), sealed ? ", sealed" : "", times.front(),
      times[times.size() / 2], mean,
      static_cast<double>(stats.bytes_sent) / rounds / 1.1 / times[times.size() / 2] / 1e6,
      100 * stats.wait_seconds / (mean * rounds * 1.1e-3));
}

}  // namespace
}  // namespace firesteel::testing

int main(int argc, char** argv) {
  using firesteel::testing::measure;
  if (argc == 4 || argc == 5) {
    measure(std::atoi(argv[1]), std::atoll(argv[2]), std::atoi(argv[3]), argc == 5);
    return 0;
  }
  for (bool sealed : {false, true}) {
    measure(2, 22'278, 5000, sealed);
    measure(4, 22'278, 2000, sealed);
    measure(2, 7'000'000, 40, sealed);
    measure(4, 7'000'000, 20, sealed);
  }
}
