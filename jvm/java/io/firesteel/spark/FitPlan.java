// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.Model;
import org.apache.spark.api.java.JavaRDD;

/** What a distributed fit is asked to do. */
final class FitPlan {
  Model model; // initial weights
  ObjectNode spec; // the FitSpec of train/worker.h with epochs or iterations, without shard_rows
  ShardSet data;
  JavaRDD<byte[]> test; // blocks, or null
  long testRows;
  Sync sync = Sync.P2P;
  int group; // iterations in a group; 0: chosen by time
  int threads; // most threads of a worker; 0: as many as it has cores
  String checkpointDir; // or null
  boolean resume;
  String report; // file for a page about the fit, or null
  String summaryDir; // that TensorBoard shows, or null
  int formDeadlineMs = 5000;
  int peerDeadlineMs = 5000;
  Ports ports; // of the workers; null: as Spark's configuration says
}
