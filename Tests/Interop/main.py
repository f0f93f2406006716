#!/usr/bin/env python3
"""Starts the cloud of each round in turn, runs the life cycle in it, and stops it.

usage: main.py --venv FOLDER [--round originals|kilonova]... [--keep]

Round `originals`: Keystone, Placement, Glance and Nova as published, Kilonova as the accelerator service.
Round `kilonova`: Kilonova is the identity service, Placement and the image service, too.
"""
import argparse
import os
import shutil
import signal
import sys
import tempfile

import groups
import images
from lifecycle import PROMPT, SLOW, Lifecycle
from report import Report
from stack.broker import Broker
from stack.cloud import Cloud
from stack.database import Database
from stack.glance import Glance
from stack.host import lay_out
from stack.keystone import Keystone
from stack.kilonova import Kilonova
from stack.network import __file__ as network_program
from stack.nova import Nova
from stack.placement import Placement
from stack.processes import Failure, Processes, eventually, free_port, listens

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


class Round:
    def __init__(self, name, venv, binary, report):
        self.name = name
        self.venv = venv
        self.report = report
        self.folder = tempfile.mkdtemp(prefix=f"kilonova-interop-{name}.")
        self.processes = Processes(self.folder)
        self.kilonova = Kilonova(self.processes, binary)

    def run(self):
        step, processes = self.report.step, self.processes
        with step(f"{self.name}: MariaDB and RabbitMQ run", needed=True):
            database, broker = Database(processes), Broker(processes)
            database.start()
            broker.start()
        with step(f"{self.name}: identity and Placement run, accounts and catalog are made", needed=True):
            if self.name == "originals":
                self.original_identity(database)
            else:
                self.own_identity()
        with step(f"{self.name}: images and networks are served", needed=True):
            if self.name == "originals":
                glance = Glance(processes, self.venv)
                glance.start(database, self.cloud)
                self.cloud.add_service("image", "glance", glance.url)
            port = free_port()
            processes.start("network", [sys.executable, network_program, port], ready=lambda: listens(port))
            self.cloud.add_service("network", "neutron", f"http://127.0.0.1:{port}")
        with step(f"{self.name}: Nova runs, with two computes", needed=True):
            nova = Nova(processes, self.venv)
            nova.start(database, broker, self.cloud)
            self.cloud.add_service("compute", "nova", nova.url)
            for host in (PROMPT, SLOW):
                nova.start_compute(host)
            eventually("the providers of the computes", lambda: all(
                self.cloud.admin.placement.find_resource_provider(host) for host in (PROMPT, SLOW)), 120)
            nova.discover_hosts()
        with step(f"{self.name}: Kilonova runs, with an agent for each host", needed=True):
            if self.name == "originals":
                self.kilonova.configure(["accelerator"], self.cloud.url, self.cloud.service_password, "keystone")
                self.kilonova.start()
                self.cloud.add_service("accelerator", "cyborg", self.kilonova.accelerator_url)
            host = lay_out(f"{self.folder}/host")
            logic = f"{self.folder}/logic"
            os.makedirs(logic)
            self.kilonova.enrol_and_start(PROMPT, drivers="fake, pci, logic", root=host, external=(
                f"{{name: logic, program: {sys.executable}, arguments: [{HERE}/stack/logic_driver.py, {logic}]}}"), extra=(
                'pci: {device_spec: [{vendor_id: "10de", group: pair, group_type: pair}]}\n'))
            self.kilonova.enrol_and_start(SLOW, "fake: {prepare_delay: 3s}\n")
        lifecycle = Lifecycle(processes, self.cloud, nova, self.kilonova, self.report, self.venv)

        def more():
            groups.run(lifecycle, host)
            images.snapshot(lifecycle)
            images.program(lifecycle, logic)

        lifecycle.run(more)

    def original_identity(self, database):
        keystone = Keystone(self.processes, self.venv)
        keystone.start(database)
        self.cloud = Cloud(self.folder, keystone.url, keystone.password)
        self.cloud.add_accounts(["nova", "glance", "placement", "kilonova"])
        placement = Placement(self.processes, self.venv)
        placement.start(database, self.cloud)
        self.cloud.add_service("placement", "placement", placement.url)

    def own_identity(self):
        kilonova = self.kilonova
        kilonova.configure(["identity", "placement", "accelerator", "image"], kilonova.identity_url, Cloud.service_password, "embedded")
        kilonova.bootstrap()
        kilonova.start()
        self.cloud = Cloud(self.folder, kilonova.identity_url, kilonova.admin_password)
        self.cloud.add_accounts(["nova", "kilonova"])

    def end(self, keep):
        self.processes.stop_all()
        if keep:
            self.report.note(f"logs and state of the round stay in {self.folder}")
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


def interrupted(*_):
    raise KeyboardInterrupt


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--venv", required=True)
    parser.add_argument("--round", action="append", choices=["originals", "kilonova"])
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs and state")
    arguments = parser.parse_args()
    for kind in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(kind, interrupted)
    binary = os.environ.get("KILONOVA_BINARY", os.path.join(ROOT, ".build/release/kilonova"))
    report = Report()
    for name in arguments.round or ["originals", "kilonova"]:
        before = len(report.failed)
        one = None
        try:
            one = Round(name, os.path.abspath(arguments.venv), os.path.abspath(binary), report)
            one.run()
        except Failure as failure:
            report.note(failure)
            report.failed.append(f"{name}: {failure}")
        except KeyboardInterrupt:
            report.failed.append(f"{name}: interrupted")
            break
        finally:
            if one:
                one.end(arguments.keep or len(report.failed) > before)
    sys.exit(report.finish())


if __name__ == "__main__":
    main()
