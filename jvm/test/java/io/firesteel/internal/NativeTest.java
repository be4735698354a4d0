// SPDX-License-Identifier: Apache-2.0
package io.firesteel.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.firesteel.FiresteelException;
import io.firesteel.Model;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Values and errors across the boundary. */
class NativeTest {
  @BeforeAll
  static void load() {
    Native.require();
  }

  @Test
  void errorsOfTheUserAreIllegalArguments() {
    String text =
        assertThrows(IllegalArgumentException.class, () -> Native.namedModel("lenet55", 1)).getMessage();
    assertTrue(text.contains("lenet55"), text);
  }

  @Test
  void textIsRealUtf8BothWays() {
    String name = "gr\u00fc\u00df \ud83d\ude80 end";
    String text = assertThrows(IllegalArgumentException.class, () -> Native.namedModel(name, 1)).getMessage();
    assertTrue(text.contains(name), text);
  }

  @Test
  void aLoneSurrogateIsReplaced() {
    String text =
        assertThrows(IllegalArgumentException.class, () -> Native.namedModel("a\ud83dz", 1)).getMessage();
    assertTrue(text.contains("a\ufffdz"), text);
  }

  @Test
  void aDamagedModelIsNoCrash() {
    ByteBuffer noise = Buffers.direct(new byte[] {1, 2, 3});
    assertThrows(FiresteelException.class, () -> Native.describeModel(noise));
  }

  @Test
  void nullAndHeapBuffersAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Native.namedModel(null, 1));
    assertThrows(IllegalArgumentException.class, () -> Native.describeModel(ByteBuffer.allocate(8)));
    assertThrows(IllegalArgumentException.class, () -> Native.describeModel(null));
  }

  @Test
  void aModelComesBackAsItWas() {
    Model model = Model.named("lenet5", 3);
    assertEquals("[1, 28, 28]", java.util.Arrays.toString(model.inputShape()));
    assertEquals(
        model.describe().path("weights_sha256"), Model.named("lenet5", 3).describe().path("weights_sha256"));
  }
}
