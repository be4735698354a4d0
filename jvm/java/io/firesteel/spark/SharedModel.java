// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.Model;
import io.firesteel.internal.Buffers;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/** A model on every executor: broadcast once, then one copy per process outside the Java heap. */
final class SharedModel implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int KEPT = 4;
  private static final Map<String, ByteBuffer> HERE = new LinkedHashMap<>();

  private final String id = UUID.randomUUID().toString();
  private final Broadcast<byte[]> bytes;
  private final ShippedPlugins plugins;

  private SharedModel(Broadcast<byte[]> bytes, ShippedPlugins plugins) {
    this.bytes = bytes;
    this.plugins = plugins;
  }

  static SharedModel of(JavaSparkContext sc, Model model) {
    return new SharedModel(sc.broadcast(model.bytes()), ShippedPlugins.of(sc.sc()));
  }

  /** This process's copy, with the plugins of its layers loaded; the oldest of several models is dropped, its users keep it alive. */
  ByteBuffer get() {
    plugins.load();
    synchronized (HERE) {
      ByteBuffer buffer = HERE.get(id);
      if (buffer == null) {
        buffer = Buffers.direct(bytes.value());
        HERE.put(id, buffer);
        if (HERE.size() > KEPT) {
          HERE.remove(HERE.keySet().iterator().next());
        }
      }
      return buffer.duplicate();
    }
  }

  void release() {
    bytes.unpersist(false);
  }
}
