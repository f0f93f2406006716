import Logging
import Model
import Store

/// Updates the record of one host from its report. Writes only what differs.
struct ReportIntake {
    let host: HostName
    let record: ReportedInventory
    let ids: IDSource
    let trail: AuditTrail
    let now: Timestamp
    let logger: Logger
    /// Handles that this report has under another deployable than the record: they are moved unchanged, together with
    /// their holders.
    private var moves: [ReportedInventory.HandleKey: ReportedInventory.StoredHandle] = [:]
    private(set) var moving: Set<AttachHandleID> = []
    /// What holders must be notified of when the report is applied.
    var tidings: [Tiding] = []
    /// Parts of the report that could not be accepted.
    var findings: [HostFinding] = []

    struct Tiding: Sendable {
        let handle: AttachHandleID
        let action: AuditEvent.Action
        let detail: String?
    }
    /// Which provider replaces which, judging by the handles that move.
    private var successions: Set<Successions.Pair> = []

    init(
        host: HostName, record: ReportedInventory, ids: IDSource, trail: AuditTrail, now: Timestamp, logger: Logger
    ) {
        self.host = host
        self.record = record
        self.ids = ids
        self.trail = trail
        self.now = now
        self.logger = logger
    }

    /// Finds the handles that move. A handle that is also reported in its old place does not move.
    private mutating func findMoves(_ report: News) throws {
        let homes = record.homes
        guard !homes.isEmpty else { return }
        let untouched = report.untouched(of: record)
        var found: [ReportedInventory.HandleKey: ReportedInventory.Home] = [:]
        var staying: Set<ReportedInventory.HandleKey> = []
        var goals: [ReportedInventory.HandleKey: ResourceProviderID] = [:]
        for device in report.devices {
            for deployable in device.deployables {
                for handle in deployable.handles {
                    let key = ReportedInventory.HandleKey(
                        driver: device.driver, content: try handle.attachment.text())
                    guard let known = homes[key], let first = known.first else { continue }
                    if known.contains(where: { $0.deployable == deployable.name || untouched.contains($0.deployable) })
                    {
                        staying.insert(key)
                    } else {
                        found[key] = first
                        goals[key] = deployable.resourceProvider
                    }
                }
            }
        }
        for (key, home) in found where !staying.contains(key) {
            moves[key] = home.handle
            moving.insert(home.handle.id)
            if let goal = goals[key], goal != home.provider {
                successions.insert(.init(former: home.provider, provider: goal))
            }
        }
    }

    /// Returns true if something changed that the host's agent must be told again: what is withheld.
    mutating func take(_ report: News, in transaction: any Transaction) throws -> Bool {
        try findMoves(report)
        try makeRoom(for: report, in: transaction)
        // A driver that failed says nothing about its devices: they stay as last reported.
        let silent = Set(report.drivers.filter { $0.failure != nil }.map(\.name))
        var isTouched = false
        var reported: Set<ReportedInventory.DeviceKey> = []
        // What goes does so last, when everything has moved that moves.
        var leftovers: [ReportedInventory.StoredDeployable] = []
        for device in report.devices {
            let key = ReportedInventory.DeviceKey(driver: device.driver, controlPath: device.controlPath)
            guard reported.insert(key).inserted else {
                logger.warning("a device was reported twice", metadata: ["host": "\(host)", "device": "\(key)"])
                continue
            }
            if let stored = record.devices[key] {
                if try update(stored, to: device, &leftovers, in: transaction) { isTouched = true }
            } else {
                try insert(device, in: transaction)
            }
        }
        for deployable in leftovers where try remove(deployable, in: transaction) { isTouched = true }
        for (key, stored) in record.devices
        where !reported.contains(key) && !silent.contains(key.driver) && report.isGone(key) {
            if try remove(stored, in: transaction) { isTouched = true }
        }
        try tellHolders(in: transaction)
        try Successions.note(successions, at: now, in: transaction)
        return isTouched
    }

