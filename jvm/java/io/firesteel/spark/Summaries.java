// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.FiresteelException;
import io.firesteel.Model;
import io.firesteel.internal.Native;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A directory of any Hadoop file system that TensorBoard shows: the runs train and validation. Where it cannot be
 * written any more, the fit goes on without it.
 */
final class Summaries implements AutoCloseable {
  private static final String[] RUNS = {"train", "validation"};

  private static final AtomicInteger NUMBER = new AtomicInteger(); // of files of this process

  private final Path directory;
  private final FileSystem files;
  private final Consumer<String> notes;
  private final Map<String, FSDataOutputStream> open = new HashMap<>(); // by run
  private boolean failed;

  Summaries(String directory, Configuration conf, Consumer<String> notes) {
    this.directory = new Path(directory);
    this.notes = notes;
    try {
      files = this.directory.getFileSystem(conf);
      files.mkdirs(this.directory);
    } catch (IOException | IllegalArgumentException e) {
      throw new FiresteelException("summary directory " + directory + ": cannot be made: " + Sentence.of(e), e);
    }
  }

  void event(ObjectNode event) {
    byte[][] records = Native.summariesOf(event.toString(), System.currentTimeMillis());
    for (int run = 0; run < RUNS.length; run++) {
      append(RUNS[run], records[run]);
    }
  }

  void histograms(Model model, long step) {
    append(RUNS[0], Native.histogramsOf(model.direct(), step, System.currentTimeMillis()));
  }

  private void append(String run, byte[] records) {
    if (failed || records.length == 0) {
      return;
    }
    try {
      FSDataOutputStream out = open.get(run);
      if (out == null) {
        long now = System.currentTimeMillis();
        String process = ManagementFactory.getRuntimeMXBean().getName().replaceAll("[^A-Za-z0-9]+", "."); // pid@host
        String name = "events.out.tfevents." + now / 1000 + "." + process + "." + NUMBER.getAndIncrement();
        out = files.create(new Path(directory, run + "/" + name), false);
        open.put(run, out);
        out.write(Native.beginSummaries(now));
      }
      out.write(records);
      out.hflush(); // object stores show the file when it is closed
    } catch (IOException e) {
      failed = true;
      notes.accept("summary directory " + directory + ": cannot be written any more: " + Sentence.of(e));
    }
  }

  @Override
  public void close() {
    for (FSDataOutputStream out : open.values()) {
      try {
        out.close();
      } catch (IOException e) {
        notes.accept("summary directory " + directory + ": its end is missing: " + Sentence.of(e));
      }
    }
  }
}
