// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.Iterator;
import java.util.List;
import java.util.ListIterator;
import java.util.function.BiConsumer;
import scala.collection.AbstractIterator;
import scala.collection.immutable.Nil$;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * Scala values made from Java in the only ways that have one class file form for Scala 2.12 and
 * 2.13: immutable lists (Seq means another type in each), iterators, class tags, functions.
 */
final class ScalaBridge {
  private ScalaBridge() {}

  @SuppressWarnings("unchecked")
  static <T> scala.collection.immutable.List<T> list(List<? extends T> items) {
    scala.collection.immutable.List<T> list = (scala.collection.immutable.List<T>) (Object) Nil$.MODULE$;
    ListIterator<? extends T> it = items.listIterator(items.size());
    while (it.hasPrevious()) {
      list = list.$colon$colon(it.previous());
    }
    return list;
  }

  static <T> scala.collection.Iterator<T> iterator(Iterator<T> items) {
    return new JavaIterator<>(items);
  }

  static <T> ClassTag<T> tag(Class<T> type) {
    return ClassTag$.MODULE$.apply(type);
  }

  /** A result handler for SparkContext.runJob. */
  static <R> AbstractFunction2<Object, R, BoxedUnit> handler(BiConsumer<Integer, R> body) {
    return new Handler<>(body);
  }

  private static final class JavaIterator<T> extends AbstractIterator<T> {
    private final Iterator<T> items;

    JavaIterator(Iterator<T> items) {
      this.items = items;
    }

    @Override
    public boolean hasNext() {
      return items.hasNext();
    }

    @Override
    public T next() {
      return items.next();
    }
  }

  private static final class Handler<R> extends AbstractFunction2<Object, R, BoxedUnit> {
    private final BiConsumer<Integer, R> body;

    Handler(BiConsumer<Integer, R> body) {
      this.body = body;
    }

    @Override
    public BoxedUnit apply(Object index, R result) {
      body.accept((Integer) index, result);
      return BoxedUnit.UNIT;
    }
  }
}
