// SPDX-License-Identifier: Apache-2.0
package io.firesteel.optim;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.firesteel.Spec;
import io.firesteel.internal.Json;

/**
 * What is different for parameters with certain names: {@code new
 * ParamGroup("*.bias").weightDecay(0)}. {@code *} stands for any letters and {@code ?} for one.
 */
public final class ParamGroup {
  private final ObjectNode json = Json.object();

  public ParamGroup(String match) {
    json.put("match", match);
  }

  /** Factor on the optimizer's learning rate. */
  public ParamGroup lr(double factor) {
    json.put("lr", factor);
    return this;
  }

  /** Instead of the optimizer's. */
  public ParamGroup weightDecay(double weightDecay) {
    json.put("weight_decay", weightDecay);
    return this;
  }

  /** l1 times the sign of parameters is added to their gradients. */
  public ParamGroup l1(double l1) {
    json.put("l1", l1);
    return this;
  }

  /** l2 times parameters are added to their gradients. */
  public ParamGroup l2(double l2) {
    json.put("l2", l2);
    return this;
  }

  /** They stay as they are. */
  public ParamGroup freeze() {
    json.put("freeze", true);
    return this;
  }

  /** Instead of the fit's. */
  public ParamGroup optimizer(Spec optimizer) {
    json.set("optimizer", optimizer.toJson());
    return this;
  }

  public ObjectNode toJson() {
    return json.deepCopy();
  }

  @Override
  public String toString() {
    return json.toString();
  }
}
