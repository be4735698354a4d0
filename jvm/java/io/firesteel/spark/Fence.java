// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.HashMap;
import java.util.Map;

/** Per process: the newest attempt at a group that entered; older ones may not compute any more. */
final class Fence {
  private static final Map<String, Long> NEWEST = new HashMap<>();

  private Fence() {}

  static synchronized boolean enter(String fitId, long serial) {
    Long newest = NEWEST.get(fitId);
    if (newest != null && newest >= serial) {
      return false;
    }
    NEWEST.put(fitId, serial);
    return true;
  }

  static synchronized void forget(String fitId) {
    NEWEST.remove(fitId);
  }
}
