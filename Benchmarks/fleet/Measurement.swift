import Foundation

/// Brings the fleet up, measures it at rest, kills the control plane and waits for everybody.
struct Measurement {
    let binary: String
    let agents: Int
    let seconds: Double

    /// After which it is given up.
    private static let patience: Duration = .seconds(300)

    func run() async throws -> Bool {
        let plane = try await ControlPlaneProcess(binary: binary)
        defer { plane.remove() }
        // Makes the database and the authority.
        try plane.start()
        plane.kill()
        try await Enrolling.enrol(agents, in: plane)
        try plane.start()
        let bare = plane.resident

        let fleet = Process()
        fleet.executableURL = URL(filePath: CommandLine.arguments[0])
        fleet.arguments = ["agents", "\(plane.agentsPort)", plane.folder.path, "\(agents)"]
        let orders = Pipe()
        let answers = Pipe()
        fleet.standardInput = orders
        fleet.standardOutput = answers
        try fleet.run()
        defer {
            fleet.terminate()
            fleet.waitUntilExit()
        }
        let (heard, sink) = AsyncStream.makeStream(of: Void.self)
        answers.fileHandleForReading.readabilityHandler = { answers in
            if answers.availableData.isEmpty {
                answers.readabilityHandler = nil
                sink.finish()
            } else {
                sink.yield()
            }
        }
        func order() throws { try orders.fileHandleForWriting.write(contentsOf: Data("all\n".utf8)) }

        let clock = ContinuousClock()
        var begin = clock.now
        try order()
        try await Self.wait(heard)
        say("\(agents) hosts with \(SimulatedFleet.devices) devices each reported in \(Self.seconds(since: begin)) s")
        // Every host proved itself twice, and all that follows a first report is done.
        try await Task.sleep(for: .seconds(45))
        let before = plane.processorTime
        begin = clock.now
        try await Task.sleep(for: .seconds(seconds))
        let span = begin.duration(to: clock.now) / .seconds(1)
        let share = (plane.processorTime - before) / span
        let isQuiet = share < FleetBenchmark.mostOfACore
        say(
            "at rest: \(Self.rounded(share * 100)) % of one core over \(Self.rounded(span)) s "
                + "(bar: \(Self.rounded(FleetBenchmark.mostOfACore * 100)) %) \(isQuiet ? "met" : "MISSED")")
        let resident = plane.resident
        let each = (resident - bare) / Double(agents)
        let most = bare + (FleetBenchmark.mostResident - bare) * Double(agents) / 5000
        let isSmall = resident <= most
        say(
            "memory of the server: \(Self.rounded(bare)) MB resident without hosts, \(Self.rounded(resident)) MB with all, "
                + "\(Self.rounded(each * 1000)) kB each (bar: \(Self.rounded(most)) MB) \(isSmall ? "met" : "MISSED")")

        plane.kill()
        begin = clock.now
        try order()
        try plane.start()
        let ready = Self.seconds(since: begin)
        try await Self.wait(heard)
        let back = begin.duration(to: clock.now) / .seconds(1)
        let areBack = back <= FleetBenchmark.longestReturn
        say(
            "killed and started again, ready after \(ready) s; all \(agents) hosts back \(Self.rounded(back)) s after the kill, "
                + "\(Self.rounded(plane.processorTime)) s of the server's processor time "
                + "(bar: \(Self.rounded(FleetBenchmark.longestReturn)) s) \(areBack ? "met" : "MISSED")")
        let (up, devices) = try await Enrolling.count(in: plane)
        let isWhole = up == agents && devices == agents * SimulatedFleet.devices
        say("on record then: \(up) hosts up, \(devices) devices\(isWhole ? "" : ": NOT ALL")")
        return isQuiet && isSmall && areBack && isWhole
    }

    /// Returns when all hosts were heard.
    private static func wait(_ heard: AsyncStream<Void>) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var iterator = heard.makeAsyncIterator()
                guard await iterator.next() != nil else {
                    throw ControlPlaneProcess.Failed(description: "the agents' process ended")
                }
            }
            group.addTask {
                try await Task.sleep(for: patience)
                throw ControlPlaneProcess.Failed(description: "not all hosts were heard in \(patience)")
            }
            try await group.next()
            group.cancelAll()
        }
    }

    /// At once, also where the output is a file.
    private func say(_ line: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data("\(line)\n".utf8))
    }

    private static func seconds(since begin: ContinuousClock.Instant) -> Double {
        rounded(begin.duration(to: .now) / .seconds(1))
    }

    private static func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
