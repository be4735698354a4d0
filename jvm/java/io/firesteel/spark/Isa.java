// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.Arrays;
import java.util.List;

/** Instruction sets from the least to the most, as the native library names them. */
final class Isa {
  private static final List<String> ORDER =
      Arrays.asList(
          "sse41", "avx", "avx2", "avx2_vnni", "avx2_vnni_2", "avx512_core", "avx512_core_vnni",
          "avx512_core_bf16", "avx512_core_fp16", "avx512_core_amx", "avx512_core_amx_fp16",
          "avx10_1_512");

  private static final String BF16 = "avx512_core_bf16";

  private Isa() {}

  /** Whether a worker has an instruction set; one that is not known here must be the same. */
  static boolean has(Worker worker, String isa) {
    return isa.isEmpty()
        || worker.isa.equals(isa)
        || ORDER.indexOf(isa) >= 0 && ORDER.indexOf(worker.isa) > ORDER.indexOf(isa);
  }

  /** What a fit in bf16 has to tell where some workers, or the pinned set, lack it; null: nothing. */
  static String noteOnBf16(List<Worker> workers, String pinned) {
    long without = workers.stream().filter(worker -> !worker.bf16).count();
    if (ORDER.indexOf(pinned) >= 0 && ORDER.indexOf(pinned) < ORDER.indexOf(BF16)) {
      without = workers.size();
    }
    return without == 0
        ? null
        : "dtype bf16: " + without + " of " + workers.size() + " workers compute in f32, without "
            + BF16 + " instructions";
  }

  /** What all workers have, so that a reproducible fit computes alike on each; "" if not known. */
  static String lowest(List<Worker> workers) {
    int lowest = ORDER.size();
    for (Worker worker : workers) {
      lowest = Math.min(lowest, ORDER.indexOf(worker.isa));
    }
    return lowest < 0 || lowest == ORDER.size() ? "" : ORDER.get(lowest);
  }
}
