// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.internal.Json;
import java.util.Collection;

/** Tells how a fit goes, as events. */
final class Narrator {
  private final FitEvents events;
  private long stepsPerEpoch = 1;
  private long total;
  private FitClock clock;
  private double epochLoss;
  private long epochSteps;
  private boolean toldOfFiles;

  Narrator(FitEvents events) {
    this.events = events;
  }

  void totals(long stepsPerEpoch, long total, FitClock clock) {
    this.stepsPerEpoch = stepsPerEpoch;
    this.total = total;
    this.clock = clock;
  }

  void start(FitPlan plan, int workers, String spark) {
    ObjectNode event = Json.object().put("event", "start").put("workers", workers);
    event.put("rows", plan.data.totalRows()).put("test_rows", plan.testRows).put("spark", spark);
    events.event(event);
  }

  void note(String text) {
    events.event(Json.object().put("event", "note").put("text", text));
  }

  /** Once: whether a part of the training data is not in memory. */
  void data(Collection<JsonNode> reports) {
    long bytes = reports.stream().mapToLong(report -> report.path("disk_bytes").asLong()).sum();
    if (bytes > 0 && !toldOfFiles) {
      toldOfFiles = true;
      note((bytes >> 20) + " MB of the training data are in files in Spark's local directories, as "
          + ShardMemory.SETTING + " has no room for more");
    }
  }

  void progress(long step, int steps, JsonNode report, int workers) {
    epochLoss += report.path("loss").asDouble() * steps;
    epochSteps += steps;
    ObjectNode event = Json.object().put("event", "progress");
    event.put("epoch", (step - 1) / stepsPerEpoch + 1);
    event.put("epochs", (total + stepsPerEpoch - 1) / stepsPerEpoch);
    event.put("iteration", step).put("iterations", total).put("loss", report.path("loss").asDouble());
    event.put("images_per_s", clock.imagesPerSecond()).put("lr", report.path("lr").asDouble());
    clock.newest(event);
    event.put("eta_s", clock.secondsPerStep() * (total - step)).put("workers", workers);
    events.event(event);
  }

  /**
   * Tells of the newest epoch that is over, and returns that event; its loss is of all iterations
   * since the one that was told before. tested is an evaluation or null.
   */
  ObjectNode epoch(long step, JsonNode tested, boolean last) {
    double mean = epochSteps > 0 ? epochLoss / epochSteps : 0;
    rewind();
    ObjectNode event = Json.object().put("event", "epoch");
    event.put("epoch", last ? (step + stepsPerEpoch - 1) / stepsPerEpoch : step / stepsPerEpoch);
    event.put("iteration", step).put("loss", mean);
    if (tested != null) {
      event.setAll((ObjectNode) tested); // every metric
      event.put("loss", mean).put("test_loss", tested.path("loss").asDouble());
      event.remove("rows");
    }
    events.event(event);
    return event;
  }

  void rewind() {
    epochLoss = 0;
    epochSteps = 0;
  }
}
