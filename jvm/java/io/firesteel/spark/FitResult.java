// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.Model;

/** The fitted model and the figures of the fit (the "end" event of io.firesteel.spark.Main). */
public final class FitResult {
  public final Model model;
  public final ObjectNode figures;

  FitResult(Model model, ObjectNode figures) {
    this.model = model;
    this.figures = figures;
  }
}
