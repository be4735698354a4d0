// SPDX-License-Identifier: Apache-2.0
package io.firesteel.internal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Direct buffers: what the native side reads without a copy of its own. */
public final class Buffers {
  private Buffers() {}

  public static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  public static ByteBuffer direct(byte[] bytes) {
    ByteBuffer buffer = direct(bytes.length);
    buffer.put(bytes);
    buffer.flip();
    return buffer;
  }
}
