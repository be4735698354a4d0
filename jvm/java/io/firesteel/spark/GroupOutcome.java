// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What became of a job: all replies good, or who is suspected and why. */
final class GroupOutcome {
  boolean ok = true;
  boolean noState;
  boolean unconnected; // some workers could not be connected with each other
  String reason = "";
  long noticedNs; // when the first trouble was heard of
  long samples; // that the workers had been through when they stopped
  final List<Worker> suspects = new ArrayList<>(); // gave no answer of their own and are held for lost
  final List<Worker> late = new ArrayList<>(); // gave no answer in time, and nobody knows why
  final List<JsonNode> reports = new ArrayList<>(); // of the ranks in order, when ok
  byte[] state;
  byte[] model;

  static GroupOutcome of(PinnedJob job, List<Worker> seated) {
    GroupOutcome outcome = new GroupOutcome();
    for (int seat : job.withoutSlot) { // first, since the others stopped because of them
      outcome.suspects.add(seated.get(seat));
      outcome.trouble("other jobs hold the slots of " + seated.get(seat));
    }
    for (int seat = 0; seat < seated.size(); seat++) {
      if (!job.withoutSlot.contains(seat)) {
        outcome.take(job.replies.get(seat), seated.get(seat), job.named.contains(seat));
      }
    }
    outcome.noticedNs = job.noticedNs();
    String failure = job.failure();
    if (failure != null) {
      outcome.trouble(failure);
    }
    return outcome;
  }

  private void take(Reply reply, Worker worker, boolean named) {
    if (reply == null) {
      (named ? suspects : late).add(worker);
      trouble(worker + " did not answer");
      return;
    }
    switch (reply.status) {
      case OK:
        if (reply.text.startsWith("{")) {
          reports.add(reply.report());
          ran(reply.report());
        }
        state = reply.state != null ? reply.state : state;
        model = reply.model != null ? reply.model : model;
        return;
      case USER_ERROR:
        throw new IllegalArgumentException(reply.text);
      case ABORTED:
      case NO_STATE:
        unconnected |= reply.report().path("unreachable").asBoolean();
        noState |= reply.status == Reply.Status.NO_STATE;
        ran(reply.report());
        trouble(reply.report().path("reason").asText(reply.text));
        return;
      case STALE:
      case MISPLACED:
        suspects.add(worker);
        trouble(worker + " was lost or busy");
        return;
      default:
        trouble(worker + ": " + reply.text);
    }
  }

  private void ran(JsonNode report) {
    samples = Math.max(samples, report.path("samples").asLong());
  }

  /** The first reason is kept: the others follow from it. */
  private void trouble(String why) {
    ok = false;
    reason = reason.isEmpty() ? why : reason;
  }
}
