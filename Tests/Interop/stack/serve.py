#!/usr/bin/env python3
"""Serves a WSGI application with gunicorn, hiding its command line: the originals read it as theirs.

usage: serve.py MODULE:APPLICATION PORT WORKERS THREADS [ARGUMENTS THAT THE APPLICATION MAY READ]
"""
import importlib
import sys

# This folder's modules have the same names as the packages that are served.
sys.path.pop(0)

from gunicorn.app.base import BaseApplication  # noqa: E402


class Original(BaseApplication):
    def __init__(self, application, port, workers, threads):
        self.application = application
        self.options = {"bind": f"127.0.0.1:{port}", "workers": int(workers), "threads": int(threads), "worker_class": "gthread",
                        "timeout": 300, "accesslog": "-", "keepalive": 60, "control_socket_disable": True}
        super().__init__()

    def load_config(self):
        for key, value in self.options.items():
            if key in self.cfg.settings:
                self.cfg.set(key, value)

    def load(self):
        module, _, name = self.application.partition(":")
        return getattr(importlib.import_module(module), name)


if __name__ == "__main__":
    arguments, sys.argv = sys.argv[1:5], sys.argv[:1] + sys.argv[5:]
    Original(*arguments).run()
