// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.JsonNode;
import io.firesteel.internal.Json;
import java.io.Serializable;

/** What a task returns; a task of ours reports trouble instead of throwing, so Spark never retries. */
final class Reply implements Serializable {
  private static final long serialVersionUID = 1L;

  enum Status {
    OK,
    ABORTED, // lost a peer or was interrupted; its state is back at the group's start
    NO_STATE, // no worker of the group holds the state at its first step
    UNPREPARED, // the worker does not know the fit (its process is a new one)
    MISPLACED, // runs on another executor than it was pinned to
    STALE, // a second attempt, or a task of a group that is over
    USER_ERROR, // the user's program is wrong: the fit ends with this sentence
    FAILED // this executor could not do it
  }

  final Status status;
  final String executor;
  final String text; // JSON, or the sentence of an error
  final byte[] state; // a checkpoint, where one was asked for
  final byte[] model; // a model file, where one was asked for

  Reply(Status status, String executor, String text) {
    this(status, executor, text, null, null);
  }

  Reply(Status status, String executor, String text, byte[] state, byte[] model) {
    this.status = status;
    this.executor = executor;
    this.text = text;
    this.state = state;
    this.model = model;
  }

  boolean ok() {
    return status == Status.OK;
  }

  /** The report of a worker; empty where the text is a sentence. */
  JsonNode report() {
    return text.startsWith("{") ? Json.parse(text) : Json.object();
  }

  /** The rank that the worker of an aborted group holds for lost, or -1. */
  int suspect() {
    return report().path("suspect").asInt(-1);
  }
}
