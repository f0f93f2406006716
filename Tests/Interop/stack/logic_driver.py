#!/usr/bin/env python3
"""An external driver of Kilonova with one device whose logic is a file: logic_driver.py FOLDER"""
import hashlib
import json
import os
import sys

FOLDER = sys.argv[1]
LOGIC = os.path.join(FOLDER, "logic")


def loaded():
    """What is on the device, by its hash; empty at first."""
    try:
        with open(LOGIC) as file:
            return file.read()
    except FileNotFoundError:
        return ""


def program(asked):
    with open(asked["image"], "rb") as image:
        digest = hashlib.file_digest(image, "sha256").hexdigest()
    with open(f"{LOGIC}.new", "w") as file:
        file.write(digest)
    os.replace(f"{LOGIC}.new", LOGIC)
    return {}


def fingerprint(_):
    return {"devices": [{
        "name": "logic0", "type": "FPGA", "handle_type": "USB", "info": {"bus": "1", "port": "1"},
        "resource_class": "CUSTOM_LOGIC", "traits": ["CUSTOM_LOGIC_LOADED"] if loaded() else [], "cleans": True}]}


ANSWERS = {
    "hello": lambda _: {"version": 1}, "fingerprint": fingerprint, "program": program, "health": lambda _: {"state": "well"},
    "prepare": lambda _: {}, "withdraw": lambda _: {}, "clean": lambda _: {"methods": ["nothing is kept"]}}

for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps({**ANSWERS[asked["do"]](asked), "id": asked["id"]}), flush=True)
