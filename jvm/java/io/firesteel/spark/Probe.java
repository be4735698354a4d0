// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/**
 * Whether processes are alive, asked without a slot of Spark: the listener of a native worker hangs
 * up on whoever does not speak its protocol, and does that in a thread of its own, however busy its
 * tasks are. A frozen process is connected to (by its kernel) but never hangs up.
 */
final class Probe {
  private static final byte[] NO_WORD_OF_THE_PROTOCOL = {'?'};

  private Probe() {}

  static boolean answers(String host, int port, int timeoutMs) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), timeoutMs);
      socket.setSoTimeout(timeoutMs);
      socket.getOutputStream().write(NO_WORD_OF_THE_PROTOCOL);
      return socket.getInputStream().read() < 0;
    } catch (ConnectException | SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return e.getMessage() != null && e.getMessage().contains("reset"); // hung up with our word unread
    }
  }

  /** Those that answer, all asked at once. */
  static List<Worker> answering(Collection<Worker> workers, int timeoutMs) {
    List<Worker> answered = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (Worker worker : workers) {
      Thread thread =
          new Thread(
              () -> {
                if (answers(worker.host, worker.port, timeoutMs)) {
                  answered.add(worker);
                }
              },
              "firesteel-probe");
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    try {
      for (Thread thread : threads) {
        thread.join(2L * timeoutMs + 100);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new ArrayList<>(answered);
  }
}
