"""What happened, as TAP (Test Anything Protocol): one line for each step, and a plan at the end."""
import contextlib
import sys
import time
import traceback

from stack.processes import Failure


class Report:
    def __init__(self):
        self.count = 0
        self.failed = []
        self.passed = 0

    def note(self, text):
        for line in str(text).splitlines():
            print(f"# {line}", flush=True)

    @contextlib.contextmanager
    def step(self, name, needed=False):
        """Runs a step. If it fails, the next step runs anyway, unless the failed step is `needed`."""
        begin = time.monotonic()
        notes = []
        try:
            yield notes.append
        except Exception as error:  # whatever a client throws is this step's failure
            self.line(False, name, begin)
            self.note(error if isinstance(error, Failure) else traceback.format_exc())
            if needed:
                raise Failure(f"cannot go on without: {name}") from None
        else:
            self.line(True, name, begin)
        for note in notes:
            self.note(f"  {note}")

    def line(self, passed, name, begin):
        self.count += 1
        if passed:
            self.passed += 1
        else:
            self.failed.append(name)
        print(f"{'ok' if passed else 'not ok'} {self.count} - {name} ({time.monotonic() - begin:.1f} s)", flush=True)

    def finish(self):
        print(f"1..{self.count}", flush=True)
        print(f"# {self.passed} of {self.count} steps passed", flush=True)
        for name in self.failed:
            print(f"# failed: {name}", file=sys.stderr)
        return 1 if self.failed or not self.count else 0
