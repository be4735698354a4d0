// SPDX-License-Identifier: Apache-2.0
package io.firesteel;

/** Something outside the user's program went wrong: a file, a socket, memory, the native library. */
public class FiresteelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public FiresteelException(String message) {
    super(message);
  }

  public FiresteelException(String message, Throwable cause) {
    super(message, cause);
  }
}
