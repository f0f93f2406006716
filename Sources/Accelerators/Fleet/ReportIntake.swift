import Logging
import Model
import Store

/// Brings the record of one host in line with its report. Writes only what differs.
struct ReportIntake {
    let host: HostName
    let record: ReportedInventory
    let ids: IDSource
    let trail: AuditTrail
    let now: Timestamp
    let logger: Logger

    /// True when something changed that the host's agent has to hear of again: what is withheld.
    func take(_ report: HostReport, in transaction: any Transaction) throws -> Bool {
        // A driver that failed says nothing about its devices: they stay as last reported.
        let silent = Set(report.drivers.filter { $0.failure != nil }.map(\.name))
        var isTouched = false
        var reported: Set<ReportedInventory.DeviceKey> = []
        for device in report.devices {
            let key = ReportedInventory.DeviceKey(driver: device.driver, controlPath: device.controlPath)
            guard reported.insert(key).inserted else {
                logger.warning("a device was reported twice", metadata: ["host": "\(host)", "device": "\(key)"])
                continue
            }
            if let stored = record.devices[key] {
                if try update(stored, to: device, in: transaction) { isTouched = true }
            } else {
                try insert(device, in: transaction)
            }
        }
        for (key, stored) in record.devices where !reported.contains(key) && !silent.contains(key.driver) {
            if try remove(stored, in: transaction) { isTouched = true }
        }
        return isTouched
    }

    private func insert(_ device: DeviceReport, in transaction: any Transaction) throws {
        let id: DeviceID = ids.next()
        try transaction.execute(
            """
            INSERT INTO devices (uuid, host, driver, control_path, type, vendor, model, standard_board_info,
                vendor_board_info, facts, status, presence, created_at)
            VALUES (\(id), \(host), \(device.driver), \(device.controlPath), \(device.type.rawValue),
                \(device.vendor), \(device.model), \(device.standardBoardInfo), \(device.vendorBoardInfo),
                \(try JSONText.canonical(device.facts)), 'enabled', 'present', \(now))
            """)
        try trail.note(AuditEvent(action: .deviceFound, device: id, host: host), at: now, in: transaction)
        try transaction.note(change: "device", key: "\(id)")
        for deployable in device.deployables {
            try insert(deployable, of: id, driver: device.driver, in: transaction)
        }
    }

    private func update(
        _ stored: ReportedInventory.StoredDevice, to device: DeviceReport, in transaction: any Transaction
    ) throws -> Bool {
        var lifecycle = DeviceLifecycle(presence: stored.presence)
        _ = lifecycle.apply(.reported)
        var plain = device
        plain.deployables = []
        let hasReturned = lifecycle.presence != stored.presence
        if hasReturned || plain != stored.report {
            try transaction.execute(
                """
                UPDATE devices SET type = \(device.type.rawValue), vendor = \(device.vendor), model = \(device.model),
                    standard_board_info = \(device.standardBoardInfo),
                    vendor_board_info = \(device.vendorBoardInfo), facts = \(try JSONText.canonical(device.facts)),
                    presence = \(lifecycle.presence.rawValue), updated_at = \(now)
                WHERE uuid = \(stored.id)
                """)
            try transaction.note(change: "device", key: "\(stored.id)")
        }
        var isTouched = hasReturned
        var reported: Set<String> = []
        for deployable in device.deployables {
            guard reported.insert(deployable.name).inserted else { continue }
            if let known = stored.deployables[deployable.name] {
                if try update(known, to: deployable, in: transaction) { isTouched = true }
            } else {
                try insert(deployable, of: stored.id, driver: device.driver, in: transaction)
            }
        }
        for (name, known) in stored.deployables where !reported.contains(name) {
            if try remove(known, in: transaction) { isTouched = true }
        }
        return isTouched
    }

