# SPDX-License-Identifier: Apache-2.0
"""A real HDFS or YARN on this machine, in a process of its own."""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from xml.etree import ElementTree

from spark_run import CACHE, children

JARS = CACHE / "minicluster"
SOURCE = Path(__file__).with_name("MiniHadoop.java")


class MiniHadoop:
    """kind: "hdfs" or "yarn". `conf` is the folder for HADOOP_CONF_DIR. Ends all that it started."""

    def __init__(self, folder, kind):
        folder.mkdir(parents=True)
        self.folder, self.conf, self.log = folder, folder / "conf", folder / "hadoop.log"
        (folder / "log4j.properties").write_text("log4j.rootLogger=WARN,stderr\nlog4j.appender.stderr=org.apache.log4j.ConsoleAppender\n"
                                                 "log4j.appender.stderr.target=System.err\n"
                                                 "log4j.appender.stderr.layout=org.apache.log4j.SimpleLayout\n")
        java = Path(os.path.realpath(shutil.which("java")))
        command = [str(java), "-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--add-opens", "java.base/java.lang=ALL-UNNAMED",
                   "-cp", f"{folder}:{JARS}/*", str(SOURCE), str(folder), kind]
        env = {name: value for name, value in os.environ.items() if not name.startswith(("SPARK_", "HADOOP_", "YARN_"))}
        self.process = subprocess.Popen(command, cwd=folder, env=dict(env, JAVA_HOME=str(java.parents[1])), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=open(self.log, "w"), text=True, start_new_session=True)
        if "ready\n" not in iter(self.process.stdout.readline, ""):
            self.close()
            raise AssertionError(self.log.read_text()[-4000:])

    def setting(self, name):
        found = ElementTree.parse(self.conf / "core-site.xml").findall(f"./property[name='{name}']/value")
        return found[0].text

    def stdout_of_containers(self):
        """What YARN's containers have said, all together."""
        return "".join(file.read_text() for file in self.folder.rglob("container_*/stdout"))

    def close(self):
        """Containers outlive a mini cluster, so they are ended one by one."""
        for pid in [*children(self.process.pid), self.process.pid]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
