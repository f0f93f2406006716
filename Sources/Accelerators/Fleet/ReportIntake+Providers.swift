import Model
import Store

/// Resource providers and their classes, of which one deployable has each.
extension ReportIntake {
    /// Puts aside what is on record under a provider that the report gives to another deployable, where the report also moves or removes
    /// what is on record: the order in which both are written must not matter.
    func makeRoom(for report: News, in transaction: any Transaction) throws {
        var goals: [DeployableID: ProviderPart] = [:]
        var wanted: Set<ResourceProviderID> = []
        var reported: Set<ReportedInventory.DeviceKey> = []
        for device in report.devices {
            let key = ReportedInventory.DeviceKey(driver: device.driver, controlPath: device.controlPath)
            reported.insert(key)
            for deployable in device.deployables {
                let part = ProviderPart(deployable.resourceProvider, deployable.resourceClass)
                guard let stored = record.devices[key]?.deployables[deployable.name] else {
                    wanted.insert(part.provider)
                    continue
                }
                goals[stored.id] = part
                if part != stored.part { wanted.insert(part.provider) }
            }
        }
        guard !wanted.isEmpty else { return }
        for (key, device) in record.devices where reported.contains(key) || report.isGone(key) {
            for stored in device.deployables.values where wanted.contains(stored.resourceProvider) {
                let leaves = goals[stored.id].map { $0 != stored.part } ?? !isHeld(stored)
                guard leaves else { continue }
                try transaction.execute(
                    "UPDATE deployables SET resource_provider = \(stored.id.description) WHERE uuid = \(stored.id)")
            }
        }
    }

    /// Whether no other deployable has the provider's class, and no other device the provider; says so of the host where one has.
    mutating func isFree(
        _ deployable: DeployableReport, of device: DeviceID, but own: ReportedInventory.StoredDeployable? = nil,
        in transaction: any Transaction
    ) throws -> Bool {
        let others: SQL = own.map { "AND uuid <> \($0.id)" } ?? ""
        let taken: String? = try transaction.first(
            """
            SELECT name FROM deployables WHERE resource_provider = \(deployable.resourceProvider)
                AND (device <> \(device) OR resource_class = \(deployable.resourceClass)) \(others) ORDER BY name
            """
        ) { row in try row[0] }
        guard let taken else { return true }
        findings.append(
            HostFinding(
                .provider, deployable,
                "The resource provider \(deployable.resourceProvider) is on record with '\(taken.shown)', which has the same "
                    + "class or is of another device; the deployable is left out."))
        // What was put aside to move there stays where it was.
        if let own {
            try transaction.execute(
                "UPDATE deployables SET resource_provider = \(own.resourceProvider) WHERE uuid = \(own.id)")
        }
        return false
    }

    /// Removes what another host has on record under a provider of this one. Nobody holds anything of it.
    func evict(_ holder: ProviderClaims.Holder, in transaction: any Transaction) throws {
        try transaction.execute("DELETE FROM attach_handles WHERE deployable = \(holder.deployable)")
        try transaction.execute("DELETE FROM attributes WHERE deployable = \(holder.deployable)")
        try transaction.execute("DELETE FROM deployables WHERE uuid = \(holder.deployable)")
        try trail.note(
            AuditEvent(
                action: .deployableRemoved, device: holder.device, host: holder.host, detail: "\(holder.deployable)"),
            at: now, in: transaction)
        try transaction.note(change: "device", key: "\(holder.device)")
    }
}

extension ReportedInventory.StoredDeployable {
    var part: ProviderPart { ProviderPart(resourceProvider, resourceClass) }
}
