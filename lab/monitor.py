#!/usr/bin/env python3
"""monitor.py SOCKET COMMAND: sends one command to QEMU's monitor and prints the response."""
import re
import socket
import sys

PROMPT = b"(qemu) "


def answer(link):
    text = b""
    while not text.endswith(PROMPT):
        piece = link.recv(65536)
        if not piece:
            break
        text += piece
    return text


with socket.socket(socket.AF_UNIX) as link:
    link.connect(sys.argv[1])
    answer(link)
    link.sendall(sys.argv[2].encode() + b"\n")
    said = re.sub(rb"\x1b\[[0-9;]*[A-Za-z]", b"", answer(link)).removesuffix(PROMPT).decode(errors="replace")
    # The monitor repeats the command before the response.
    print(said.partition("\n")[2].strip())
