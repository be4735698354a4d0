// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.FiresteelException;
import io.firesteel.Model;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import org.apache.spark.SparkContext;

/**
 * Whether executors may take as much memory beside their heap as a fit needs. Where they may not, YARN and
 * Kubernetes would end one after the other in the middle of it.
 */
final class MemoryAdvice {
  private static final long MB = 1 << 20;
  private static final long JAVA = 160 * MB; // classes, code and threads
  private static final double SPARE = 1.1;

  private MemoryAdvice() {}

  /** workers: over which a batch is spread. threads: of each. Throws where they would be ended. */
  static void check(SparkContext sc, String spec, Model model, ShardSet data, int workers, int threads) {
    boolean ended = sc.master().startsWith("yarn") || sc.master().startsWith("k8s");
    if (!ended) {
      return;
    }
    JsonNode found = Json.parse(Native.fitMemory(spec, model.direct(), workers, threads));
    long activations = found.path("activations").asLong();
    long parameters = found.path("model").asLong();
    long own = data.bytes / workers;
    long shards = Math.min(own, ShardMemory.bytes(sc.getConf(), false));
    long rest = activations + parameters + JAVA;
    long need = rest + shards;
    long have = ShardMemory.overhead(sc.getConf());
    if (need <= have) {
      return;
    }
    long enough = (long) (SPARE * rest) + shards;
    if (!sc.getConf().contains(ShardMemory.SETTING)) { // half of it is for training data, where there are so many
      enough = Math.min((long) (SPARE * rest) + own, (long) (2 * SPARE * rest));
    }
    throw new FiresteelException(
        "executors: a fit on " + workers + " of them takes about " + need / MB + " MB beside the heap of each ("
            + activations / MB + " MB for " + found.path("rows").asLong() + " rows at a time, " + parameters / MB
            + " MB for the model, " + shards / MB + " MB of training data, " + JAVA / MB
            + " MB for Java), which may be " + have / MB + " MB, and " + sc.master().split(":")[0]
            + " ends those that take more. Set spark.executor.memoryOverhead=" + (enough / MB / 64 + 1) * 64
            + "m, a smaller batch size, or recompute segments");
  }
}
