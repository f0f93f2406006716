"""The cloud that the comparisons search: provider trees, half full, and the functions that write it into each service's tables.

A tree is a root with VCPU, MEMORY_MB and DISK_GB, two NUMA children, and two accelerators below each. There are also two hosts with eight and
with sixteen equal devices. The same seed makes the same cloud everywhere.

Rows are written directly into the databases, in bulk: over HTTP the original takes minutes for a thousand trees.
"""
import io
import random
import sqlite3
import subprocess
import uuid

MOMENT = 1_700_000_000_000_000
TRAITS = ("COMPUTE_NODE", "HW_NUMA_ROOT", "OWNER_CYBORG", "CUSTOM_CARD_A", "CUSTOM_CARD_B", "CUSTOM_RARE")
# Number of equal devices on a host, and their resource class. Each host has its own class, so that a query finds only that host.
EQUAL = {8: "PGPU", 16: "VGPU"}
# Number of devices on a host of `staircases`. Device n has the traits 0 to n, so that groups that require one trait each can be assigned in
# only one way. Only these devices have this resource class.
STAIRS = 20
STAIR_CLASS = "PCI_DEVICE"
STAIR_TRAITS = tuple(f"CUSTOM_STAIR_{number}" for number in range(STAIRS))


class World:
    def __init__(self, trees, seed=7):
        self.random = random.Random(seed)
        self.providers = []  # (uuid, name, parent, root)
        self.inventories = []  # (provider, class, total, reserved, ratio, used)
        self.traits = []  # (provider, trait)
        self.allocations = []  # (consumer, provider, class, used)
        self.consumers = []
        self.members = []  # (provider, aggregate)
        self.roots = [self.tree(number) for number in range(trees)]
        self.equal = {count: self.equal_devices(count) for count in EQUAL}

    def id(self):
        return str(uuid.UUID(int=self.random.getrandbits(128), version=4))

    def provider(self, name, parent=None, root=None, traits=()):
        identifier = self.id()
        self.providers.append((identifier, name, parent, root or identifier))
        self.traits += [(identifier, trait) for trait in traits]
        return identifier

    def stock(self, provider, name, total, reserved=0, ratio=1.0, used=0, consumer=None):
        self.inventories.append((provider, name, total, reserved, ratio, used))
        if used:
            self.allocations.append((consumer, provider, name, used))

    def tree(self, number):
        consumer = self.id()
        self.consumers.append(consumer)
        root = self.provider(f"host-{number}", traits=["COMPUTE_NODE"] + (["CUSTOM_RARE"] if number % 997 == 0 else []))
        self.stock(root, "VCPU", 64, 0, 4.0, 128, consumer)
        self.stock(root, "MEMORY_MB", 262144, 512, 1.0, 131072, consumer)
        self.stock(root, "DISK_GB", 2000, 0, 1.0, 1000, consumer)
        for node in range(2):
            numa = self.provider(f"host-{number}-numa{node}", root, root, ["HW_NUMA_ROOT"])
            for card in "AB":
                device = self.provider(
                    f"host-{number}-numa{node}-{card}", numa, root, ["OWNER_CYBORG", f"CUSTOM_CARD_{card}"])
                self.stock(device, "FPGA", 1, used=self.random.randrange(2), consumer=consumer)
        return root

    def equal_devices(self, count):
        root = self.provider(f"equal-{count}")
        for number in range(count):
            self.stock(self.provider(f"equal-{count}-{number}", root, root), EQUAL[count], 1)
        return root

    def staircases(self, hosts):
        """Hosts whose devices have nested sets of traits. On every other host one device is held, so that less fits."""
        self.stairs = []
        for host in range(hosts):
            consumer = self.id()
            self.consumers.append(consumer)
            root = self.provider(f"stairs-{host}")
            nodes = [self.provider(f"stairs-{host}-numa{node}", root, root, ["HW_NUMA_ROOT"]) for node in range(2)]
            for number in range(STAIRS):
                device = self.provider(
                    f"stairs-{host}-{number}", nodes[number * 2 // STAIRS], root, STAIR_TRAITS[:number + 1])
                self.stock(device, STAIR_CLASS, 1, used=int(host % 2 == 1 and number == host % STAIRS), consumer=consumer)
            self.stairs.append(root)

    def aggregate(self, aggregates=20, pools=4):
        """Puts each host into one of `aggregates` aggregates, and each of `pools` shared disk pools into several."""
        self.aggregates = [self.id() for _ in range(aggregates)]
        for place, root in enumerate(self.roots):
            self.members.append((root, self.aggregates[place % aggregates]))
        for number in range(pools):
            pool = self.provider(f"pool-{number}", traits=["MISC_SHARES_VIA_AGGREGATE"])
            self.stock(pool, "DISK_GB", 1_000_000)
            self.members += [(pool, one) for one in self.aggregates[number::pools]]

    # Kilonova's tables.

    def tables(self):
        yield ("resource_providers", "uuid name generation revision parent root created_at updated_at", (
            (one, name, 1, MOMENT + place, parent, root, MOMENT + place, MOMENT + place)
            for place, (one, name, parent, root) in enumerate(self.providers)))
        yield ("inventories",
               "provider resource_class total reserved min_unit max_unit step_size allocation_ratio used "
               "created_at updated_at", (
                   (one, name, total, reserved, 1, 2147483647, 1, ratio, used, MOMENT, MOMENT)
                   for one, name, total, reserved, ratio, used in self.inventories))
        yield "custom_traits", "name created_at", ((name, MOMENT) for name in TRAITS + STAIR_TRAITS if name.startswith("CUSTOM_"))
        yield "provider_traits", "provider trait", self.traits
        yield "provider_aggregates", "provider aggregate", self.members
        yield ("consumers", "uuid project owner type generation created_at updated_at", (
            (one, "p", "u", "INSTANCE", 1, MOMENT, MOMENT) for one in self.consumers))
        yield ("allocations", "consumer provider resource_class used created_at", (
            row + (MOMENT,) for row in self.allocations))

    def into_sqlite(self, path):
        database = sqlite3.connect(path)
        for table, columns, rows in self.tables():
            columns = columns.split()
            database.executemany(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows)
        database.commit()
        database.execute("ANALYZE")
        database.commit()
        database.close()

    def into_postgresql(self, url):
        for table, columns, rows in self.tables():
            copy(url, table, columns.split(), rows)
        query(url, "ANALYZE")

    # The original's tables.

    def into_original(self, url):
        classes = {name: number for number, name in query(url, "SELECT id, name FROM resource_classes")}
        for name in TRAITS:
            query(url, f"INSERT INTO traits (name) VALUES ('{name}') ON CONFLICT DO NOTHING")
        query(url, "INSERT INTO projects (external_id) VALUES ('p') ON CONFLICT DO NOTHING")
        query(url, "INSERT INTO users (external_id) VALUES ('u') ON CONFLICT DO NOTHING")
        query(url, "INSERT INTO consumer_types (name) VALUES ('INSTANCE') ON CONFLICT DO NOTHING")
        traits = {name: number for number, name in query(url, "SELECT id, name FROM traits")}
        [[project]] = query(url, "SELECT id FROM projects WHERE external_id = 'p'")
        [[user]] = query(url, "SELECT id FROM users WHERE external_id = 'u'")
        [[kind]] = query(url, "SELECT id FROM consumer_types WHERE name = 'INSTANCE'")
        numbers = {one: place + 1 for place, (one, _, _, _) in enumerate(self.providers)}
        copy(url, "resource_providers", ["id", "uuid", "name", "generation", "root_provider_id", "parent_provider_id",
                                         "created_at", "updated_at"], (
            (numbers[one], one, name, 1, numbers[root], numbers.get(parent), "2026-01-01", "2026-01-01")
            for one, name, parent, root in self.providers))
        copy(url, "inventories", ["resource_provider_id", "resource_class_id", "total", "reserved", "min_unit", "max_unit",
                                  "step_size", "allocation_ratio"], (
            (numbers[one], classes[name], total, reserved, 1, 2147483647, 1, ratio)
            for one, name, total, reserved, ratio, _ in self.inventories))
        copy(url, "resource_provider_traits", ["trait_id", "resource_provider_id"], (
            (traits[name], numbers[one]) for one, name in self.traits))
        copy(url, "consumers", ["uuid", "project_id", "user_id", "generation", "consumer_type_id"], (
            (one, project, user, 1, kind) for one in self.consumers))
        copy(url, "allocations", ["resource_provider_id", "consumer_id", "resource_class_id", "used"], (
            (numbers[provider], consumer, classes[name], used) for consumer, provider, name, used in self.allocations))
        query(url, "SELECT setval(pg_get_serial_sequence('resource_providers', 'id'), "
                   "(SELECT MAX(id) FROM resource_providers))")
        query(url, "ANALYZE")


def query(url, text):
    """Rows of a statement, as text."""
    answer = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-c", text, url],
                            check=True, capture_output=True, text=True).stdout
    return [line.split("\t") for line in answer.splitlines() if line]


def copy(url, table, columns, rows):
    text = io.StringIO()
    for row in rows:
        text.write("\t".join("\\N" if value is None else str(value) for value in row) + "\n")
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", f"\\copy {table} ({', '.join(columns)}) FROM STDIN",
                    url], check=True, input=text.getvalue(), text=True)
