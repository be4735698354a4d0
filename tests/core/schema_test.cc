// SPDX-License-Identifier: Apache-2.0
#include "core/schema.h"

#include <gtest/gtest.h>

#include "core/json.h"
#include "core/registry.h"

namespace firesteel {
namespace {

struct Widget : Described {
  static constexpr const char* kRole = "widget";
};
struct Gear final : DescribedBy<Gear, Widget> {
  int64_t teeth = 0;
  float ratio = 0.1f;
  Dims holes = {1};
  bool metal = true;
  std::string label = "plain";
  static constexpr auto schema() {
    return Schema{"Gear",
                  "test",
                  "A \"toothed\" wheel.",
                  required("teeth", &Gear::teeth, "how many", positive),
                  attr("ratio", &Gear::ratio, "of turns", fraction),
                  attr("holes", &Gear::holes, "one or two", positive_pair),
                  attr("metal", &Gear::metal, "or wood"),
                  attr("label", &Gear::label, "a word", nonempty)};
  }
};
FIRESTEEL_REGISTER(Widget, Gear);

std::string error_of(const std::string& kind, const Attrs& attrs) {
  try {
    Registry<Widget>::instance().make(kind, attrs);
    return "";
  } catch (const AttrError& e) {
    return e.what();
  }
}

TEST(Schema, MessagesSayWhereWhatAndGot) {
  EXPECT_EQ(error_of("Gear", {{"teeth", int64_t{-1}}}), "Gear.teeth: must be > 0, got -1");
  EXPECT_EQ(error_of("Gear", {}), "Gear.teeth: required, but not given");
  EXPECT_EQ(error_of("Gear", {{"tooth", int64_t{1}}}),
            "Gear: no attribute 'tooth'. Did you mean 'teeth'?");
  EXPECT_EQ(error_of("Gear", {{"metal", int64_t{1}}}), "Gear.metal: expected bool, got 1");
  EXPECT_EQ(error_of("Gear", {{"teeth", 1.5}}), "Gear.teeth: expected int, got 1.5");
  EXPECT_EQ(error_of("Gear", {{"ratio", 1.0}}), "Gear.ratio: must be >= 0 and < 1, got 1");
  EXPECT_EQ(error_of("Gear", {{"holes", Dims{1, 0}}}),
            "Gear.holes: must be one or two numbers >= 1, got [1, 0]");
  EXPECT_EQ(error_of("Gear", {{"label", std::string()}}), "Gear.label: must not be empty, got ''");
  EXPECT_EQ(error_of("Gaer", {}), "no widget 'Gaer'. Did you mean 'Gear'?");
  EXPECT_EQ(error_of("Xylophone", {}), "no widget 'Xylophone'");
}

TEST(Schema, FloatsKeepTheirShortestText) {
  auto gear = Registry<Widget>::instance().make("Gear", {{"teeth", int64_t{8}}});
  EXPECT_EQ(described_to_json(*gear).dump(),
            R"({"kind":"Gear","teeth":8,"ratio":0.1,"holes":[1],"metal":true,"label":"plain"})");
}

TEST(Schema, OneNumberStandsForAList) {
  auto gear =
      Registry<Widget>::instance().make("Gear", {{"teeth", int64_t{8}}, {"holes", int64_t{3}}});
  EXPECT_EQ(to_json(gear->attrs())["holes"].dump(), "[3]");
}

TEST(Schema, InfoHasTypesDefaultsAndRules) {
  Json info = to_json(Gear::describe());
  EXPECT_EQ(info["doc"], "A \"toothed\" wheel.");
  EXPECT_EQ(info["attrs"][0]["required"], true);
  EXPECT_FALSE(info["attrs"][0].contains("default"));
  EXPECT_EQ(info["attrs"][1]["type"], "float");
  EXPECT_EQ(info["attrs"][1]["default"], 0.1);
  EXPECT_EQ(info["attrs"][2]["type"], "ints");
}

TEST(Json, FieldsAreNamedInErrors) {
  Json doc = parse_json(R"({"a": "x"})", "file");
  EXPECT_THROW(field<int>(doc, "a", "file"), FormatError);
  try {
    field<int>(doc, "b", "file");
    FAIL();
  } catch (const FormatError& e) {
    EXPECT_STREQ(e.what(), "file: no 'b'");
  }
  EXPECT_EQ(field_or<int>(doc, "b", 7, "file"), 7);
  EXPECT_THROW(parse_json("{", "file"), FormatError);
}

}  // namespace
}  // namespace firesteel
