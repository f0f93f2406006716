"""Rows for a control plane with many hosts, written directly into its database: trees in Placement, devices and requests in
Accelerators, projects and users in Identity."""
import json
import pathlib
import sqlite3
import sys
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "placement"))
import world

MOMENT = world.MOMENT
DEVICES = 8


def fill(path, hosts):
    """Returns ids by kind, for requests that name something."""
    cloud = world.World(hosts)
    cloud.staircases(max(2, hosts // 20))
    cloud.aggregate()
    cloud.into_sqlite(path)
    database = sqlite3.connect(path)
    known = {
        "provider": [row[0] for row in cloud.providers[:50]] + list(cloud.equal.values()),
        "root": cloud.roots[:20], "aggregate": cloud.aggregates, "consumer": [row[0] for row in cloud.consumers[:50]],
        "trait": list(world.TRAITS) + list(world.STAIR_TRAITS),
        "class": ["VCPU", "MEMORY_MB", "DISK_GB", "FPGA", "PGPU", "VGPU", world.STAIR_CLASS],
    }
    known.update(accelerators(database, hosts))
    known.update(identity(database, hosts))
    database.commit()
    database.execute("ANALYZE")
    database.commit()
    database.close()
    return known


def insert(database, table, columns, rows):
    columns = columns.split()
    database.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows)


def accelerators(database, hosts):
    profile = str(uuid.uuid4())
    devices, deployables, attributes, handles, requests, events, records = [], [], [], [], [], [], []
    for host in range(hosts):
        name = f"host-{host}"
        records.append((name, 1, json.dumps([]), MOMENT))
        for place in range(DEVICES):
            device, deployable, handle = (str(uuid.uuid4()) for _ in range(3))
            provider = str(uuid.uuid4())
            path = json.dumps({"domain": "0000", "bus": f"{place:02x}", "device": "00", "function": "0"})
            devices.append((device, name, "pci", path, "GPU", "10de", "20b5", "{}", "{}", '{"serial": "1"}', "enabled",
                            "present", MOMENT))
            deployables.append((deployable, device, f"{name}_{place}", provider, "CUSTOM_GPU", 1, '["OWNER_CYBORG"]',
                                "pci", 1, MOMENT))
            for position in range(3):
                attributes.append((str(uuid.uuid4()), deployable, position, f"trait{position}", "OWNER_CYBORG", 1, MOMENT))
            isHeld = place % 2 == 0
            handles.append((handle, deployable, 0, "PCI", path, 0, 1, 1, "held" if isHeld else "available", 0, MOMENT))
            if isHeld:
                request, instance = str(uuid.uuid4()), str(uuid.uuid4())
                requests.append((request, len(requests), "p", "Bound", profile, 0, "CUSTOM_GPU", name, provider, instance,
                                 handle, 0, MOMENT))
                events.append((str(uuid.uuid4()), MOMENT, "arq.bound", "u", "p", request, instance, handle, device, name))
    insert(database, "device_profiles", "uuid name groups created_at",
           [(profile, "gpu", '[{"resources:CUSTOM_GPU": "1"}]', MOMENT)])
    insert(database, "accelerator_hosts", "host generation drivers reported_at",
           [(name, generation, drivers, at) for name, generation, drivers, at in records])
    insert(database, "devices", "uuid host driver control_path type vendor model standard_board_info vendor_board_info facts "
           "status presence created_at", devices)
    insert(database, "deployables", "uuid device name resource_provider resource_class accelerators traits driver is_present "
           "created_at", deployables)
    insert(database, "attributes", "uuid deployable position key value is_reported created_at", attributes)
    insert(database, "attach_handles", "uuid deployable position type info needs_preparation needs_cleaning is_present state "
           "generation created_at", handles)
    insert(database, "accelerator_requests", "uuid position project state profile profile_group resource_class host "
           "resource_provider instance handle generation created_at", requests)
    insert(database, "accelerator_events", "id at action owner actor_project request instance handle device host", events)
    return {"device": [row[0] for row in devices[:20]], "deployable": [row[0] for row in deployables[:20]],
            "handle": [row[0] for row in handles[:20]], "arq": [row[0] for row in requests[:2000]],
            "instance": [row[9] for row in requests[:20]], "host": [row[0] for row in records[:20]], "profile": [profile]}


def identity(database, count):
    """Creates `count` projects and users. Each user has the role in its project that the user demo has in the project demo."""
    copies = {}
    for table in ("identity_projects", "identity_users"):
        names = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
        pattern = dict(zip(names, database.execute(f"SELECT * FROM {table} WHERE name = 'demo'").fetchone()))
        rows = []
        for number in range(count):
            row = dict(pattern, id=uuid.uuid4().hex, name=f"copy-{number}")
            if "path" in row:
                row["path"] = row["path"].replace(pattern["id"], row["id"])
            rows.append(row)
        insert(database, table, " ".join(names), [[row[name] for name in names] for row in rows])
        copies[table] = (pattern["id"], [row["id"] for row in rows])
    (_, projects), (demo, users) = copies["identity_projects"], copies["identity_users"]
    [role] = database.execute("SELECT role_id FROM identity_assignments WHERE actor_id = ? LIMIT 1", (demo,)).fetchone()
    insert(database, "identity_assignments", "actor_kind actor_id target_kind target_id role_id inherited",
           [("user", user, "project", project, role, 0) for user, project in zip(users, projects)])
    return {"project": projects[:20], "user": users[:20], "role": [role]}
