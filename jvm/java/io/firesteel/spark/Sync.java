// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;

/** How gradients and parameters get from worker to worker; the weights are the same whichever it is. */
enum Sync {
  /** The workers' own connections: a group of iterations is one Spark job. */
  P2P,
  /** Slices through Spark's block manager, two Spark jobs an iteration. */
  BLOCKMANAGER,
  /** Everything through the driver, one Spark job an iteration. */
  DRIVER;

  static Sync of(String name) {
    for (Sync sync : values()) {
      if (sync.toString().equals(name)) {
        return sync;
      }
    }
    throw new IllegalArgumentException("sync: must be p2p, blockmanager or driver, got '" + name + "'");
  }

  /** Whether a fit can go this way; throws the sentence that says why not. */
  void check(JsonNode spec) {
    String wire = spec.path("wire").asText("f32");
    if (this != P2P && !wire.equals("f32")) {
      throw new IllegalArgumentException("wire: must be f32 unless sync is p2p, got " + wire);
    }
    if (this != P2P && spec.path("sync_batch_norm").asBoolean()) {
      throw new IllegalArgumentException(
          "sync_batch_norm: needs sync p2p, as its sums travel in the middle of a step");
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
