// SPDX-License-Identifier: Apache-2.0
// The functions of gemm.h.
#pragma once

#include "backend/kernels/gemm.h"
#include "backend/kernels/registers.inc.h"

namespace firesteel::kernels::FIRESTEEL_ISA {
namespace {

constexpr int kRows = Gemm::kTall, kWide = 2;  // of a tile of c: rows, and registers in a row
constexpr int64_t kColumns = kWide * kLanes;

inline int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

// c, kCount rows of kColumns numbers, = a b, or += a b; b is a panel's part. The part of a is rows of
// `depth` numbers, or packed, columns of kRows numbers.
template <int kCount, bool kPacked>
void tile(int64_t depth, const float* a, const float* b, bool add, float* c, int64_t c_row) {
  V sums[kCount][kWide];
#pragma GCC unroll 6
  for (int r = 0; r < kCount; ++r) {
#pragma GCC unroll 2
    for (int w = 0; w < kWide; ++w) sums[r][w] = all(0);
    if (add) __builtin_prefetch(c + r * c_row);
  }
#pragma GCC unroll 4
  for (int64_t i = 0; i < depth; ++i, b += kColumns) {
    V right[kWide];
#pragma GCC unroll 2
    for (int w = 0; w < kWide; ++w) right[w] = load(b + w * kLanes);
    // The next panel's, to the second cache: with few rows it is needed soon and comes from afar.
    __builtin_prefetch(b + depth * kColumns, 0, 2);
#pragma GCC unroll 6
    for (int r = 0; r < kCount; ++r) {
      V value = all(kPacked ? a[i * kRows + r] : a[r * depth + i]);
#pragma GCC unroll 2
      for (int w = 0; w < kWide; ++w) sums[r][w] = fma(value, right[w], sums[r][w]);
    }
  }
#pragma GCC unroll 6
  for (int r = 0; r < kCount; ++r) {
#pragma GCC unroll 2
    for (int w = 0; w < kWide; ++w) {
      float* place = c + r * c_row + w * kLanes;
      store(place, add ? load(place) + sums[r][w] : sums[r][w]);
    }
  }
}

template <int kCount, bool kPacked>
void tile_of(int64_t tall, int64_t depth, const float* a, const float* b, bool add, float* c,
             int64_t c_row) {
  if constexpr (kCount > 1) {
    if (tall < kCount) return tile_of<kCount - 1, kPacked>(tall, depth, a, b, add, c, c_row);
  }
  tile<kCount, kPacked>(depth, a, b, add, c, c_row);
}

// A tile of less than kColumns columns by way of a whole one.
template <bool kPacked>
void narrow_tile(int64_t tall, int64_t wide, int64_t depth, const float* a, const float* b,
                 bool add, float* c, int64_t c_row) {
  float whole[kRows * kColumns] = {};
  for (int64_t r = 0; add && r < tall; ++r) {
    for (int64_t j = 0; j < wide; ++j) whole[r * kColumns + j] = c[r * c_row + j];
  }
  tile_of<kRows, kPacked>(tall, depth, a, b, add, whole, kColumns);
  for (int64_t r = 0; r < tall; ++r) {
    for (int64_t j = 0; j < wide; ++j) c[r * c_row + j] = whole[r * kColumns + j];
  }
}

// Rows [m0, m0 + high) and columns [k0, k0 + deep) of a, one row after the other: far apart they
// would take each other's place in the cache.
void gather_left(const Gemm& s, const float* a, int64_t m0, int64_t high, int64_t k0, int64_t deep,
                 float* to) {
  for (int64_t r = 0; r < high; ++r, to += deep) {
    const float* row = a + (m0 + r) * s.a_row + k0;
    for (int64_t i = 0; i < deep; ++i) to[i] = row[i];
  }
}

// The same, where the rows of a are 1 apart, as columns of kRows numbers.
void pack_left(const Gemm& s, const float* a, int64_t m0, int64_t high, int64_t k0, int64_t deep,
               float* to) {
  for (int64_t i = 0; i < deep; ++i) {
    const float* column = a + (k0 + i) * s.a_column + m0;
    for (int64_t r = 0; r < high; r += kRows) {
      float* place = to + r * deep + i * kRows;
      if (r + kRows <= high) {
        for (int64_t l = 0; l < kRows; ++l) place[l] = column[r + l];
      } else {
        for (int64_t l = 0; l < high - r; ++l) place[l] = column[r + l];
      }
    }
  }
}

template <bool kPacked>
void multiply_block(const Gemm& s, const float* block, int64_t m0, int64_t high, int64_t k0,
                    int64_t deep, const float* panels, const float* bias, float* c, int64_t from,
                    int64_t to) {
  int64_t count = (s.n + kColumns - 1) / kColumns;
  // Tiles of about the same height: low ones are slow.
  int64_t times = (high + kRows - 1) / kRows, step = kPacked ? kRows : (high + times - 1) / times;
  for (int64_t p = from; p < to; ++p) {
    const float* panel = panels + (k0 * count + p * deep) * kColumns;
    int64_t first = p * kColumns, wide = least(kColumns, s.n - first);
    for (int64_t r = 0; r < high; r += step) {
      int64_t tall = least(step, high - r);
      float* place = c + (m0 + r) * s.n + first;
      bool add = k0 > 0;
      if (bias && !add) {
        for (int64_t l = 0; l < tall; ++l) {
          for (int64_t j = 0; j < wide; ++j) place[l * s.n + j] = bias[first + j];
        }
        add = true;
      }
      const float* left = block + r * deep;
      wide == kColumns ? tile_of<kRows, kPacked>(tall, deep, left, panel, add, place, s.n)
                       : narrow_tile<kPacked>(tall, wide, deep, left, panel, add, place, s.n);
    }
  }
}

void multiply(const Gemm& s, const float* a, const float* panels, const float* bias, float* c,
              int64_t from, int64_t to, float* scratch) {
  for (int64_t k0 = 0; k0 < s.k; k0 += Gemm::kDeep) {
    int64_t deep = least(Gemm::kDeep, s.k - k0);
    for (int64_t m0 = 0; m0 < s.m; m0 += Gemm::kHigh) {
      int64_t high = least(Gemm::kHigh, s.m - m0);
      if (s.a_column == 1) {
        gather_left(s, a, m0, high, k0, deep, scratch);
        multiply_block<false>(s, scratch, m0, high, k0, deep, panels, bias, c, from, to);
      } else {
        pack_left(s, a, m0, high, k0, deep, scratch);
        multiply_block<true>(s, scratch, m0, high, k0, deep, panels, bias, c, from, to);
      }
    }
  }
}

void pack(int64_t k, int64_t n, const float* b, int64_t b_row, int64_t b_column, int64_t from,
          int64_t to, float* panels) {
  int64_t count = (n + kColumns - 1) / kColumns;
  for (int64_t k0 = 0; k0 < k; k0 += Gemm::kDeep) {
    int64_t deep = least(Gemm::kDeep, k - k0);
    for (int64_t p = from; p < to; ++p) {
      float* part = panels + (k0 * count + p * deep) * kColumns;
      int64_t first = p * kColumns, wide = least(kColumns, n - first);
      const float* corner = b + k0 * b_row + first * b_column;
      for (int64_t i = 0; i < deep; ++i) {
        for (int64_t j = 0; j < wide; ++j) {
          part[i * kColumns + j] = corner[i * b_row + j * b_column];
        }
        for (int64_t j = wide; j < kColumns; ++j) part[i * kColumns + j] = 0;
      }
    }
  }
}

void sum_rows(int64_t m, int64_t n, const float* c, int64_t from, int64_t to, float* sums) {
  for (int64_t j = from; j < to; ++j) sums[j] = 0;
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = from; j < to; ++j) sums[j] += c[i * n + j];
  }
}

constexpr GemmTable kTable = {kColumns, pack, multiply, sum_rows};

}  // namespace
}  // namespace firesteel::kernels::FIRESTEEL_ISA
