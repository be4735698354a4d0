# SPDX-License-Identifier: Apache-2.0
"""Listens to what passes an interface of this machine, as somebody in its network could. Needs root."""

import socket
import struct
import threading

ETH_P_ALL = 3


def may_listen():
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL)).close()
        return True
    except OSError:
        return False


class Capture:
    """The payload of all TCP packets that pass, by connection and direction, put together by sequence number."""

    def __init__(self, interface):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 << 20)
        self.socket.bind((interface, 0))
        self.socket.settimeout(0.2)
        self.pieces = {}
        self.ended = False
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        while not self.ended:
            try:
                packet = self.socket.recv(1 << 17)
            except socket.timeout:
                continue
            self._take(packet[14:])

    def _take(self, packet):
        if len(packet) < 40 or packet[0] >> 4 != 4 or packet[9] != socket.IPPROTO_TCP:
            return
        tcp = packet[(packet[0] & 15) * 4 : struct.unpack("!H", packet[2:4])[0]]
        payload = tcp[(tcp[12] >> 4) * 4 :]
        if payload:
            flow = packet[12:20] + tcp[:4]
            self.pieces.setdefault(flow, {})[struct.unpack("!I", tcp[4:8])[0]] = payload

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended = True
        self.thread.join()
        self.socket.close()

    def has(self, needle):
        """Whether these bytes passed, in one connection one after the other."""
        return any(needle in self._whole(pieces) for pieces in self.pieces.values())

    def bytes(self):
        return sum(len(p) for pieces in self.pieces.values() for p in pieces.values())

    @staticmethod
    def _whole(pieces):
        """Where a packet is missing, bytes that do not belong together meet: that finds no less."""
        return b"".join(pieces[number] for number in sorted(pieces))
