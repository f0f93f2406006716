import Clients
import Conventions
public import Fleet
public import Link
import Logging
public import Model
public import Store
import Workflows

/// What hosts report, and what is wanted of them: keeps devices, deployables, attributes and attach handles on record.
public struct AcceleratorFleet: DeviceRecords {
    let desk: HandleDesk
    let dispatch: any WorkDispatch
    let journal: WorkflowJournal
    let time: TimeSource
    let ids: IDSource
    let trail: AuditTrail
    let programmings: ProgrammingBook
    /// Where the data of images come from; nil where no image service is configured.
    let images: (any ImageSource)?
    /// False where there is no Placement to tell of hosts that are down.
    let withholds: Bool
    let logger: Logger

    public var party: Party { .devices }
    public var kinds: Set<String> { Set(DeviceWork.Kind.allCases.map(\.rawValue)) }

    public func receive(
        _ report: HostReport, from host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let seen: Int64? = try transaction.first(
            "SELECT generation FROM accelerator_hosts WHERE host = \(host)"
        ) { row in try row[0] }
        // What no report can rise above was taken by a release without bounds.
        if let seen, seen < Self.greatestGeneration, report.generation <= seen { return }
        try take(.init(report), from: host, at: now, in: transaction)
    }

    public func receive(
        _ change: HostReportChange, from host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {
        try take(.init(change), from: host, at: now, in: transaction)
    }

    private static let greatestGeneration = Int64(1) << 53

    public func wantsWhole(of host: HostName, in transaction: any Transaction) throws -> Bool {
        try HostFinding.holdsUp(host, in: transaction)
    }

    private func take(
        _ news: ReportIntake.News, from host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {
        let drivers = try JSONText.canonical(news.drivers)
        try transaction.execute(
            """
            INSERT INTO accelerator_hosts (host, generation, drivers, conditions, reported_at)
            VALUES (\(host), \(news.generation), \(drivers), \(try JSONText.canonical(news.conditions)), \(now))
            ON CONFLICT (host) DO UPDATE SET generation = excluded.generation, drivers = excluded.drivers,
                conditions = excluded.conditions, reported_at = excluded.reported_at
            """)
        let record = try ReportedInventory(of: host, in: transaction)
        let claims = try ProviderClaims(news, of: host, record: record, in: transaction)
        var intake = ReportIntake(host: host, record: record, ids: ids, trail: trail, now: now, logger: logger)
        for holder in claims.evicted {
            try intake.evict(holder, in: transaction)
            try dispatch.touch(holder.host, at: now, in: transaction)
        }
        if try intake.take(claims.news, in: transaction) {
            try dispatch.touch(host, at: now, in: transaction)
        }
        let findings = claims.findings + intake.findings.map { (host, $0) }
        for (about, finding) in findings {
            logger.error(
                "part of a host's report is left out",
                metadata: ["host": "\(about)", "subject": "\(finding.subject)", "reason": "\(finding.reason)"])
        }
        try HostFinding.replace(findings, from: host, at: now, in: transaction)
    }

    public func section(of host: HostName, in transaction: any Transaction) throws -> JSONValue? {
        let section = DeviceSection(
            withheld: try disabledParts(of: host, in: transaction).sorted(),
            certificates: try desk.certificates.head(of: host, in: transaction))
        return section == DeviceSection() ? nil : section.value
    }

    /// What of the providers of `host` is to be withheld: all of one, or a class of one that has several.
    ///
    /// Withheld are: what an operator disabled (the host, the device or the deployable), what is being programmed, what
    /// vanished, and what has only handles left that are not clean.
    public func disabledParts(of host: HostName, in transaction: any Transaction) throws -> [ProviderPart] {
        typealias Deployable = (provider: ResourceProviderID, resourceClass: String, siblings: Int)
        let disabled = try transaction.all(
            """
            SELECT p.resource_provider, p.resource_class,
                (SELECT COUNT(*) FROM deployables o WHERE o.resource_provider = p.resource_provider)
            FROM deployables p JOIN devices d ON d.uuid = p.device
            WHERE d.host = \(host) AND (d.status = 'maintaining' OR p.status = 'maintaining'
                OR d.presence = 'missing' OR p.is_present = 0
                OR EXISTS (SELECT 1 FROM programmings g WHERE g.device = d.uuid AND g.ended_at IS NULL)
                OR EXISTS (SELECT 1 FROM accelerator_hosts a WHERE a.host = d.host AND a.status = 'disabled')
                OR (EXISTS (SELECT 1 FROM attach_handles h WHERE h.deployable = p.uuid
                        AND h.state IN ('withdrawing', 'cleaning', 'error'))
                    AND NOT EXISTS (SELECT 1 FROM attach_handles h WHERE h.deployable = p.uuid
                        AND h.state = 'available' AND h.is_present = 1)))
            ORDER BY p.resource_provider, p.resource_class
            """
        ) { row -> Deployable in (try row[0], try row[1], try row[2]) }
        // Of a provider whose classes are all withheld, the whole is.
        var parts: [ProviderPart] = []
        let byProvider: [ResourceProviderID: [Deployable]] = Dictionary(grouping: disabled, by: \.provider)
        for provider in byProvider.keys.sorted() {
            let classes: [Deployable] = byProvider[provider, default: []]
            if classes.count == classes.first?.siblings {
                parts.append(ProviderPart(provider))
            } else {
                parts += classes.map { (deployable: Deployable) in ProviderPart(provider, deployable.resourceClass) }
            }
        }
        return parts
    }

    public func holdings(of host: HostName, in transaction: any Transaction) throws -> HandleHoldings {
        let holdings = try transaction.all(
            """
            SELECT r.instance, p.resource_provider, p.driver, h.type, h.info, p.resource_class
            FROM accelerator_requests r JOIN attach_handles h ON h.uuid = r.handle
                JOIN deployables p ON p.uuid = h.deployable JOIN devices d ON d.uuid = p.device
            WHERE d.host = \(host) AND r.instance IS NOT NULL ORDER BY r.uuid
            """
        ) { row in
            HandleHolding(
                instance: try row[0], provider: try row[1], driver: try row[2],
                type: AttachHandleType(rawValue: try row[3]),
                info: try JSONText.decode([String: String].self, from: try row[4]), resourceClass: try row[5])
        }
        let occupied = try transaction.all(
            """
            SELECT h.info FROM attach_handles h JOIN deployables p ON p.uuid = h.deployable
                JOIN devices d ON d.uuid = p.device
            WHERE d.host = \(host) AND h.state <> 'available' ORDER BY h.uuid
            """
        ) { row in try JSONText.decode([String: String].self, from: try row[0]) }
        return HandleHoldings(holdings, occupied: occupied)
    }

    public func finished(
        _ item: WorkItem, on host: HostName, _ outcome: WorkOutcome, in transaction: any Transaction
    ) throws {
        try finished(try DeviceWork(item), on: host, try DeviceOutcome(outcome), in: transaction)
    }

    /// The data of the image that the item loads.
    public func data(of item: WorkItem) async throws -> ItemData? {
        guard let image = try DeviceWork(item).image, let images else { return nil }
        // While this can be said: later it could only break off.
        let record = try await images.image(image.id, for: .service)
        guard record.digest == image.digest else {
            throw Fault.conflict("The image \(image.id) has other data than when it was to be loaded.")
        }
        return ItemData { take throws(Fault) in
            try await images.data(of: image.id, size: image.size, digest: image.digest, for: .service, take: take)
        }
    }

    private func finished(
        _ item: DeviceWork, on host: HostName, _ outcome: DeviceOutcome, in transaction: any Transaction
    ) throws {
        let now = time.now()
        if item.image != nil { return try programmings.finished(item, outcome, at: now, in: transaction) }
        // Of a handle given away or taken up by other work meanwhile, this outcome says nothing any more.
        guard let handle = try desk.read([item.handle], in: transaction).first, handle.work == item.id else { return }
        let event: HandleLifecycle.Event
        var cleaning: CleaningRecord?
        switch outcome {
        case .done, .programmed: event = .finished
        case .cleaned(let report):
            event = .finished
            cleaning = report
        case .failed(let reason):
            event = .failed(reason)
            logger.warning(
                "work on an attach handle failed",
                metadata: [
                    "handle": "\(item.handle)", "host": "\(host)", "work": "\(item.kind.rawValue)",
                    "reason": "\(reason)",
                ])
        }
        let binding = try binding(of: handle, in: transaction)
        try desk.apply(event, to: handle, cleaning: cleaning, at: now, in: transaction)
        if cleaning?.replacedLogic == true {
            try programmings.set(nil, of: handle.device, at: now, in: transaction)
        }
        if item.kind == .clean {
            try journal.wake(CleanWorkflow.id(of: item.id), at: now, in: transaction)
        }
        if item.kind == .prepare, let binding {
            switch outcome {
            case .done, .cleaned, .programmed: try journal.wake(binding, at: now, in: transaction)
            case .failed(let reason):
                try journal.signal(
                    BindWorkflow.failure, reason, to: .workflow(binding), at: now, in: transaction)
            }
        }
    }

    /// The host's agent says where it knows the sanitisation certificates of the host to end.
    public func heard(
        _ heartbeat: Heartbeat, from host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {
        guard let known = heartbeat.certificates else { return }
        if known.number > CertificateBook.greatest, try known != desk.certificates.head(of: host, in: transaction) {
            let finding = HostFinding(
                kind: .certificates, subject: "sanitisation",
                reason:
                    "The agent says that its sanitisation certificates end at number \(known.number), which cannot be. It "
                    + "is not believed: what it holds against the database was altered or damaged.")
            try HostFinding.note(finding, of: host, from: host, at: now, in: transaction)
            return
        }
        guard let trouble = try desk.certificates.compare(known, of: host, in: transaction) else { return }
        logger.error("\(trouble)", metadata: ["host": "\(host)"])
        try trail.note(
            AuditEvent(action: .certificatesSetBack, host: host, detail: trouble), at: now, in: transaction)
        try dispatch.touch(host, at: now, in: transaction)
    }

    public func changed(
        _ host: HostName, to state: HostLiveness.State, at now: Timestamp, in transaction: any Transaction
    ) throws {
        guard state != .unknown else { return }
        try trail.note(
            AuditEvent(action: state == .up ? .hostUp : .hostDown, host: host), at: now, in: transaction)
        guard withholds else { return }
        try journal.start(
            AvailabilityWorkflow.kind, id: ids.next(), subject: host.text,
            input: AvailabilityWorkflow.Input(host: host, since: now.microseconds), on: .system, at: now,
            in: transaction)
    }

    /// Sets what an operator wants of a device; false where there is none.
    func set(
        _ status: Device.Status, of id: DeviceID, by actor: Actor, at now: Timestamp, in transaction: any Transaction
    ) throws -> Bool {
        let host: HostName? = try transaction.first("SELECT host FROM devices WHERE uuid = \(id)") { row in
            try row[0]
        }
        guard let host else { return false }
        let changed = try transaction.execute(
            """
            UPDATE devices SET status = \(status.rawValue), updated_at = \(now)
            WHERE uuid = \(id) AND status <> \(status.rawValue)
            """)
        if changed == 1 {
            let action: AuditEvent.Action = status == .enabled ? .deviceEnabled : .deviceDisabled
            try trail.note(
                AuditEvent(action: action, actor: actor, device: id, host: host), at: now, in: transaction)
            try dispatch.touch(host, at: now, in: transaction)
            try transaction.note(change: "device", key: "\(id)")
        }
        return true
    }

    /// Sets what an operator wants of a host that is known.
    func set(
        _ status: FleetHost.Status, of host: HostName, reason: String?, by actor: Actor, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO accelerator_hosts (host, generation, drivers, reported_at, status, disabled_reason)
            VALUES (\(host), 0, '[]', \(now), \(status.rawValue), \(reason))
            ON CONFLICT (host) DO UPDATE SET status = excluded.status, disabled_reason = excluded.disabled_reason
            """)
        let action: AuditEvent.Action = status == .enabled ? .hostEnabled : .hostDisabled
        try trail.note(AuditEvent(action: action, actor: actor, host: host, detail: reason), at: now, in: transaction)
        try dispatch.touch(host, at: now, in: transaction)
    }

    /// The same of a deployable.
    func set(
        _ status: Device.Status, of id: DeployableID, by actor: Actor, at now: Timestamp,
        in transaction: any Transaction
    ) throws -> Bool {
        let place: (host: HostName, device: DeviceID)? = try transaction.first(
            "SELECT d.host, d.uuid FROM deployables p JOIN devices d ON d.uuid = p.device WHERE p.uuid = \(id)"
        ) { row in (try row[0], try row[1]) }
        guard let place else { return false }
        let changed = try transaction.execute(
            """
            UPDATE deployables SET status = \(status.rawValue), updated_at = \(now)
            WHERE uuid = \(id) AND status <> \(status.rawValue)
            """)
        if changed == 1 {
            let action: AuditEvent.Action = status == .enabled ? .deployableEnabled : .deployableDisabled
            try trail.note(
                AuditEvent(action: action, actor: actor, device: place.device, host: place.host, detail: "\(id)"),
                at: now, in: transaction)
            try dispatch.touch(place.host, at: now, in: transaction)
            try transaction.note(change: "device", key: "\(place.device)")
        }
        return true
    }

    private func binding(of handle: AttachHandle, in transaction: any Transaction) throws -> WorkflowID? {
        let binding: WorkflowID?? = try transaction.first(
            "SELECT binding FROM accelerator_requests WHERE handle = \(handle.id)"
        ) { row in try row[0] as WorkflowID? }
        return binding ?? nil
    }
}
