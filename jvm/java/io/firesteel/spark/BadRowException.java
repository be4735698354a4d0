// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

/** A row that a model cannot take; the message says what is wrong with it. */
final class BadRowException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  BadRowException(String message) {
    super(message, null);
  }

  /** There may be millions of them, and nobody looks where they come from. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
