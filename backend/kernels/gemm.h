// SPDX-License-Identifier: Apache-2.0
// Products of matrices whose right factor is packed into panels, [block of k][panel][k][columns of a
// panel], in the order in which they are read, with zeros beyond the last column. After Goto and van
// de Geijn, 2008: a panel's part stays in the first cache, a block of the left factor in the second,
// and sums in registers.
#pragma once

#include <cstdint>

namespace firesteel::kernels {

struct Gemm {
  int64_t m = 0, n = 0, k = 0;
  // Elements from row to row and from column to column of a, one of them 1. c is dense.
  int64_t a_row = 0, a_column = 1;

  // Rows of a tile of c, and rows and depth of a block of a.
  static constexpr int64_t kTall = 6, kHigh = 192, kDeep = 256;
  // Numbers that a thread needs besides: a block of a, in whole tiles.
  int64_t scratch() const {
    int64_t high = (m + kTall - 1) / kTall * kTall;
    return (high < kHigh ? high : kHigh) * (k < kDeep ? k : kDeep);
  }
};

struct GemmTable {
  int64_t columns;  // of a panel
  // Panels [from, to) of b, k x n, whose elements are b_row and b_column apart.
  void (*pack)(int64_t k, int64_t n, const float* b, int64_t b_row, int64_t b_column, int64_t from,
               int64_t to, float* panels);
  // c = a b + bias, in the columns of the panels [from, to). bias: null or one number per column.
  void (*multiply)(const Gemm&, const float* a, const float* panels, const float* bias, float* c,
                   int64_t from, int64_t to, float* scratch);
  // sums[j] = sum over i of c[i][j], c with m rows of n numbers, for j in [from, to).
  void (*sum_rows)(int64_t m, int64_t n, const float* c, int64_t from, int64_t to, float* sums);
};
// Null where oneDNN's are as fast, or the CPU has too few registers.
const GemmTable* gemm();

}  // namespace firesteel::kernels
