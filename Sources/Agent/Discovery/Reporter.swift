import Link
import Model

/// Sends what was found to the accelerator service when it differs from what that has taken, and now and then again: a service
/// whose database was restored from a backup hears it, too.
actor Reporter {
    private let link: any AgentLink
    private let time: TimeSource
    private var generation: Int64 = 0
    private var taken: (devices: [DeviceReport], drivers: [DriverReport], at: Timestamp)?
    private static let generationHeader = "Kilonova-Report-Generation"
    private static let repetition: Duration = .seconds(600)

    init(link: any AgentLink, time: TimeSource) {
        self.link = link
        self.time = time
    }

    func report(devices: [DeviceReport], drivers: [DriverReport]) async throws(Fault) {
        let now = time.now()
        if let taken, taken.devices == devices, taken.drivers == drivers {
            guard now.since(taken.at) >= Self.repetition else { return }
            // The same generation: nothing happens where it is known.
        } else {
            // The clock makes generations grow over restarts; where it was set back, the refusal names the one to rise above.
            generation = max(generation + 1, now.microseconds)
        }
        do {
            try await link.report(HostReport(generation: generation, devices: devices, drivers: drivers))
        } catch {
            guard error.kind == .conflict,
                let header = error.headers.first(where: { $0.name.lowercased() == Self.generationHeader.lowercased() }),
                let seen = Int64(header.value), seen >= generation
            else { throw error }
            generation = seen + 1
            try await link.report(HostReport(generation: generation, devices: devices, drivers: drivers))
        }
        taken = (devices, drivers, now)
    }
}
