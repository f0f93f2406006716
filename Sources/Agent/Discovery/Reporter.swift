import Link
import Model

/// Sends what was found to the accelerator service when it differs from what that has taken, and now and then again: a service
/// whose database was restored from a backup hears it, too.
actor Reporter {
    private let link: any AgentLink
    private let time: TimeSource
    private var generation: Int64 = 0
    private var taken: (report: HostReport, at: Timestamp)?
    private static let generationHeader = "Kilonova-Report-Generation"
    private static let repetition: Duration = .seconds(600)

    init(link: any AgentLink, time: TimeSource) {
        self.link = link
        self.time = time
    }

    func report(
        devices: [DeviceReport], drivers: [DriverReport], conditions: [HostCondition] = []
    ) async throws(Fault) {
        let now = time.now()
        var report = HostReport(generation: 0, devices: devices, drivers: drivers, conditions: conditions)
        if let taken, taken.report == report {
            guard now.since(taken.at) >= Self.repetition else { return }
            // The same generation: nothing happens where it is known.
        } else {
            // The clock makes generations grow over restarts; where it was set back, the refusal names the one to rise above.
            generation = max(generation + 1, now.microseconds)
        }
        report.generation = generation
        do {
            try await link.report(report)
        } catch {
            guard error.kind == .conflict,
                let header = error.headers.first(where: { $0.name.lowercased() == Self.generationHeader.lowercased() }),
                let seen = Int64(header.value), seen >= generation
            else { throw error }
            generation = seen + 1
            report.generation = generation
            try await link.report(report)
        }
        report.generation = 0
        taken = (report, now)
    }
}
