// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Hears how a fit goes: each event is a document with an "event" of start, progress, note, epoch. */
public interface FitEvents {
  void event(ObjectNode event);
}
