// SPDX-License-Identifier: Apache-2.0
// What layers share that cut regions out of maps: inputs are maps (channels, height, width), then
// the regions of each image (regions, 4): x1, y1, x2, y2.
#pragma once

#include <algorithm>

#include "nn/layer.h"
#include "nn/layers/detection/boxes.h"

namespace firesteel {

// The output of maps and regions: (regions, channels, height, width). output_size: one number or
// two.
inline Shapes infer_regions(const Shapes& in, const Dims& output_size) {
  for (size_t i = 0; i + 1 < in.size(); ++i) {
    require(in[i].size() == 4 && in[i][1] == in[0][1], "input ", i, " must be images of ",
            in[0].size() == 4 ? in[0][1] : 0, " channels, got ", without_batch(in[i]));
  }
  const Shape& regions = in.back();
  require(regions.size() == 3 && regions[2] == 4, "input ", in.size() - 1,
          " must be regions of 4 numbers, got ", without_batch(regions));
  return {{in[0][0], regions[1], in[0][1], output_size.front(), output_size.back()}};
}

// Where a map's channel is. image: number of the row in the batch.
template <class T>
T* plane_of(T* map, const Shape& shape, int64_t image, int64_t channel) {
  return map + (image * shape[1] + channel) * shape[2] * shape[3];
}

}  // namespace firesteel
