// SPDX-License-Identifier: Apache-2.0
package io.firesteel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.nn.Layer;
import io.firesteel.nn.Sequential;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class PluginsTest {
  private static final String EXAMPLE = System.getenv("FIRESTEEL_DIST") + "/examples/learned_swish.so";

  @Test
  void layersOfAPluginAreLayersByTheirKind() {
    assertEquals(Collections.singletonList("LearnedSwish"), Plugins.load(EXAMPLE));
    assertEquals(Collections.singletonList("LearnedSwish"), Plugins.load(EXAMPLE));
    Layer swish = new Layer("LearnedSwish").with("channels", 3).named("swish");
    Model model = new Sequential(swish).input(3, 4).build(1);
    assertArrayEquals(new long[] {3, 4}, model.inputShape());
    assertEquals(3, model.describe().path("params").asInt());
    Layer wrong = new Layer("LearnedSwish").with("channels", 0);
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new Sequential(wrong).input(3).build(1));
    assertTrue(e.getMessage().endsWith("LearnedSwish.channels: must be > 0, got 0"), e.getMessage());
  }

  @Test
  void whatIsNoneGetsASentence() {
    FiresteelException e = assertThrows(FiresteelException.class, () -> Plugins.load("/no/such.so"));
    assertEquals("plugin /no/such.so: no such file", e.getMessage());
  }
}
