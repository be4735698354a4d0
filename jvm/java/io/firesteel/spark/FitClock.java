// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;

/**
 * Where the time of a fit went. Of each group: the slowest worker's loop is the step time, what the
 * group took beyond it is scheduling; compute and exposed synchronisation are medians over workers.
 */
final class FitClock {
  private long groups;
  private long steps;
  private double samples;
  private double wall;
  private double loop;
  private double compute;
  private double exposed;
  private double lastPerStep; // wall seconds, of the newest group
  private double lastImages; // per second

  /** wallSeconds: from the decision to run the group until its last reply. */
  void group(Collection<JsonNode> reports, int ranSteps, double wallSeconds) {
    JsonNode first = reports.iterator().next();
    groups++;
    lastPerStep = wallSeconds / ranSteps;
    lastImages = first.path("samples").asDouble() / wallSeconds;
    steps += ranSteps;
    samples += first.path("samples").asDouble();
    wall += wallSeconds;
    loop += reports.stream().mapToDouble(r -> r.path("loop_s").asDouble()).max().orElse(0);
    compute += median(reports, "compute_s");
    exposed += median(reports, "sync_exposed_s");
  }

  double imagesPerSecond() {
    return lastImages;
  }

  double secondsPerStep() {
    return lastPerStep;
  }

  void figures(ObjectNode out) {
    double perStep = steps > 0 ? 1000.0 / steps : 0;
    out.put("groups", groups).put("images_per_s", wall > 0 ? samples / wall : 0);
    out.put("step_ms", loop * perStep).put("compute_ms", compute * perStep);
    out.put("sync_exposed_ms", exposed * perStep).put("schedule_ms", (wall - loop) * perStep);
  }

  private static double median(Collection<JsonNode> reports, String field) {
    double[] values = reports.stream().mapToDouble(r -> r.path(field).asDouble()).sorted().toArray();
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
