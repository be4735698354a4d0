// SPDX-License-Identifier: Apache-2.0
package io.firesteel.nn;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** What a trainer can train: layers without weights, as a graph document. */
public interface Architecture {
  /** {"inputs": [...], "nodes": [...], "outputs": [...]}; an input may lack its shape. */
  ObjectNode graph();
}