    private mutating func insert(_ device: DeviceReport, in transaction: any Transaction) throws {
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

    private mutating func update(
        _ stored: ReportedInventory.StoredDevice, to device: DeviceReport,
        _ leftovers: inout [ReportedInventory.StoredDeployable], in transaction: any Transaction
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
        try noteHealth(of: stored, device, in: transaction)
        var isTouched = hasReturned
        var reported: Set<String> = []
        for deployable in device.deployables {
            guard reported.insert(deployable.name).inserted else { continue }
            if let known = stored.deployables[deployable.name] {
                if try update(known, to: deployable, of: stored.id, device.driver, in: transaction) { isTouched = true }
            } else {
                try insert(deployable, of: stored.id, driver: device.driver, in: transaction)
            }
        }
        for (name, known) in stored.deployables where !reported.contains(name) { leftovers.append(known) }
        return isTouched
    }

    private mutating func insert(
        _ deployable: DeployableReport, of device: DeviceID, driver: String, in transaction: any Transaction
    ) throws {
        guard try isFree(deployable, of: device, in: transaction) else { return }
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
        for (position, handle) in sound(deployable).enumerated() {
            let content = try handle.attachment.text()
            guard contents.insert(content).inserted else { continue }
            if try move(handle, content, of: driver, at: position, to: id, deployable, in: transaction) { continue }
            try insert(handle, content, at: position, of: id, in: transaction)
        }
    }

    /// Moves a handle, with its holder's request, from its recorded place under this deployable. Returns false if there
    /// is none.
    private func move(
        _ handle: AttachHandleReport, _ content: String, of driver: String, at position: Int, to id: DeployableID,
        _ deployable: DeployableReport, in transaction: any Transaction
    ) throws -> Bool {
        guard let known = moves[.init(driver: driver, content: content)] else { return false }
        try transaction.execute(
            """
            UPDATE attach_handles SET deployable = \(id), position = \(position), type = \(handle.type.rawValue),
                needs_preparation = \(handle.needsPreparation), needs_cleaning = \(handle.needsCleaning),
                is_present = 1, generation = generation + 1, updated_at = \(now)
            WHERE uuid = \(known.id)
            """)
        if !known.isFree {
            try transaction.execute(
                """
                UPDATE accelerator_requests SET resource_provider = \(deployable.resourceProvider)
                WHERE handle = \(known.id)
                """)
        }
        return true
    }

    private mutating func update(
        _ stored: ReportedInventory.StoredDeployable, to deployable: DeployableReport, of device: DeviceID,
        _ driver: String, in transaction: any Transaction
    ) throws -> Bool {
        if stored.resourceProvider != deployable.resourceProvider || stored.resourceClass != deployable.resourceClass {
            guard try isFree(deployable, of: device, but: stored, in: transaction) else { return false }
        }
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
        let handles = try updateHandles(of: stored, to: deployable, driver, in: transaction)
        return handles || !stored.isPresent
    }

    /// Updates attributes by key; the n-th attribute of a key replaces the n-th, so that ids survive a change of value.
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

    private mutating func updateHandles(
        of deployable: ReportedInventory.StoredDeployable, to report: DeployableReport, _ driver: String,
        in transaction: any Transaction
    ) throws -> Bool {
        let stored = deployable.handles
        var isTouched = false
        var reported: Set<String> = []
        for (position, handle) in sound(report).enumerated() {
            let content = try handle.attachment.text()
            guard reported.insert(content).inserted else { continue }
            guard let known = stored[content] else {
                if try move(handle, content, of: driver, at: position, to: deployable.id, report, in: transaction) {
                    isTouched = true
                } else {
                    try insert(handle, content, at: position, of: deployable.id, in: transaction)
                }
                continue
            }
            let isSame =
                known.position == position && known.type == handle.type.rawValue && known.isPresent
                && known.needsPreparation == handle.needsPreparation && known.needsCleaning == handle.needsCleaning
            if isSame { continue }
            isTouched = true
            if !known.isPresent { tellHolder(of: known, .requestDeviceBack, nil) }
            try transaction.execute(
                """
                UPDATE attach_handles SET position = \(position), type = \(handle.type.rawValue),
                    needs_preparation = \(handle.needsPreparation), needs_cleaning = \(handle.needsCleaning),
                    is_present = 1, generation = generation + 1, updated_at = \(now)
                WHERE uuid = \(known.id)
                """)
        }
        for (content, known) in stored where !reported.contains(content) && !moving.contains(known.id) {
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

    /// The valid handles. An invalid one is left out, and the rest is accepted.
    private mutating func sound(_ deployable: DeployableReport) -> [AttachHandleReport] {
        var sound: [AttachHandleReport] = []
        for handle in deployable.handles {
            if let problem = HandleContent.problem(with: handle.info, of: handle.type) {
                findings.append(HostFinding(.report, deployable, "An attach handle is left out: \(problem)."))
            } else {
                sound.append(handle)
            }
        }
        return sound
    }
}
