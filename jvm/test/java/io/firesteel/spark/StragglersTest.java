// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.internal.Json;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class StragglersTest {
  private static final JsonNode SPEC =
      Json.parse("{\"drop_slowest\": 0.25, \"drop_most\": 0.3, \"drop_warmup\": 20}");

  private static List<JsonNode> reports(int samples, int dropped) {
    return Arrays.asList(
        Json.parse("{\"samples\": " + samples + ", \"dropped\": 0, \"leaf_ends_s\": [1, 2, 3, 4]}"),
        Json.parse("{\"samples\": " + samples + ", \"dropped\": " + dropped + ", \"leaf_ends_s\": [2, 4, 6, 8]}"));
  }

  @Test
  void waitsForAllFirst() {
    Stragglers stragglers = new Stragglers(SPEC);
    stragglers.group(reports(80, 0));
    assertEquals(0, stragglers.afterS(10));
    assertEquals(6, stragglers.afterS(20)); // of eight ends a quarter is later or the same
    assertEquals(0, stragglers.share());
  }

  @Test
  void givesMoreTimeWhereTooManyAreLeftOut() {
    Stragglers stragglers = new Stragglers(SPEC);
    stragglers.group(reports(60, 40));
    assertEquals(9, stragglers.afterS(30));
    stragglers.group(reports(60, 40));
    assertEquals(13.5, stragglers.afterS(30));
    stragglers.group(reports(90, 10));
    assertEquals(9, stragglers.afterS(30));
    assertEquals(0.3, stragglers.share(), 1e-12);
  }

  @Test
  void isOffUnlessAskedFor() {
    Stragglers stragglers = new Stragglers(Json.parse("{\"drop_slowest\": 0}"));
    stragglers.group(reports(60, 40));
    assertEquals(0, stragglers.afterS(1000));
  }
}
