# SPDX-License-Identifier: Apache-2.0
"""The DNS of a VPC: knows ip-A-B-C-D, with or without a domain, and the hosted zones of Route 53."""
import re
import socket
import struct
import threading


def answer(query, look_up):
    """The reply to one question in a packet."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("ascii", "replace"))
        at += 1 + query[at]
    question = query[12:at + 5]
    kind = struct.unpack(">H", query[at + 1:at + 3])[0]
    own = re.fullmatch(r"ip-(\d+)-(\d+)-(\d+)-(\d+)", labels[0]) if labels else None
    own = ".".join(own.groups()) if own else look_up(".".join(labels))
    if own and kind == 1:
        record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton(own)
        return query[:2] + struct.pack(">HHHHH", 0x8180, 1, 1, 0, 0) + question + record
    return query[:2] + struct.pack(">HHHHH", 0x8180 if own else 0x8183, 1, 0, 0, 0) + question


def serve(address, look_up):
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))

    def loop():
        while True:
            query, sender = server.recvfrom(1500)
            try:
                server.sendto(answer(query, look_up), sender)
            except (IndexError, struct.error):
                pass  # not a question
    threading.Thread(target=loop, daemon=True).start()
