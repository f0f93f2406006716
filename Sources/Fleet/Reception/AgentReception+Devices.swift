public import Link
public import Model
import Store

/// What hosts say of their devices, in the messages of the party `devices`.
extension AgentReception {
    /// Applies the host's report; a generation that was already received changes nothing.
    ///
    /// Throws 409 for a lower generation than the one received, which is in the header `Kilonova-Report-Generation`.
    /// Throws 400 for impossible numbers.
    public func report(_ report: HostReport, from host: HostName) async throws {
        try AgentBounds.check(report)
        let now = time.now()
        let devices = try parties.deviceRecords()
        try await store.write { transaction in
            try HostDirectory.ensure(host, at: now, in: transaction)
            let seen = try Self.generation(of: host, in: transaction)
            if report.generation == seen { return }
            guard report.generation > seen else {
                throw Fault(
                    .conflict,
                    "The report's generation \(report.generation) is older than \(seen), which was received.",
                    field: "generation", headers: [.init(HostReport.generationHeader, "\(seen)")])
            }
            try devices.receive(report, from: host, at: now, in: transaction)
            try Self.note(report.generation, of: host, at: now, in: transaction)
        }
    }

    /// Applies the differences from the host's last report; a generation that was already received changes nothing.
    ///
    /// Throws 409 if the last report is not the change's base; then the agent sends the complete report.
    public func change(_ change: HostReportChange, from host: HostName) async throws {
        try AgentBounds.check(change)
        let now = time.now()
        let devices = try parties.deviceRecords()
        let known = try await store.read { transaction in
            try devices.wantsWhole(of: host, in: transaction)
                ? nil : try Self.generation(of: host, in: transaction)
        }
        if change.generation == known { return }
        try await store.write { transaction in
            let seen = try Self.generation(of: host, in: transaction)
            let wantsWhole = try devices.wantsWhole(of: host, in: transaction)
            if change.generation == seen, !wantsWhole { return }
            guard change.base == seen, change.generation > seen, seen > 0, !wantsWhole else {
                throw Fault(
                    .conflict,
                    "The change is to the report \(change.base), and the last one received is \(seen): send the whole.",
                    field: "base", headers: [.init(HostReport.generationHeader, "\(seen)")])
            }
            try devices.receive(change, from: host, at: now, in: transaction)
            try Self.note(change.generation, of: host, at: now, in: transaction)
        }
    }

    /// The generation of the last report; 0 before the first. A generation that a release without bounds accepted, and
    /// that no other can exceed, counts as 0.
    private static func generation(of host: HostName, in transaction: any Transaction) throws -> Int64 {
        let seen: Int64 =
            try transaction.first("SELECT report_generation FROM hosts WHERE name = \(host)") { try $0[0] } ?? 0
        return AgentNumbers.whole.contains(seen) ? seen : 0
    }

    private static func note(
        _ generation: Int64, of host: HostName, at now: Timestamp, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            "UPDATE hosts SET report_generation = \(generation), reported_at = \(now) WHERE name = \(host)")
    }

    /// The handles of the host that are held, with their holders.
    public func holdings(of host: HostName) async throws -> HandleHoldings {
        let devices = try parties.deviceRecords()
        return try await store.read { transaction in try devices.holdings(of: host, in: transaction) }
    }
}
