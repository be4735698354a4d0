# SPDX-License-Identifier: Apache-2.0
"""Hosts of their own on this machine: network namespaces on one bridge, each behind a link of a given rate."""

import os
import shutil
import subprocess

SUBNET = "10.77.0."


def may_make_hosts():
    """Whether this user may, on this machine."""
    return os.geteuid() == 0 and bool(shutil.which("ip") and shutil.which("tc")) and subprocess.run(
        ["ip", "netns", "list"], capture_output=True, check=False).returncode == 0


def _run(*command):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


class Network:
    """This machine is host 10.77.0.1; host(i) of `hosts` others is 10.77.0.(10 + i).

    rate: of every link both ways, as tc writes it ("1gbit", "10gbit"); None: not limited. Needs root.
    """

    def __init__(self, hosts, rate=None):
        self.tag = f"fs{os.getpid() % 10000}"
        self.bridge = f"{self.tag}b"
        self.spaces = []
        _run("ip", "link", "add", self.bridge, "type", "bridge")
        try:
            _run("ip", "addr", "add", f"{SUBNET}1/24", "dev", self.bridge)
            _run("ip", "link", "set", self.bridge, "up")
            for i in range(hosts):
                self._add(i, rate)
        except Exception:
            self.close()
            raise

    def _add(self, i, rate):
        space, here, there = f"{self.tag}n{i}", f"{self.tag}h{i}", "eth0"
        _run("ip", "netns", "add", space)
        self.spaces.append(space)
        _run("ip", "link", "add", here, "type", "veth", "peer", "name", there, "netns", space)
        _run("ip", "link", "set", here, "master", self.bridge, "up")
        for command in (["addr", "add", f"{self.host(i)}/24", "dev", there], ["link", "set", there, "up"],
                        ["link", "set", "lo", "up"]):
            _run("ip", "-n", space, *command)
        if rate:
            shape = ["root", "tbf", "rate", rate, "burst", "1mb", "latency", "50ms"]
            _run("tc", "qdisc", "add", "dev", here, *shape)  # what comes to the host
            _run("tc", "-n", space, "qdisc", "add", "dev", there, *shape)  # what it sends

    def block(self, port):
        """None of the other hosts reaches this port of another one any more."""
        for space in self.spaces:
            _run("ip", "-n", space, "rule", "add", "ipproto", "tcp", "dport", str(port), "unreachable")

    @staticmethod
    def host(i):
        return f"{SUBNET}{10 + i}"

    def inside(self, i, command):
        """The command line that runs `command` on host i."""
        return ["ip", "netns", "exec", self.spaces[i], *command]

    def close(self):
        for space in self.spaces:
            subprocess.run(["ip", "netns", "del", space], check=False, stderr=subprocess.DEVNULL)
        subprocess.run(["ip", "link", "del", self.bridge], check=False, stderr=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
