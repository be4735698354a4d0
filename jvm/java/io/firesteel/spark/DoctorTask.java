// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.io.File;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;

/** What an executor has, and which of the others' workers it reaches. */
final class DoctorTask extends PinnedTask {
  private static final long serialVersionUID = 1L;
  private static final int CONNECT_MS = 3000;

  private final List<Target> targets = new ArrayList<>();

  private static final class Target implements Serializable {
    private static final long serialVersionUID = 1L;
    final String executor;
    final String host;
    final int port;

    Target(Worker worker) {
      executor = worker.executor;
      host = worker.host;
      port = worker.port;
    }
  }

  DoctorTask(List<Worker> workers) {
    workers.forEach(worker -> targets.add(new Target(worker)));
  }

  @Override
  Reply run(TaskContext context, PinnedRdd.Feed feed, String here) {
    ObjectNode found = Json.parseObject(Native.hello());
    found.put("java", System.getProperty("java.version"));
    ArrayNode unreached = found.putArray("unreached");
    for (Target target : targets) {
      if (!target.executor.equals(here) && !Probe.answers(target.host, target.port, CONNECT_MS)) {
        unreached.add("executor " + target.executor + " at " + target.host + ":" + target.port);
      }
    }
    long free = 0;
    for (File folder : SparkEnv.get().blockManager().diskBlockManager().localDirs()) {
      free += folder.getUsableSpace();
    }
    return new Reply(Reply.Status.OK, here, found.put("free_disk", free).toString());
  }
}