    /// A provider that another device has already is not taken twice: this deployable is left out, the rest goes on.
    private func insert(
        _ deployable: DeployableReport, of device: DeviceID, driver: String, in transaction: any Transaction
    ) throws {
        let isTaken = try transaction.exists(
            "SELECT 1 FROM deployables WHERE resource_provider = \(deployable.resourceProvider)")
        guard !isTaken else {
            logger.error(
                "a deployable's resource provider belongs to another device",
                metadata: [
                    "host": "\(host)", "deployable": "\(deployable.name)",
                    "resource_provider": "\(deployable.resourceProvider)",
                ])
            return
        }
        let id: DeployableID = ids.next()
        try transaction.execute(
            """
            INSERT INTO deployables (uuid, device, name, resource_provider, resource_class, accelerators, traits, driver,
                is_present, created_at)
            VALUES (\(id), \(device), \(deployable.name), \(deployable.resourceProvider),
                \(deployable.resourceClass), \(deployable.accelerators),
                \(try JSONText.canonical(deployable.traits)), \(driver), 1, \(now))
            """)
        for (position, attribute) in deployable.attributes.enumerated() {
            try insert(attribute, at: position, of: id, in: transaction)
        }
        var contents: Set<String> = []
        for (position, handle) in sound(deployable.handles).enumerated() {
            let content = try JSONText.canonical(handle.info)
            guard contents.insert(content).inserted else { continue }
            try insert(handle, content, at: position, of: id, in: transaction)
        }
    }

    private func update(
        _ stored: ReportedInventory.StoredDeployable, to deployable: DeployableReport, in transaction: any Transaction
    ) throws -> Bool {
        let traits = try JSONText.canonical(deployable.traits)
        if stored.resourceProvider != deployable.resourceProvider || stored.resourceClass != deployable.resourceClass
            || stored.accelerators != deployable.accelerators || stored.traits != traits || !stored.isPresent
        {
            try transaction.execute(
                """
                UPDATE deployables SET resource_provider = \(deployable.resourceProvider),
                    resource_class = \(deployable.resourceClass), accelerators = \(deployable.accelerators),
                    traits = \(traits), is_present = 1, updated_at = \(now)
                WHERE uuid = \(stored.id)
                """)
        }
        try update(stored.attributes, to: deployable.attributes, of: stored.id, in: transaction)
        let handles = try update(stored.handles, to: sound(deployable.handles), of: stored.id, in: transaction)
        return handles || !stored.isPresent
    }

    /// Attributes by key, the n-th of a key standing for the n-th: so their ids outlive a change of value.
    private func update(
        _ stored: [ReportedInventory.StoredAttribute], to attributes: [AttributeReport], of deployable: DeployableID,
        in transaction: any Transaction
    ) throws {
        if stored.map({ AttributeReport(key: $0.key, value: $0.value) }) == attributes { return }
        var left = stored
        for (position, attribute) in attributes.enumerated() {
            guard let index = left.firstIndex(where: { $0.key == attribute.key }) else {
                try insert(attribute, at: position, of: deployable, in: transaction)
                continue
            }
            let known = left.remove(at: index)
            try transaction.execute(
                """
                UPDATE attributes SET value = \(attribute.value), position = \(position),
                    updated_at = CASE WHEN value = \(attribute.value) THEN updated_at ELSE \(now) END
                WHERE uuid = \(known.id)
                """)
        }
        for attribute in left { try transaction.execute("DELETE FROM attributes WHERE uuid = \(attribute.id)") }
    }

    private func insert(
        _ attribute: AttributeReport, at position: Int, of deployable: DeployableID, in transaction: any Transaction
    ) throws {
        let id: AttributeID = ids.next()
        try transaction.execute(
            """
            INSERT INTO attributes (uuid, deployable, position, key, value, is_reported, created_at)
            VALUES (\(id), \(deployable), \(position), \(attribute.key), \(attribute.value), 1, \(now))
            """)
    }

