// SPDX-License-Identifier: Apache-2.0
#include "train/cell_sums.h"

#include <algorithm>

#include "core/error.h"
#include "core/reduction.h"

namespace firesteel {
namespace {

struct Head {
  int64_t level = 0, index = 0;
};

template <class T>
void put(std::string* to, const T* values, size_t count) {
  to->append(reinterpret_cast<const char*>(values), count * sizeof(T));
}

template <class T>
std::vector<T> take(std::string_view* from, size_t count) {
  require<FormatError>(count <= from->size() / sizeof(T), "sums: end in the middle");
  std::vector<T> values(count);
  std::string_view bytes = from->substr(0, count * sizeof(T));
  std::ranges::copy(bytes, reinterpret_cast<char*>(values.data()));
  from->remove_prefix(bytes.size());
  return values;
}

}  // namespace

void CellSums::append(size_t bucket, Slice part, JointCount count, Add add, std::string* to) const {
  int64_t begin = buckets_[bucket].begin, cell = slice_align(buckets_[bucket].size());
  TreeAccumulator tree(std::make_shared<BufferPool>(0));
  JointSums of_cell{{}, std::vector<double>(count.most)};
  for (int64_t at = part.begin; at < part.end; at += cell) {
    of_cell.sums.assign(count.sums, 0);
    add({at, std::min(part.end, at + cell)}, of_cell);
    tree.add_leaf((at - begin) / cell, of_cell.sums, false);
  }
  auto nodes = static_cast<int64_t>(tree.nodes().size());
  put(to, &nodes, 1);
  for (const Partial& node : tree.nodes()) {
    Head head{node.level, node.index};
    put(to, &head, 1);
    put(to, node.scalars.data(), node.scalars.size());
  }
  put(to, of_cell.most.data(), count.most);
}

JointSums CellSums::sum(std::span<const std::string_view> by_rank, JointCount count) const {
  std::vector<std::string_view> left(by_rank.begin(), by_rank.end());
  JointSums all{std::vector<double>(count.sums), std::vector<double>(count.most)};
  for (size_t b = 0; b < buckets_.size(); ++b) {
    std::vector<Partial> nodes;
    for (std::string_view& bytes : left) {
      for (int64_t more = take<int64_t>(&bytes, 1)[0]; more > 0; --more) {
        Head head = take<Head>(&bytes, 1)[0];
        nodes.push_back(
            {static_cast<int>(head.level), head.index, nullptr, take<double>(&bytes, count.sums)});
      }
      auto most = take<double>(&bytes, count.most);
      for (size_t i = 0; i < most.size(); ++i) all.most[i] = std::max(all.most[i], most[i]);
    }
    auto of_bucket = tree_sum_scalars(nodes);
    for (size_t i = 0; i < of_bucket.size(); ++i) all.sums[i] += of_bucket[i];
  }
  for (std::string_view rest : left) {
    require<FormatError>(rest.empty(), "sums: ", rest.size(), " bytes too many");
  }
  return all;
}

}  // namespace firesteel
