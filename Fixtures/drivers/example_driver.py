#!/usr/bin/env python3
"""An external driver for Kilonova, version 1 of docs/drivers/external.md: offers the FPGAs of one vendor.

It keeps no state of its own. Whatever it is asked to do may be asked again after a crash, so everything here may be done twice.
"""
import json
import sys

VENDOR = "10ee"


def fingerprint(asked):
    devices = []
    for function in asked["functions"]:
        if function["vendor"] != VENDOR or function["fenced"] or function["class"][:4] != "1200":
            continue
        devices.append({
            "address": function["address"],
            "type": "FPGA",
            "resource_class": "CUSTOM_EXAMPLE_FPGA",
            "traits": ["CUSTOM_EXAMPLE_" + function["product"].upper()],
            "prepares": True,
            "cleans": True,
        })
    return {"devices": devices}


def prepare(asked):
    # A real driver would load its logic here.
    return {}


def withdraw(asked):
    return {}


def clean(asked):
    return {"methods": ["nothing, for this is an example"]}


def health(asked):
    return {"state": "well"}


def hello(asked):
    if asked["version"] != 1:
        return {"error": "this driver speaks version 1"}
    return {"version": 1}


ANSWERS = {"hello": hello, "fingerprint": fingerprint, "prepare": prepare, "withdraw": withdraw, "clean": clean, "health": health}

for line in sys.stdin:
    asked = json.loads(line)
    answer = ANSWERS.get(asked["do"])
    said = answer(asked) if answer else {"error": f"this driver cannot {asked['do']}"}
    said["id"] = asked["id"]
    # One line an answer, at once. Standard error goes to the agent's log.
    print(json.dumps(said), flush=True)
