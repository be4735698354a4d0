// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <atomic>

#include "core/block.h"
#include "core/collective.h"
#include "core/error.h"
#include "core/sha256.h"
#include "core/threads.h"

namespace firesteel {
namespace {

// FIPS 180-4 examples and RFC 4231 test case 2.
TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  Sha256 parts;
  std::string text(1000, 'q');
  for (size_t at = 0; at < text.size(); at += 7) {
    parts.update(text.data() + at, std::min<size_t>(7, text.size() - at));
  }
  EXPECT_EQ(parts.digest(), sha256(text));
}

TEST(Slices, CoverEveryElementOnce) {
  for (int64_t count : {0, 1, 15, 16, 17, 1000, 4097}) {
    for (int size = 1; size <= 9; ++size) {
      int64_t at = 0;
      for (int rank = 0; rank < size; ++rank) {
        Slice slice = slice_of(count, rank, size);
        EXPECT_EQ(slice.begin, at);
        EXPECT_GE(slice.end, slice.begin);
        at = slice.end;
      }
      EXPECT_EQ(at, count);
    }
  }
}

TEST(Threads, EachMemberRunsOnceAndErrorsComeBack) {
  Crew crew(4);
  for (int round = 0; round < 100; ++round) {
    std::atomic<int> sum{0};
    crew.run([&](int i) { sum += 1 << i; });
    ASSERT_EQ(sum, 15);
  }
  EXPECT_THROW(crew.run([](int i) { require(i != 2, "member ", i); }), ShapeError);
  crew.run([](int) {});
}

TEST(Threads, ParallelForCoversTheRange) {
  set_threads(3);
  std::vector<std::atomic<int>> hits(1000);
  parallel_for(1000, 10, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) ++hits[static_cast<size_t>(i)];
  });
  set_threads(1);
  for (const auto& h : hits) EXPECT_EQ(h, 1);
}

Block small_block(const std::vector<uint8_t>& x, const std::vector<int32_t>& y) {
  return {static_cast<int64_t>(y.size()),
          DType::u8,
          DType::s32,
          {1, 3},
          {},
          x.data(),
          reinterpret_cast<const uint8_t*>(y.data())};
}

TEST(Blocks, SurviveARoundTripAndEveryTruncationIsSeen) {
  std::vector<uint8_t> x = {1, 2, 3, 4, 5, 6};
  std::vector<int32_t> y = {7, 8};
  std::string bytes = pack_block(small_block(x, y));
  Block block = parse_block(bytes, "test");
  EXPECT_EQ(block.rows, 2);
  EXPECT_EQ(block.x_shape, (Shape{1, 3}));
  EXPECT_EQ(block.x[4], 5);
  EXPECT_EQ(reinterpret_cast<const int32_t*>(block.y)[1], 8);
  for (size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_THROW(parse_block(std::string_view(bytes).substr(0, n), "test"), FormatError) << n;
  }
  std::string huge = bytes;
  huge[8] = huge[14] = '\x7f';  // rows
  EXPECT_THROW(parse_block(huge, "test"), FormatError);
}

TEST(Errors, KeepTheirTypeWhenAPlaceIsAdded) {
  try {
    try {
      fail<AttrError>("x: must be > 0, got ", -1);
    } catch (...) {
      rethrow_at("block1/conv");
    }
  } catch (const AttrError& e) {
    EXPECT_STREQ(e.what(), "block1/conv: x: must be > 0, got -1");
  }
}

}  // namespace
}  // namespace firesteel
