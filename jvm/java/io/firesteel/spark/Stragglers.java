// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collection;

/**
 * How long an iteration waits for micro-batches (drop_slowest): as long as all but that share of them took in the
 * newest group, on whatever worker. Those that were left out count as when they would have been done.
 */
final class Stragglers {
  private static final double MORE_TIME = 1.5;

  private final double slowest;
  private final double most;
  private final long warmup;
  private double afterS; // 0: not known yet
  private double factor = 1;
  private long dropped; // samples, of all groups
  private long samples; // that were computed

  /** spec: resolved. */
  Stragglers(JsonNode spec) {
    slowest = spec.path("drop_slowest").asDouble();
    most = spec.path("drop_most").asDouble();
    warmup = spec.path("drop_warmup").asLong();
  }

  /** Of the group that begins after this step; 0: it waits for all. */
  double afterS(long step) {
    return slowest > 0 && step >= warmup ? afterS * factor : 0;
  }

  void group(Collection<JsonNode> reports) {
    if (slowest == 0) {
      return;
    }
    long left = reports.stream().mapToLong(report -> report.path("dropped").asLong()).sum();
    long computed = reports.iterator().next().path("samples").asLong(); // of all workers
    dropped += left;
    samples += computed;
    double share = left + computed > 0 ? (double) left / (left + computed) : 0;
    factor = share > most ? factor * MORE_TIME : Math.max(1, factor / MORE_TIME);
    double[] ends =
        reports.stream()
            .flatMapToDouble(
                report -> {
                  JsonNode list = report.path("leaf_ends_s");
                  double[] values = new double[list.size()];
                  for (int i = 0; i < values.length; i++) {
                    values[i] = list.get(i).asDouble();
                  }
                  return java.util.Arrays.stream(values);
                })
            .sorted()
            .toArray();
    if (ends.length > 0) {
      afterS = ends[(int) Math.min(ends.length - 1, Math.ceil((1 - slowest) * ends.length))];
    }
  }

  /** What of all rows was left out. */
  double share() {
    return dropped > 0 ? (double) dropped / (dropped + samples) : 0;
  }
}
