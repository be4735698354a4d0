// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.FiresteelException;
import io.firesteel.internal.Json;
import io.firesteel.internal.Native;
import java.io.FileOutputStream;
import java.io.FileDescriptor;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import org.apache.spark.sql.SparkSession;

/**
 * The driver that the firesteel command starts: {@code spark-submit --class io.firesteel.spark.Main
 * firesteel.jar --job FILE}. Events go to stdout, each in a line of its own: {@code @firesteel {json}}
 * (jvm/launch/spark_submit.h lists them). Exit code 1 after an event "error".
 */
public final class Main {
  private static final int STOP_MS = 20_000;
  private static boolean stopHangs;

  private Main() {}

  public static void main(String[] args) throws IOException {
    if (!sparkIsThere()) {
      System.err.println(
          "firesteel: Spark is not on the class path; start the jar with spark-submit, or add it to"
              + " a Spark program with --jars");
      System.exit(1);
    }
    PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, "UTF-8");
    int code = 1;
    try {
      if (args.length != 2 || !args[0].equals("--job")) {
        throw new IllegalArgumentException("Main: wants --job FILE");
      }
      byte[] text = Files.readAllBytes(Paths.get(args[1]));
      run(Json.parseObject(new String(text, StandardCharsets.UTF_8)), event -> print(out, event));
      code = 0;
    } catch (IllegalArgumentException | FiresteelException e) {
      error(out, e.getMessage());
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      error(out, "Spark: " + firstLine(e));
    }
    if (stopHangs) {
      Runtime.getRuntime().halt(code);
    }
    if (code != 0) {
      System.exit(code); // some threads of Spark would keep the process
    }
  }

  private static boolean sparkIsThere() {
    try {
      Class.forName("org.apache.spark.SparkContext", false, Main.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static void run(ObjectNode job, FitEvents events) throws IOException {
    Native.require();
    SparkSession spark =
        SparkSession.builder().appName(job.path("app_name").asText("firesteel")).getOrCreate();
    try {
      ObjectNode end = Json.object().put("event", "end");
      events.event(end.setAll(new Job(spark.sparkContext(), job, events).run()));
    } finally {
      stop(spark);
    }
  }

  /** Spark's cleaner asks a frozen executor for two minutes; nobody needs its answer. */
  private static void stop(SparkSession spark) {
    Thread thread = new Thread(spark::stop, "firesteel-stop");
    thread.setDaemon(true);
    thread.start();
    try {
      thread.join(STOP_MS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      // Without the hooks of Spark, which would wait for the same; the result is written and told.
      stopHangs = true;
    }
  }

  private static void print(PrintStream out, ObjectNode event) {
    synchronized (out) {
      out.print("@firesteel " + event + "\n");
      out.flush();
    }
  }

  private static void error(PrintStream out, String text) {
    print(out, Json.object().put("event", "error").put("text", text));
  }

  private static String firstLine(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String text = cause.getMessage() == null ? cause.getClass().getName() : cause.getMessage();
    return text.split("\n")[0];
  }
}
