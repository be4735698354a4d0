// SPDX-License-Identifier: Apache-2.0
package io.firesteel.internal;

import io.firesteel.FiresteelException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Loads the native library once per process, from -Dfiresteel.native.path if that is set, else from
 * the jar (see {@link NativeFiles}), in the first directory that can be written and executed from.
 */
final class NativeLoader {
  private static boolean started;
  private static FiresteelException failure;

  private NativeLoader() {}

  /** Tries once; what went wrong is kept for require(), so that a class can call this when it loads. */
  static synchronized void load() {
    if (started) {
      return;
    }
    started = true;
    try {
      checkMachine(System.getProperty("os.name"), System.getProperty("os.arch"));
      String given = System.getProperty("firesteel.native.path");
      if (given != null && !given.isEmpty()) {
        loadGiven(NativeFiles.ofDirectory(Paths.get(given).toAbsolutePath()));
      } else {
        loadFromJar(NativeFiles.ofJar());
      }
    } catch (FiresteelException e) {
      failure = e;
    } catch (RuntimeException e) {
      failure = new FiresteelException("native library: " + e.getMessage(), e);
    }
  }

  static synchronized void require() {
    load();
    if (failure != null) {
      throw new FiresteelException(failure.getMessage(), failure);
    }
  }

  private static void loadGiven(NativeFiles files) {
    try {
      loadAll(files.paths());
    } catch (NoexecException e) {
      throw new FiresteelException(
          "firesteel.native.path: must be on a file system that allows execution, this one is"
              + " mounted noexec");
    }
  }

  private static void loadFromJar(NativeFiles files) {
    List<String> refusals = new ArrayList<>();
    for (Path base : bases()) {
      try {
        loadAll(files.unpackBelow(base));
        return;
      } catch (IOException e) {
        refusals.add(base + " (" + text(e) + ")");
      } catch (NoexecException e) {
        refusals.add(base + " (mounted noexec)");
      }
    }
    throw new FiresteelException(
        "native library: no directory to unpack it to: "
            + String.join(", ", refusals)
            + ". Set -Dfiresteel.native.path to a directory that holds the libraries, or"
            + " -Djava.io.tmpdir to one of your own that allows execution");
  }

  /** Where to unpack: the JVM's temporary directory, then what the cluster manager gave. */
  private static Set<Path> bases() {
    Set<Path> bases = new LinkedHashSet<>();
    bases.add(Paths.get(System.getProperty("java.io.tmpdir")).toAbsolutePath());
    for (String name : new String[] {"LOCAL_DIRS", "SPARK_LOCAL_DIRS", "SPARK_EXECUTOR_DIRS"}) {
      String value = System.getenv(name);
      if (value != null && !value.isEmpty()) {
        bases.add(Paths.get(value.split("[,:]")[0]).toAbsolutePath());
      }
    }
    bases.add(Paths.get("").toAbsolutePath());
    return bases;
  }

  private static void loadAll(List<Path> libraries) throws NoexecException {
    for (Path library : libraries) {
      try {
        System.load(library.toString());
      } catch (UnsatisfiedLinkError e) {
        throw explained(library, String.valueOf(e.getMessage()), e);
      }
    }
  }

  private static FiresteelException explained(Path library, String why, Throwable cause)
      throws NoexecException {
    if (why.contains("failed to map segment") || why.contains("Operation not permitted")) {
      throw new NoexecException();
    }
    String hint = "";
    if (why.contains("GLIBC_")) {
      hint = ". This host's C library is older than glibc 2.34; use a newer image";
    } else if (why.contains("already loaded in another classloader")) {
      hint = ". Put the jar on the class path once (--jars), not also in a session of its own";
    }
    return new FiresteelException("native library " + library + ": " + why + hint, cause);
  }

  static void checkMachine(String os, String arch) {
    if (!"Linux".equals(os) || !("amd64".equals(arch) || "x86_64".equals(arch))) {
      throw new FiresteelException(
          "native library: needs Linux on x86-64, got " + os + " on " + arch);
    }
    try {
      String flags = new String(Files.readAllBytes(Paths.get("/proc/cpuinfo")), StandardCharsets.UTF_8);
      if (flags.contains("flags") && !flags.contains("sse4_1")) {
        throw new FiresteelException("native library: needs a CPU with SSE4.1, this one has not");
      }
    } catch (IOException e) {
      // No /proc: the library itself will tell.
    }
  }

  private static String text(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  /** The directory's file system does not allow to execute what lies there. */
  private static final class NoexecException extends Exception {
    private static final long serialVersionUID = 1L;
  }
}
