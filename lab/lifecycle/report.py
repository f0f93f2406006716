"""The report in the Test Anything Protocol: one line for each check, printed at once, with the driver that it concerns."""
import sys
import time


class Report:
    def __init__(self):
        self.count = 0
        self.failures = 0
        self.begun = time.monotonic()

    def check(self, title, is_right, detail=""):
        self.count += 1
        if is_right:
            self._say(f"ok {self.count} - {title}")
        else:
            self.failures += 1
            self._say(f"not ok {self.count} - {title}")
            lines = str(detail).splitlines()
            for line in lines[:2] + lines[2:][-28:]:
                self._say(f"# {line}")
        return bool(is_right)

    def note(self, text):
        self._say(f"# [{time.monotonic() - self.begun:.0f} s] {text}")

    def end(self):
        self._say(f"1..{self.count}")
        return 1 if self.failures or not self.count else 0

    @staticmethod
    def _say(line):
        print(line, flush=True)


def eventually(seconds, ask, pause=0.3):
    """The first true result of `ask`, or the last result after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        try:
            answer = ask()
        except (OSError, ValueError, LookupError):
            answer = None
        if answer or time.monotonic() > end:
            return answer
        time.sleep(pause)


def fail(text):
    print(f"Bail out! {text}", flush=True)
    sys.exit(1)
