public import Link
public import Model

/// The connection of an agent that runs in the control plane's own process: the same rules, without a wire.
public struct InProcessAgentLink: DeviceLink {
    private let host: HostName
    private let hub: Hub
    private let reception: AgentReception
    private let retry: Duration

    /// - Parameter retry: the pause before a stream is opened again that ended or could not be opened
    public init(host: HostName, hub: Hub, reception: AgentReception, retry: Duration = .seconds(1)) {
        self.host = host
        self.hub = hub
        self.reception = reception
        self.retry = retry
    }

    public func desiredStates(after revision: Int64) -> AsyncStream<DesiredState> {
        let (stream, continuation) = AsyncStream<DesiredState>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let pump = Task { [self] in
            var applied = revision
            while !Task.isCancelled {
                if let lines = try? await hub.desiredStates(of: host, after: applied) {
                    for await line in lines {
                        applied = max(applied, line.revision)
                        continuation.yield(line)
                    }
                }
                do { try await reception.time.sleep(for: retry) } catch { break }
            }
            continuation.finish()
        }
        continuation.onTermination = { _ in pump.cancel() }
        return stream
    }

    public func report(_ report: PartyReport, of party: Party) async throws(Fault) {
        try await asFault { try await reception.report(report, of: party, from: host) }
    }

    public func report(_ report: HostReport) async throws(Fault) {
        try await asFault { try await reception.report(report, from: host) }
    }

    public func change(_ change: HostReportChange) async throws(Fault) {
        try await asFault { try await reception.change(change, from: host) }
    }

    public func finish(_ item: WorkItemID, _ outcome: WorkOutcome) async throws(Fault) {
        try await asFault { try await reception.finish(item, outcome, from: host) }
    }

    public func data(
        of item: WorkItemID, take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) {
        let data = try await asFault { try await reception.data(of: item, for: host) }
        try await data.write(take)
    }

    public func heartbeat(_ heartbeat: Heartbeat) async throws(Fault) {
        try await asFault { try await reception.heartbeat(heartbeat, from: host) }
    }

    public func holdings() async throws(Fault) -> HandleHoldings {
        try await asFault { try await reception.holdings(of: host) }
    }

    private func asFault<Result>(_ body: () async throws -> Result) async throws(Fault) -> Result {
        do {
            return try await body()
        } catch let fault as Fault {
            throw fault
        } catch let error as any FaultConvertible {
            throw error.fault
        } catch {
            throw .internalError("\(type(of: error)): \(error)")
        }
    }
}
