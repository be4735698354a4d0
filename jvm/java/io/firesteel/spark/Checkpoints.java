// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.FiresteelException;
import io.firesteel.internal.Buffers;
import io.firesteel.internal.Native;
import java.io.IOException;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Complete states of a fit in a directory of any Hadoop file system, named by their step, and the best of
 * them. They are written while the fit goes on; one that cannot be written does not end it.
 */
final class Checkpoints implements AutoCloseable {
  private static final Pattern NAME = Pattern.compile("step-(\\d{10})\\.safetensors");
  private static final String BEST = "best.safetensors";

  /** A state that the driver holds: a model file (step 0) or a checkpoint. */
  static final class State {
    final long step;
    final byte[] bytes;

    State(long step, byte[] bytes) {
      this.step = step;
      this.bytes = bytes;
    }
  }

  private final Path directory;
  private final FileSystem files;
  private final Consumer<String> notes;
  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "firesteel-checkpoint");
            thread.setDaemon(true);
            return thread;
          });
  private Future<?> writing; // the newest one

  Checkpoints(String directory, Configuration conf, Consumer<String> notes) {
    this.directory = new Path(directory);
    this.notes = notes;
    try {
      files = this.directory.getFileSystem(conf);
      files.mkdirs(this.directory);
    } catch (IOException | IllegalArgumentException e) {
      throw failure("cannot be made", e);
    }
  }

  /**
   * Begins to write it, after the one before is there.
   *
   * @param best whether it is to be kept as the best, too
   * @param keep how many of the newest stay
   */
  void write(State state, boolean best, int keep) {
    await();
    writing = writer.submit(() -> writeNow(state, best, keep));
  }

  /** Returns when all is written. */
  @Override
  public void close() {
    await();
    writer.shutdown();
  }

  private void await() {
    if (writing == null) {
      return;
    }
    try {
      writing.get();
    } catch (ExecutionException e) {
      notes.accept(
          Sentence.of(failure("the newest checkpoint cannot be written", e.getCause())) + "; the fit goes on");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FiresteelException("training: interrupted");
    } finally {
      writing = null;
    }
  }

  private Void writeNow(State state, boolean best, int keep) throws IOException {
    put(new Path(directory, String.format("step-%010d.safetensors", state.step)), state.bytes);
    if (best) {
      put(new Path(directory, BEST), state.bytes);
    }
    TreeMap<Long, Path> all = list();
    while (all.size() > keep) {
      files.delete(all.pollFirstEntry().getValue(), false);
    }
    return null;
  }

  /** Written under another name and renamed, so that every file with a checkpoint's name is whole. */
  private void put(Path file, byte[] bytes) throws IOException {
    Path temporary = new Path(directory, "." + file.getName() + ".part");
    try (FSDataOutputStream out = files.create(temporary, true)) {
      out.write(bytes);
      out.hsync();
    }
    files.delete(file, false);
    if (!files.rename(temporary, file)) {
      throw new IOException("rename of " + temporary + " was refused");
    }
  }

  /** The newest one that is whole, or null where there is none at all; of those that are damaged it tells. */
  State newest() {
    try {
      TreeMap<Long, Path> all = list();
      while (!all.isEmpty()) {
        long step = all.lastKey();
        Path file = all.pollLastEntry().getValue();
        byte[] bytes = new byte[Math.toIntExact(files.getFileStatus(file).getLen())];
        try (FSDataInputStream in = files.open(file)) {
          in.readFully(bytes);
          Native.checkCheckpoint(Buffers.direct(bytes), file.toString());
          return new State(step, bytes);
        } catch (ChecksumException | FiresteelException e) {
          if (all.isEmpty()) {
            throw failure("has no whole checkpoint", e);
          }
          notes.accept(Sentence.of(e) + "; the checkpoint before it is used");
        }
      }
      return null;
    } catch (IOException e) {
      throw failure("cannot be read", e);
    }
  }

  private TreeMap<Long, Path> list() throws IOException {
    TreeMap<Long, Path> all = new TreeMap<>();
    for (FileStatus status : files.listStatus(directory)) {
      Matcher matcher = NAME.matcher(status.getPath().getName());
      if (matcher.matches()) {
        all.put(Long.parseLong(matcher.group(1)), status.getPath());
      }
    }
    return all;
  }

  private FiresteelException failure(String what, Throwable cause) {
    return new FiresteelException("checkpoint directory " + directory + ": " + what + ": " + Sentence.of(cause), cause);
  }
}
