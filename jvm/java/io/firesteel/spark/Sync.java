// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How gradients and parameters get from worker to worker; the weights are the same whichever it is. "local:H" goes
 * by the workers' own connections too, but only every H iterations: another algorithm, of which the spec tells.
 */
enum Sync {
  /** The workers' own connections: a group of iterations is one Spark job. */
  P2P,
  /** Slices through Spark's block manager, two Spark jobs an iteration. */
  BLOCKMANAGER,
  /** Everything through the driver, one Spark job an iteration. */
  DRIVER;

  private static final Pattern LOCAL = Pattern.compile("local:([1-9][0-9]{0,8})");

  /** spec: of the fit, which local:H is written to. */
  static Sync of(String name, ObjectNode spec) {
    Matcher local = LOCAL.matcher(name);
    if (local.matches()) {
      spec.put("local_steps", Integer.parseInt(local.group(1)));
      return P2P;
    }
    for (Sync sync : values()) {
      if (sync.toString().equals(name)) {
        return sync;
      }
    }
    throw new IllegalArgumentException(
        "sync: must be p2p, blockmanager, driver or local:H (H from 1), got '" + name + "'");
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
    if (this != P2P && spec.path("local_steps").asInt() > 0) {
      throw new IllegalArgumentException("sync: local:H needs the workers' own connections");
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
