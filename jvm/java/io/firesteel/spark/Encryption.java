// SPDX-License-Identifier: Apache-2.0
package io.firesteel.spark;

import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/** Whether Spark encrypts what it sends; the workers' own connections are then encrypted too. */
final class Encryption {
  private static final Set<String> TOLD = Collections.newSetFromMap(new ConcurrentHashMap<>()); // applications

  private Encryption() {}

  static boolean bySpark(SparkConf conf) {
    boolean authenticated = conf.getBoolean("spark.authenticate", false);
    return conf.getBoolean("spark.ssl.rpc.enabled", false)
        || authenticated && conf.getBoolean("spark.network.crypto.enabled", false)
        || authenticated && conf.getBoolean("spark.authenticate.enableSaslEncryption", false);
  }

  /** What the user should know of the key of a fit, which travels over Spark's RPC, once in an application; or null. */
  static String note(SparkContext sc) {
    if (sc.master().startsWith("local") || bySpark(sc.getConf()) || !TOLD.add(sc.applicationId())) {
      return null;
    }
    return "Spark's RPC is not encrypted, so whoever can read this network can read the key that guards the workers'"
        + " connections; set spark.authenticate and spark.network.crypto.enabled";
  }
}
