// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.internal.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * What failures cost a fit. A recovery begins when the driver hears of trouble and ends with the
 * first step after the boundary at which training goes on; attempts in between belong to it.
 */
final class Recoveries {
  private final List<ObjectNode> all = new ArrayList<>();
  private long lostWorkers;
  private long replayedSteps;
  private ObjectNode open; // or null
  private long openedNs;

  /** lostNs: from the start of the attempt to the trouble. */
  void trouble(long step, long replayed, List<Worker> gone, String reason, long noticedNs, long lostNs) {
    if (open == null) {
      open = Json.object();
      openedNs = noticedNs;
      all.add(open);
      open.put("attempts", 0).put("reason", reason).putArray("workers");
    }
    lostWorkers += gone.size();
    replayedSteps += replayed;
    gone.forEach(worker -> ((ArrayNode) open.get("workers")).add(worker.toString()));
    open.put("iteration", step).put("attempts", open.get("attempts").asInt() + 1);
    open.put("replayed_steps", open.path("replayed_steps").asLong() + replayed);
    open.put("lost_s", open.path("lost_s").asDouble() + Math.max(0, lostNs) / 1e9);
  }

  /** A group ran to its end: what it took beyond its first step is no part of the recovery. */
  void committed(JsonNode report, int steps) {
    if (open != null) {
      double loop = report.path("loop_s").asDouble();
      open.put("goes_on_s", (System.nanoTime() - openedNs) / 1e9 - loop * (steps - 1) / steps);
      open = null;
    }
  }

  void figures(ObjectNode out) {
    out.put("lost_workers", lostWorkers).put("replayed_steps", replayedSteps);
    out.putArray("recoveries").addAll(all);
  }
}
