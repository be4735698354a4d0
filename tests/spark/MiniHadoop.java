// SPDX-License-Identifier: Apache-2.0

import java.io.File;
import java.io.FileOutputStream;
import java.io.OutputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.yarn.conf.YarnConfiguration;
import org.apache.hadoop.yarn.server.MiniYARNCluster;

/**
 * MiniHadoop FOLDER hdfs|yarn: a real HDFS with one data node, or YARN with one node manager, until stdin ends. Prints "ready" when
 * their configuration is in FOLDER/conf.
 */
public final class MiniHadoop {
  public static void main(String[] args) throws Exception {
    File folder = new File(args[0]).getAbsoluteFile();
    new File(folder, "conf").mkdirs();
    System.setProperty("test.build.data", new File(folder, "data").getPath());
    if (args[1].equals("hdfs")) {
      hdfs(folder);
    } else {
      yarn(folder);
    }
    System.out.println("ready");
    System.out.flush();
    while (System.in.read() >= 0) {}
    System.exit(0);
  }

  private static void hdfs(File folder) throws Exception {
    Configuration conf = new Configuration();
    conf.setBoolean("dfs.permissions.enabled", false);
    conf.set("dfs.replication", "1");
    MiniDFSCluster cluster = new MiniDFSCluster.Builder(conf, new File(folder, "hdfs")).numDataNodes(1).build();
    conf.set("fs.defaultFS", cluster.getURI().toString());
    conf.set("dfs.namenode.http-address", cluster.getNameNode().getHttpAddress().getHostString() + ":"
        + cluster.getNameNode().getHttpAddress().getPort());
    write(conf, folder, "core-site.xml");
    write(conf, folder, "hdfs-site.xml");
  }

  private static void yarn(File folder) throws Exception {
    YarnConfiguration conf = new YarnConfiguration();
    conf.set("fs.defaultFS", "file:///");
    conf.set("yarn.scheduler.capacity.root.queues", "default");
    conf.set("yarn.scheduler.capacity.root.default.capacity", "100");
    conf.set("yarn.scheduler.capacity.maximum-am-resource-percent", "0.9");
    conf.set("yarn.scheduler.capacity.root.default.maximum-am-resource-percent", "0.9");
    conf.setInt("yarn.scheduler.minimum-allocation-mb", 128);
    conf.setInt("yarn.minicluster.yarn.nodemanager.resource.memory-mb", 6144);
    conf.setInt("yarn.nodemanager.resource.cpu-vcores", 8);
    conf.setBoolean("yarn.nodemanager.vmem-check-enabled", false);
    conf.setBoolean("yarn.nodemanager.pmem-check-enabled", true); // what takes more than it was given is ended
    conf.setFloat("yarn.nodemanager.disk-health-checker.max-disk-utilization-per-disk-percentage", 99.5f);
    conf.setInt("yarn.nodemanager.delete.debug-delay-sec", 0);
    MiniYARNCluster cluster = new MiniYARNCluster("firesteel", 1, 1, 1);
    cluster.init(conf);
    cluster.start();
    write(cluster.getConfig(), folder, "core-site.xml");
    write(cluster.getConfig(), folder, "yarn-site.xml");
  }

  private static void write(Configuration conf, File folder, String name) throws Exception {
    try (OutputStream out = new FileOutputStream(new File(folder, "conf/" + name))) {
      conf.writeXml(out);
    }
  }
}
