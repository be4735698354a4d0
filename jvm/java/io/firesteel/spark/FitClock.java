// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Where the time of a fit went. Of each group: the slowest worker's loop is the step time, what the
 * group took beyond it is scheduling; compute and exposed synchronisation are medians over workers.
 */
final class FitClock {
  private static final String[] TYPICAL = {"step_ms", "compute_ms", "sync_exposed_ms", "schedule_ms"};

  private long groups;
  private long steps;
  private double samples;
  private double wall;
  private double loop;
  private double compute;
  private double exposed;
  private final List<double[]> typical = new ArrayList<>(); // of each group, ms an iteration, see TYPICAL
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
    double groupLoop = reports.stream().mapToDouble(r -> r.path("loop_s").asDouble()).max().orElse(0);
    loop += groupLoop;
    double groupCompute = median(reports, "compute_s");
    double groupExposed = median(reports, "sync_exposed_s");
    compute += groupCompute;
    exposed += groupExposed;
    double perStep = 1000.0 / ranSteps;
    typical.add(
        new double[] {
          groupLoop * perStep, groupCompute * perStep, groupExposed * perStep, (wallSeconds - groupLoop) * perStep
        });
  }

  /** Adds the phases of the newest group, ms an iteration. */
  void newest(ObjectNode event) {
    double[] phases = typical.get(typical.size() - 1);
    for (int i = 1; i < TYPICAL.length; i++) {
      event.put(TYPICAL[i], phases[i]);
    }
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
    // The first group forms connections and the last one brings the model.
    int all = typical.size();
    List<double[]> between = all > 2 ? typical.subList(1, all - 1) : typical;
    ObjectNode medians = out.putObject("typical");
    for (int i = 0; i < TYPICAL.length; i++) {
      int figure = i;
      medians.put(TYPICAL[i], median(between.stream().mapToDouble(group -> group[figure])));
    }
  }

  private static double median(Collection<JsonNode> reports, String field) {
    return median(reports.stream().mapToDouble(r -> r.path(field).asDouble()));
  }

  private static double median(DoubleStream numbers) {
    double[] values = numbers.sorted().toArray();
    if (values.length == 0) {
      return 0;
    }
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
}
