// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import io.firesteel.FiresteelException;
import io.firesteel.internal.Native;
import java.io.IOException;
import java.io.Serializable;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.apache.spark.SparkConf;

/**
 * On which port a worker listens: any free one, or for firewalls the first free one of
 * spark.firesteel.port and the spark.firesteel.portRetries next ones.
 */
final class Ports implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String FIRST = "spark.firesteel.port";
  private static final String RETRIES = "spark.firesteel.portRetries";
  private static final int MOST = 65535;

  private static int opened; // by this process; 0: none yet

  private final int first; // 0: any
  private final int last;

  Ports(int first, int retries) {
    if (first < 0 || first > MOST) {
      throw new IllegalArgumentException(FIRST + ": must be in 0..65535, got " + first);
    }
    if (retries < 0) {
      throw new IllegalArgumentException(RETRIES + ": must be >= 0, got " + retries);
    }
    this.first = first;
    last = Math.min(MOST, first + retries);
  }

  static Ports of(SparkConf conf) {
    return new Ports(conf.getInt(FIRST, 0), conf.getInt(RETRIES, 16));
  }

  @Override
  public String toString() {
    return first == 0 ? "any free port" : "ports " + first + " to " + last;
  }

  /** The port on which this process listens; opened when it does not yet. */
  int open(String host) {
    synchronized (Ports.class) { // two fits may greet one process at the same time
      if (opened == 0) {
        opened = Native.start(host, first == 0 ? 0 : free(host));
      }
      return opened;
    }
  }

  private int free(String host) {
    for (int port = first; port <= last; port++) {
      // The native listener tries the next 16 by itself, so it only gets one that is free.
      if (isFree(host, port)) {
        return port;
      }
    }
    throw new FiresteelException(
        FIRST + ": one of the ports " + first + ".." + last + " must be free on " + host
            + ", got all taken. Set another " + FIRST + " or more " + RETRIES);
  }

  private static boolean isFree(String host, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true); // as the listener: connections of an ended worker don't count
      socket.bind(new InetSocketAddress(host, port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