    private func update(
        _ stored: [String: ReportedInventory.StoredHandle], to handles: [AttachHandleReport],
        of deployable: DeployableID,
        in transaction: any Transaction
    ) throws -> Bool {
        var isTouched = false
        var reported: Set<String> = []
        for (position, handle) in handles.enumerated() {
            let content = try JSONText.canonical(handle.info)
            guard reported.insert(content).inserted else { continue }
            guard let known = stored[content] else {
                try insert(handle, content, at: position, of: deployable, in: transaction)
                continue
            }
            let isSame =
                known.position == position && known.type == handle.type.rawValue && known.isPresent
                && known.needsPreparation == handle.needsPreparation && known.needsCleaning == handle.needsCleaning
            if isSame { continue }
            isTouched = true
            try transaction.execute(
                """
                UPDATE attach_handles SET position = \(position), type = \(handle.type.rawValue),
                    needs_preparation = \(handle.needsPreparation), needs_cleaning = \(handle.needsCleaning),
                    is_present = 1, generation = generation + 1, updated_at = \(now)
                WHERE uuid = \(known.id)
                """)
        }
        for (content, known) in stored where !reported.contains(content) {
            try remove(known, in: transaction)
            isTouched = true
        }
        return isTouched
    }

    private func insert(
        _ handle: AttachHandleReport, _ content: String, at position: Int, of deployable: DeployableID,
        in transaction: any Transaction
    ) throws {
        let id: AttachHandleID = ids.next()
        try transaction.execute(
            """
            INSERT INTO attach_handles (uuid, deployable, position, type, info, needs_preparation, needs_cleaning,
                is_present, state, generation, created_at)
            VALUES (\(id), \(deployable), \(position), \(handle.type.rawValue), \(content),
                \(handle.needsPreparation), \(handle.needsCleaning), 1, 'available', 0, \(now))
            """)
    }

    /// Handles that a consumer can make sense of; what is not is left out, the rest goes on.
    private func sound(_ handles: [AttachHandleReport]) -> [AttachHandleReport] {
        handles.filter { handle in
            guard let problem = HandleContent.problem(with: handle.info, of: handle.type) else { return true }
            logger.error("an attach handle is left out", metadata: ["host": "\(host)", "problem": "\(problem)"])
            return false
        }
    }

    private func remove(_ stored: ReportedInventory.StoredDevice, in transaction: any Transaction) throws -> Bool {
        var lifecycle = DeviceLifecycle(presence: stored.presence)
        let actions = lifecycle.apply(.vanished(isHeld: stored.deployables.values.contains(where: \.isHeld)))
        for deployable in stored.deployables.values { _ = try remove(deployable, in: transaction) }
        if actions == [.remove] {
            try transaction.execute("DELETE FROM devices WHERE uuid = \(stored.id)")
            try trail.note(AuditEvent(action: .deviceRemoved, device: stored.id, host: host), at: now, in: transaction)
            try transaction.note(change: "device", key: "\(stored.id)")
            return false
        }
        guard lifecycle.presence != stored.presence else { return false }
        try trail.note(AuditEvent(action: .deviceMissing, device: stored.id, host: host), at: now, in: transaction)
        logger.error(
            "a device vanished while it is held", metadata: ["host": "\(host)", "device": "\(stored.id)"])
        try transaction.execute(
            "UPDATE devices SET presence = \(lifecycle.presence.rawValue), updated_at = \(now) WHERE uuid = \(stored.id)"
        )
        try transaction.note(change: "device", key: "\(stored.id)")
        return true
    }

    /// True when it stays on record because something of it is held.
    private func remove(_ stored: ReportedInventory.StoredDeployable, in transaction: any Transaction) throws -> Bool {
        for handle in stored.handles.values { try remove(handle, in: transaction) }
        if stored.isHeld {
            guard stored.isPresent else { return false }
            try transaction.execute(
                "UPDATE deployables SET is_present = 0, updated_at = \(now) WHERE uuid = \(stored.id)")
            return true
        }
        try transaction.execute("DELETE FROM attributes WHERE deployable = \(stored.id)")
        try transaction.execute("DELETE FROM deployables WHERE uuid = \(stored.id)")
        return false
    }

    private func remove(_ stored: ReportedInventory.StoredHandle, in transaction: any Transaction) throws {
        if stored.isFree {
            try transaction.execute("DELETE FROM attach_handles WHERE uuid = \(stored.id)")
        } else if stored.isPresent {
            try transaction.execute(
                """
                UPDATE attach_handles SET is_present = 0, generation = generation + 1, updated_at = \(now)
                WHERE uuid = \(stored.id)
                """)
        }
    }
}
