// SPDX-License-Identifier: Apache-2.0
#include "tests/sync/workers.h"

#include <cmath>
#include <cstring>
#include <thread>

namespace firesteel::testing {

Door::Door(ListenerOptions options, const std::string& host) {
  options.log = [lines = lines](const std::string& line) {
    std::lock_guard lock(lines->mutex);
    lines->text += line + "\n";
  };
  listener = std::make_unique<Listener>(options);
  listener->open(host, 0, 0).throw_if_failed();
  endpoint = {host, listener->port()};
}

std::string Door::log() const {
  std::lock_guard lock(lines->mutex);
  return lines->text;
}

std::vector<MeshSpec> specs(const std::vector<Door>& doors) {
  std::vector<MeshSpec> specs(doors.size());
  for (size_t i = 0; i < doors.size(); ++i) {
    specs[i].fit_id = "test";
    specs[i].rank = static_cast<int>(i);
    for (const Door& door : doors) specs[i].peers.push_back(door.endpoint);
    specs[i].key = kKey;
  }
  return specs;
}

std::vector<Result> form(std::vector<Door>& doors, const std::vector<MeshSpec>& specs,
                         std::vector<std::unique_ptr<Mesh>>* meshes) {
  std::vector<Result> results(specs.size(), Result::success());
  meshes->resize(specs.size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < specs.size(); ++i) {
    threads.emplace_back(
        [&, i] { results[i] = Mesh::form(*doors[i].listener, specs[i], &(*meshes)[i]); });
  }
  for (auto& thread : threads) thread.join();
  return results;
}

World::World(int n, const Tweak& tweak) {
  for (int i = 0; i < n; ++i) doors.emplace_back();
  form_all(tweak);
}

World::World(const std::string& machines, const Tweak& tweak) {
  for (char machine : machines) {
    doors.emplace_back(ListenerOptions{}, cat("127.0.0.", machine - 'a' + 1));
  }
  form_all(tweak);
}

void World::form_all(const Tweak& tweak) {
  auto all = specs(doors);
  for (MeshSpec& spec : all) {
    if (tweak) tweak(spec);
  }
  for (const Result& result : form(doors, all, &meshes)) result.throw_if_failed();
}

std::vector<Result> World::run(const std::function<Result(Mesh&)>& f) {
  std::vector<Result> results(meshes.size(), Result::success());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < meshes.size(); ++i) {
    threads.emplace_back([&, i] { results[i] = f(*meshes[i]); });
  }
  for (auto& thread : threads) thread.join();
  return results;
}

float leaf_value(int64_t leaf, int64_t element) {
  auto x = static_cast<uint64_t>(leaf * 1000003 + element) * 0x9e3779b97f4a7c15ull;
  x ^= x >> 29;
  x *= 0xbf58476d1ce4e5b9ull;
  x ^= x >> 32;
  float mantissa = static_cast<float>(static_cast<int64_t>(x % 2000001) - 1000000);
  return std::ldexp(mantissa, static_cast<int>(x >> 60) - 28);
}

bool leaf_is_empty(int64_t leaf) { return leaf % 7 == 5; }

namespace {

std::vector<double> leaf_scalars(int64_t leaf) {
  return {0.1 * static_cast<double>(leaf + 1), leaf_is_empty(leaf) ? 0.0 : 1e17, 1.0};
}

bool sum_node(int64_t begin, int64_t end, int64_t leaves, int64_t element, float* out) {
  if (begin >= leaves) return false;
  if (end - begin == 1) {
    *out = leaf_value(begin, element);
    return !leaf_is_empty(begin);
  }
  int64_t middle = (begin + end) / 2;
  float left = 0, right = 0;
  bool has_left = sum_node(begin, middle, leaves, element, &left);
  bool has_right = sum_node(middle, end, leaves, element, &right);
  *out = has_left && has_right ? left + right : has_left ? left : right;
  return has_left || has_right;
}

std::vector<double> scalars_node(int64_t begin, int64_t end, int64_t leaves) {
  if (begin >= leaves) return {0, 0, 0};
  if (end - begin == 1) return leaf_scalars(begin);
  int64_t middle = (begin + end) / 2;
  auto left = scalars_node(begin, middle, leaves);
  auto right = scalars_node(middle, end, leaves);
  for (size_t i = 0; i < left.size(); ++i) left[i] += right[i];
  return left;
}

int64_t power_above(int64_t leaves) {
  int64_t power = 1;
  while (power < leaves) power *= 2;
  return power;
}

}  // namespace

void add_leaves(TreeAccumulator* sum, int64_t begin, int64_t end) {
  for (int64_t leaf = begin; leaf < end; ++leaf) {
    float* buffer = sum->next_buffer();
    for (int64_t i = 0; i < sum->count(); ++i) buffer[i] = leaf_value(leaf, i);
    sum->add_leaf(leaf, leaf_scalars(leaf), !leaf_is_empty(leaf));
  }
}

std::vector<float> plain_sum(int64_t leaves, int64_t count) {
  std::vector<float> sum(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) {
    float value = 0;
    bool any = sum_node(0, power_above(leaves), leaves, i, &value);
    sum[static_cast<size_t>(i)] = any ? value : 0.f;
  }
  return sum;
}

std::vector<double> plain_scalars(int64_t leaves) {
  if (leaves == 0) return {};
  return scalars_node(0, power_above(leaves), leaves);
}

Result sum_and_check(Collective& mesh, int64_t leaves, int64_t count, bool at_once) {
  TreeAccumulator sum(std::make_shared<BufferPool>(count));
  add_leaves(&sum, leaves * mesh.rank() / mesh.size(), leaves * (mesh.rank() + 1) / mesh.size());
  std::vector<float> all(static_cast<size_t>(count), -1.f);
  std::vector<double> scalars;
  Slice mine = slice_of(count, mesh.rank(), mesh.size());
  Result result = Result::success();
  if (at_once) {
    result = mesh.all_reduce(sum.nodes(), count, all.data(), &scalars);
  } else {
    result = mesh.reduce_scatter(sum.nodes(), count, all.data() + mine.begin, &scalars, DType::f32);
    if (result.ok()) result = mesh.all_gather(all.data(), count, DType::f32, nullptr);
  }
  if (!result.ok()) return result;
  auto expected = plain_sum(leaves, count);
  for (int64_t i = 0; i < count; ++i) {
    auto at = static_cast<size_t>(i);
    if (std::memcmp(&all[at], &expected[at], sizeof(float)) != 0) {
      return Result::failure(cat("element ", i, " is ", all[at], ", expected ", expected[at]));
    }
  }
  if (scalars != plain_scalars(leaves)) return Result::failure("the scalars differ");
  return Result::success();
}

}  // namespace firesteel::testing
