// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.FiresteelException;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A page about the fit, written again after each epoch, and at the end whatever it is. */
final class Report implements AutoCloseable {
  private final Path file;
  private final FileSystem files;
  private final Consumer<String> notes;
  private final ArrayNode events = Json.array();
  private boolean written = true;
  private boolean failed;

  Report(String file, Configuration conf, Consumer<String> notes) {
    this.file = new Path(file);
    this.notes = notes;
    try {
      files = this.file.getFileSystem(conf);
      if (files.exists(this.file) && files.getFileStatus(this.file).isDirectory()) {
        throw new IOException("it is a directory");
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new FiresteelException("report " + file + ": cannot be written: " + Sentence.of(e), e);
    }
  }

  void event(ObjectNode event) {
    events.add(event.deepCopy().put("at_ms", System.currentTimeMillis()));
    String kind = event.path("event").asText();
    written = kind.equals("epoch") || kind.equals("end");
    if (written) {
      write();
    }
  }

  private void write() {
    if (failed) {
      return;
    }
    try (FSDataOutputStream out = files.create(file, true)) {
      out.write(Native.reportPage(events.toString()).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      failed = true; // first: the note is an event too
      notes.accept("report " + file + ": cannot be written: " + Sentence.of(e));
    }
  }

  @Override
  public void close() {
    if (!written) {
      write();
    }
  }
}
