"""The laboratory's guest as a compute host: its agent, its kernel, guests within it, its plugs."""
import os
import pathlib
import subprocess
import time

from report import eventually, fail

LAB = pathlib.Path(__file__).resolve().parent.parent


class Guest:
    def __init__(self, room):
        self.room = pathlib.Path(room)
        self.serial = self.room / "serial"
        # What makes a configuration of the agent from its text.
        self.known = lambda text: text

    # The machine

    def start(self, goods):
        known = dict(os.environ, LAB_GOODS=str(goods), LAB_REACH="yes", LAB_REBOOT="yes", LAB_DRIVES="16M")
        if subprocess.run([LAB / "start"], env=known).returncode:
            fail("the guest did not start")
        self.boot()

    def boot(self):
        """Prepares the host for its agent: files and modules. Nothing outside this machine can be reached."""
        said = self.run(
            "hostname labhost; mkdir -p /goods && (mountpoint -q /goods || mount -o ro LABEL=goods /goods) && sh /goods/guest-setup attach && "
            "ip route replace blackhole 0.0.0.0/1 && ip route replace blackhole 128.0.0.0/1", check=False)
        if said.returncode:
            fail("the guest could not be set up: " + said.stdout + said.stderr)

    def run(self, line, check=True, timeout=300, text=None):
        said = subprocess.run(
            [LAB / "run", line], input=text, stdin=None if text is not None else subprocess.DEVNULL,
            capture_output=True, text=True, timeout=timeout, errors="replace")
        if check and said.returncode:
            raise ValueError(f"'{line}' ended with {said.returncode}: {said.stdout[-500:]}{said.stderr[-500:]}")
        return said

    def read(self, line, **words):
        return self.run(line, **words).stdout.strip()

    def put(self, path, text, mode="600"):
        self.run(f"mkdir -p $(dirname {path}) && umask 077 && cat > {path} && chmod {mode} {path}", text=text)

    def monitor(self, command):
        said = subprocess.run(
            ["python3", LAB / "monitor.py", "monitor", command], cwd=self.room, capture_output=True, text=True, timeout=60)
        return (said.stdout + said.stderr).strip()

    def plug(self, device):
        """Plugs a card in. QEMU refuses this until the previous card has left the plug, some time after its driver released it."""
        return eventually(60, lambda: "Error" not in self.monitor(f"device_add {device}"), 1)

    def reboot(self):
        """Restarts the host without a shutdown, after its disks are written."""
        boots = self.serial.read_text(errors="replace").count("LAB-READY")
        self.run("sync; mount -o remount,ro / 2>/dev/null; sync; (sleep 1; busybox reboot -f) > /dev/null 2>&1 &", check=False)
        self.hang_up()
        up = eventually(600, lambda: self.serial.read_text(errors="replace").count("LAB-READY") > boots, 1)
        if not up:
            fail("the guest did not come up after its reboot: " + self.serial.read_text(errors="replace")[-1000:])
        eventually(200, lambda: self.run("true", check=False).returncode == 0, 1)
        self.boot()

    def hang_up(self):
        subprocess.run(
            ["ssh", "-q", "-o", "ControlPath=" + str(self.room / "ssh"), "-O", "exit", "root@127.0.0.1"],
            capture_output=True, timeout=30)

    # Its agent

    def start_agent(self):
        self.run(
            "setsid /goods/kilonova agent --config /etc/kilonova/agent.yaml < /dev/null >> /var/log/agent.log 2>&1 & "
            "echo $! > /run/agent.pid")

    def configure(self, text):
        """Restarts the agent with another configuration."""
        self.kill_agent("TERM")
        self.put("/etc/kilonova/agent.yaml", self.known(text))
        self.start_agent()

    # What lies before the programs that the agent calls

    def layer(self, name, *tools):
        """Replaces the host's tools with those of a folder of lab/layers. They call the originals as `TOOL.real`."""
        for tool in tools:
            self.run(
                f"[ -e /usr/sbin/{tool}.real ] || mv /usr/sbin/{tool} /usr/sbin/{tool}.real; "
                f"sed s,/usr/sbin/{tool},/usr/sbin/{tool}.real,g /goods/layers/{name}/{tool} > /usr/sbin/{tool}; "
                f"chmod 755 /usr/sbin/{tool}")

    def honest(self):
        """Restores the host's own tools."""
        self.run("cd /usr/sbin; for tool in nvme blkdiscard; do [ ! -e $tool.real ] || mv $tool.real $tool; done; rm -f LIES")

    def kill_agent(self, signal="KILL"):
        self.run(f"kill -{signal} $(cat /run/agent.pid)", check=False)
        eventually(20, lambda: self.run("kill -0 $(cat /run/agent.pid)", check=False).returncode != 0, 0.1)

    def agent_log(self, lines=40):
        return self.read(f"tail -n {lines} /var/log/agent.log", check=False)

    # Its kernel

    def driver_of(self, address):
        return self.read(f"basename $(readlink /sys/bus/pci/devices/{address}/driver) 2>/dev/null", check=False)

    def exists(self, path):
        return self.run(f"test -e {path}", check=False).returncode == 0

    def attach(self, address):
        """Moves the device from the host's driver to vfio-pci, as libvirt does with managed devices."""
        device = f"/sys/bus/pci/devices/{address}"
        self.run(
            f"echo vfio-pci > {device}/driver_override; "
            f"if [ -e {device}/driver ]; then echo {address} > {device}/driver/unbind; fi; "
            f"echo {address} > /sys/bus/pci/drivers_probe; test $(basename $(readlink {device}/driver)) = vfio-pci")

    def detach(self, address):
        device = f"/sys/bus/pci/devices/{address}"
        self.run(
            f"if [ -e {device} ]; then echo {address} > {device}/driver/unbind; echo > {device}/driver_override; "
            f"echo {address} > /sys/bus/pci/drivers_probe; fi")

    def fill(self, address, canary):
        """The whole drive there. On one processor: waking the other for each piece takes longer than the work, where they are emulated."""
        self.run(f"taskset -c 1 sh -c 'yes {canary} | dd of=/dev/$(ls /sys/bus/pci/devices/{address}/nvme)n1 bs=1M oflag=direct "
                 "iflag=fullblock 2> /dev/null'", check=False)

    def canaries(self, serial, canary):
        """The number of canaries on the whole drive, or None if it cannot be read."""
        line = (f"for c in /sys/class/nvme/nvme*; do if [ \"$(tr -d ' ' < $c/serial)\" = {serial} ]; then "
                f"blockdev --flushbufs /dev/$(basename $c)n1; grep -a -c '{canary}' /dev/$(basename $c)n1; fi; done")
        found = self.read(line, check=False)
        return int(found) if found.isdigit() else None

    def memory(self, address, verb, word):
        """lab/nested/memory.c on the whole second region of a function: `fill`, or `count` the word in it."""
        device = f"/sys/bus/pci/devices/{address}"
        found = self.read(
            f"echo 1 > {device}/enable; /lab/memory {verb} {device}/resource2 {word}; echo 0 > {device}/enable")
        return int(found.split()[0]) if found else None

    # Guests within it

    def run_nested(self, words, devices, seconds=900):
        """Runs a guest within the guest with these devices; returns its output line by line."""
        arguments = " ".join(f"-device vfio-pci,{device}" for device in devices)
        begun = time.monotonic()
        said = self.run(f"timeout -k 5 {seconds} /goods/nested '{words}' {arguments} 2>&1", check=False, timeout=seconds + 60)
        lines = [line.strip() for line in said.stdout.splitlines()]
        return [line[7:] for line in lines if line.startswith("NESTED ")], said.stdout, time.monotonic() - begun
