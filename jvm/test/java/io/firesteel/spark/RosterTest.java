// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RosterTest {
  @Test
  void saysWhatToDoWhereMemoryWasShort() {
    assertTrue(Roster.advice("Command exited with code 52").contains("spark.executor.memory,"));
    String yarn =
        "Container killed by YARN for exceeding physical memory limits. 2.1 GB of 2 GB physical memory used. "
            + "Consider boosting spark.executor.memoryOverhead.";
    assertTrue(Roster.advice(yarn).contains("memoryOverhead"));
    String kubernetes =
        "The executor with id 3 exited with exit code 137(SIGKILL, possible container OOM). Reason: OOMKilled";
    assertTrue(Roster.advice(kubernetes).contains("memoryOverhead"));
  }

  @Test
  void saysNothingOfOtherEnds() {
    assertNull(Roster.advice("Command exited with code 137"));
    assertNull(Roster.advice("Executor decommission: worker decommissioned because of kill request from HTTP endpoint"));
    assertNull(Roster.advice("Remote RPC client disassociated. Likely due to containers exceeding thresholds"));
  }
}
