// SPDX-License-Identifier: Apache-2.0
package io.firesteel.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Graphs as documents, and as models. */
class GraphTest {
  @Test
  void aChainNamesItsLayersAsTheCoreDoes() {
    Sequential net =
        new Sequential(new Conv2d(1, 6, 5), new ReLU(), new MaxPool2d(2), new ReLU().named("last"));
    assertEquals(
        "[\"conv2d_1\",\"re_lu_1\",\"max_pool2d_1\",\"last\"]".replace("re_lu", Graph.snakeCase("ReLU")),
        io.firesteel.internal.Json.of(net.graph().findValuesAsText("name").subList(1, 5)).toString());
  }

  @Test
  void aGraphBuildsAResidualBlock() {
    Graph graph = new Graph();
    Graph.Value x = graph.input(4, 8, 8);
    Graph.Value y = graph.add(new Conv2d(4, 4, 3).padding(1), x);
    graph.output(graph.add(new Add(), x, y));
    assertEquals("[4,8,8]", graph.build(1).describe().path("output_shape").toString());
  }

  @Test
  void aWrongAttributeIsOneSentence() {
    Sequential net = new Sequential(new Linear(4, 2).with("outputs", 3)).input(4);
    String text = assertThrows(IllegalArgumentException.class, () -> net.build(1)).getMessage();
    assertTrue(text.contains("outputs"), text);
  }

  @Test
  void twoNodesCannotShareAName() {
    Graph graph = new Graph();
    Graph.Value x = graph.add(new ReLU().named("a"), graph.input(3));
    assertThrows(IllegalArgumentException.class, () -> graph.add(new ReLU().named("a"), x));
  }
}
