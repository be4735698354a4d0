// SPDX-License-Identifier: Apache-2.0
package io.firesteel.internal;

import java.nio.ByteBuffer;

/**
 * The boundary to the C++ core: one method for each function of train/worker.h and nn/model_api.h,
 * registered by jvm/jni/exports.cc. Byte buffers must be direct; they are read during the call only.
 * User errors arrive as IllegalArgumentException, others as FiresteelException.
 */
public final class Native {
  static {
    NativeLoader.load();
  }

  private Native() {}

  /** Loads the library, or throws the sentence that says why it cannot be loaded. */
  public static void require() {
    NativeLoader.require();
  }

  // The worker of this process.
  public static native int start(String bindHost, int port);

  public static native String hello();

  public static native int defaultShards(String specJson);

  public static native String resolveFit(String specJson, ByteBuffer model, boolean hasTests);

  public static native boolean stops(String resolvedSpecJson, long step, String observedJson);

  public static native boolean isBest(String resolvedSpecJson, String observedJson);

  public static native String observedIn(ByteBuffer state);

  public static native byte[] withObserved(ByteBuffer state, String observedJson);

  // TensorBoard's event files; byte[2][]: of the runs train and validation.
  public static native byte[] beginSummaries(long wallMs);

  public static native byte[][] summariesOf(String eventJson, long wallMs);

  public static native byte[] histogramsOf(ByteBuffer model, long step, long wallMs);

  /** Throws where it is no checkpoint as it was written. where: names it in the sentence. */
  public static native void checkCheckpoint(ByteBuffer file, String where);

  /** A page about a fit, as HTML. */
  public static native String reportPage(String eventsJson);

  public static native String recipe(String name);

  public static native String assign(String resolvedSpecJson, int workers);

  public static native void beginFit(String fitId, String specJson, ByteBuffer state, byte[] key);

  public static native boolean hasFit(String fitId);

  public static native boolean hasShard(String fitId, int shard);

  public static native String fitMemory(String resolvedSpecJson, ByteBuffer model, int workers, int threads);

  /** Where shards go for which there is no memory: {folders, memory, encrypt}. */
  public static native void spillShards(String fitId, String placeJson);

  public static native void addShard(String fitId, int shard, byte[] block);

  public static native String runGroup(String fitId, String groupJson);

  public static native void interrupt(String fitId, String reason);

  // Groups whose numbers Spark carries.
  public static native boolean beginCarried(String fitId, String groupJson);

  public static native void restore(String fitId, ByteBuffer checkpoint);

  public static native String computeCarried(String fitId, String groupJson);

  public static native byte[] carriedGradients(String fitId, int rank, int size);

  public static native byte[] sumCarried(String fitId, byte[][] packed, int rank, int size);

  public static native byte[] updateCarried(String fitId, byte[][] squares, int rank, int size);

  public static native void takeParameters(String fitId, byte[][] slices);

  public static native byte[] carriedOptimizer(String fitId, int rank, int size);

  public static native void takeOptimizer(String fitId, byte[][] slices);

  public static native String endCarried(String fitId, String groupJson);

  public static native byte[] checkpoint(String fitId);

  public static native byte[] model(String fitId);

  public static native void endFit(String fitId);

  public static native String evaluate(
      ByteBuffer model, String specJson, ByteBuffer block, int threads);

  /** What several evaluations, a list of what evaluate returned, come to together. */
  public static native String figures(String specJson, String evaluationsJson);

  /** The outputs of all rows as little-endian f32. */
  public static native byte[] predict(ByteBuffer model, ByteBuffer block, int threads);

  // Models and data.
  public static native String kinds();

  public static native String loadPlugin(String path);

  public static native String plugins();

  public static native byte[] createModel(String graphJson, long seed);

  public static native byte[] namedModel(String name, long seed);

  public static native byte[] setInputShape(ByteBuffer model, long[] shape);

  public static native String describeModel(ByteBuffer model);

  public static native byte[][] loadShards(String spec, String split, int shards);
}
