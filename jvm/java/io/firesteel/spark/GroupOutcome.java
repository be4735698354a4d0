// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.internal.Json;
import java.util.ArrayList;
import java.util.List;

/** What became of a job: all replies good, or who is suspected and why. */
final class GroupOutcome {
  boolean ok = true;
  boolean noState;
  String reason = "";
  final List<Worker> suspects = new ArrayList<>(); // gave no answer of their own
  final List<JsonNode> reports = new ArrayList<>(); // of the ranks in order, when ok
  byte[] state;
  byte[] model;

  static GroupOutcome of(PinnedJob job, List<Worker> seated) {
    GroupOutcome outcome = new GroupOutcome();
    for (int seat = 0; seat < seated.size(); seat++) {
      outcome.take(job.replies.get(seat), seated.get(seat));
    }
    String failure = job.failure();
    if (failure != null) {
      outcome.trouble(failure);
    }
    return outcome;
  }

  private void take(Reply reply, Worker worker) {
    if (reply == null) {
      suspects.add(worker);
      trouble(worker + " did not answer");
      return;
    }
    switch (reply.status) {
      case OK:
        if (reply.text.startsWith("{")) {
          reports.add(Json.parse(reply.text));
        }
        state = reply.state != null ? reply.state : state;
        model = reply.model != null ? reply.model : model;
        return;
      case USER_ERROR:
        throw new IllegalArgumentException(reply.text);
      case ABORTED:
      case NO_STATE:
        noState |= reply.status == Reply.Status.NO_STATE;
        trouble(reply.text.startsWith("{") ? Json.parse(reply.text).path("reason").asText() : reply.text);
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

  /** The first reason is kept: the others follow from it. */
  private void trouble(String why) {
    ok = false;
    reason = reason.isEmpty() ? why : reason;
  }
}
