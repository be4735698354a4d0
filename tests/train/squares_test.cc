// SPDX-License-Identifier: Apache-2.0
#include "train/squares.h"

#include <gtest/gtest.h>

#include "core/rng.h"
#include "tests/train/engines.h"

namespace firesteel::testing {
namespace {

double squares_of(const std::vector<float>& numbers, const Param& p) {
  double sum = 0;
  for (int64_t i = p.offset; i < p.offset + p.size; ++i) {
    sum += double{numbers[static_cast<size_t>(i)]} * double{numbers[static_cast<size_t>(i)]};
  }
  return sum;
}

TEST(Squares, AreTheSameWhereverSlicesEnd) {
  for (Model model : {deep_net(), residual_net()}) {
    const auto& params = model.table.params();
    auto buckets = make_buckets(model.table);
    std::vector<float> gradients(model.values.size());
    Rng rng(1);
    for (float& number : gradients) number = rng.normal();
    std::vector<Squares> wanted;
    for (size_t p = 0; p < params.size(); ++p) {
      wanted.push_back(params[p].spec.state ? Squares::none
                       : p % 3 == 0         ? Squares::gradients
                                            : Squares::gradients_and_values);
    }
    SquareCells cells(buckets, model.table, wanted);
    EXPECT_TRUE(cells.any());
    auto sums = [&](int workers) {
      std::vector<std::string> said(static_cast<size_t>(workers));
      for (int rank = 0; rank < workers; ++rank) {
        for (size_t b = 0; b < buckets.size(); ++b) {
          Slice part = owned(buckets[b], rank, workers);
          cells.append(b, part, model.values.data(), gradients.data() + part.begin,
                       &said[static_cast<size_t>(rank)]);
        }
      }
      return cells.sum(std::vector<std::string_view>(said.begin(), said.end()));
    };
    SquareSums expected = sums(1);
    for (size_t p = 0; p < params.size(); ++p) {
      double of_gradients = squares_of(gradients, params[p]),
             of_values = squares_of(model.values, params[p]);
      bool any = wanted[p] != Squares::none, both = wanted[p] == Squares::gradients_and_values;
      EXPECT_NEAR(expected.gradients[p], any ? of_gradients : 0, 1e-9 * of_gradients)
          << params[p].name;
      EXPECT_NEAR(expected.values[p], both ? of_values : 0, 1e-9 * of_values) << params[p].name;
    }
    for (int workers : {2, 3, 7, 30}) {
      SquareSums same = sums(workers);
      EXPECT_EQ(same.gradients, expected.gradients) << workers;
      EXPECT_EQ(same.values, expected.values) << workers;
    }
  }
}

TEST(Squares, BytesThatAreNotOfTheseSlices) {
  Model model = residual_net();
  std::vector<Squares> wanted(model.table.params().size(), Squares::gradients);
  SquareCells cells(make_buckets(model.table), model.table, wanted);
  std::string_view none[] = {"", ""};
  EXPECT_THROW(cells.sum(none), FormatError);
  std::string many(1 << 16, 'x');
  std::string_view much[] = {many};
  EXPECT_THROW(cells.sum(much), FormatError);
  EXPECT_FALSE(SquareCells(make_buckets(model.table), model.table,
                           std::vector<Squares>(wanted.size(), Squares::none))
                   .any());
}

TEST(Squares, ClipAsPyTorchDoes) {
  EXPECT_DOUBLE_EQ(clipping_factor(25, 1, 1), 1 / (5 + 1e-6));
  EXPECT_DOUBLE_EQ(clipping_factor(25, 0.1, 1), 1);
  EXPECT_DOUBLE_EQ(clipping_factor(25, 0.5, 2), 2 / (2.5 + 1e-6));
  EXPECT_DOUBLE_EQ(clipping_factor(0, 1, 1), 1);
}

}  // namespace
}  // namespace firesteel::testing
