import Link
import Model

/// Sends the findings to the accelerator service when they differ from what it has accepted: first the complete report,
/// then differences. From time to time it reports that nothing has changed, so that a service whose database was
/// restored from a backup can request the complete report.
actor Reporter {
    private let link: any DeviceLink
    private let time: TimeSource
    private var generation: Int64 = 0
    private var taken: (report: HostReport, at: Timestamp)?
    private static let asksForTheWhole: [Fault.Kind] = [.conflict, .notFound, .methodNotAllowed, .badRequest]
    private static let repetition: Duration = .seconds(600)

    init(link: any DeviceLink, time: TimeSource) {
        self.link = link
        self.time = time
    }

    func report(
        devices: [DeviceReport], drivers: [DriverReport], conditions: [HostCondition] = []
    ) async throws(Fault) {
        let now = time.now()
        var report = HostReport(generation: 0, devices: devices, drivers: drivers, conditions: conditions)
        if let taken {
            report.generation = taken.report.generation
            if taken.report == report {
                guard now.since(taken.at) >= Self.repetition else { return }
                let nothing = HostReportChange(base: report.generation, generation: report.generation)
                if try await isTaken(nothing) {
                    self.taken = (report, now)
                    return
                }
                // Of the same generation nobody knows the content.
                self.taken = nil
            }
        }
        // The clock makes generations grow over restarts; where it was set back, the refusal names the one to rise above.
        generation = max(generation + 1, now.microseconds)
        report.generation = generation
        if let taken, let change = HostReportChange(from: taken.report, to: report), try await isTaken(change) {
            self.taken = (report, now)
            return
        }
        try await send(&report)
        taken = (report, now)
    }

    /// False if the service does not have the base of the change, or does not know changes.
    private func isTaken(_ change: HostReportChange) async throws(Fault) -> Bool {
        do {
            try await link.change(change)
            return true
        } catch {
            guard Self.asksForTheWhole.contains(error.kind) else { throw error }
            return false
        }
    }

    private func send(_ report: inout HostReport) async throws(Fault) {
        do {
            try await link.report(report)
        } catch {
            guard error.kind == .conflict,
                let header = error.headers.first(where: {
                    $0.name.lowercased() == HostReport.generationHeader.lowercased()
                }),
                let seen = Int64(header.value), seen >= generation, seen < .max
            else { throw error }
            generation = seen + 1
            report.generation = generation
            try await link.report(report)
        }
    }
}
