"""CPU time and memory of processes, including threads that have ended."""
import os


class Footprint:
    def __init__(self, members):
        self.members = members

    def spent(self):
        """By process id: seconds of CPU time of its living threads (exact), and of all threads it ever had (in clock ticks)."""
        found = {}
        for pid in self.members():
            try:
                running = 0
                for thread in os.listdir(f"/proc/{pid}/task"):
                    with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
                        running += int(file.read().split()[0])
                with open(f"/proc/{pid}/stat") as file:
                    fields = file.read().rpartition(")")[2].split()
                found[pid] = (running / 1e9, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))
            except (FileNotFoundError, ProcessLookupError):
                continue
        return found

    @staticmethod
    def difference(before, after):
        """Seconds. Clock ticks are coarse but include threads that ended in between; the other value is exact. The larger one counts."""
        total = 0.0
        for pid, (exact, ticks) in after.items():
            old_exact, old_ticks = before.get(pid, (0.0, 0.0))
            fine, coarse = exact - old_exact, ticks - old_ticks
            total += fine if fine >= coarse - 0.02 else coarse
        return total

    def memory(self):
        """Megabytes. Shared pages are counted once."""
        kilobytes = 0
        for pid in self.members():
            try:
                with open(f"/proc/{pid}/smaps_rollup") as file:
                    kilobytes += next(int(line.split()[1]) for line in file if line.startswith("Pss:"))
            except (FileNotFoundError, ProcessLookupError, StopIteration):
                continue
        return kilobytes / 1000
