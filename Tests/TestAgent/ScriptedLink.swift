public import Link
public import Model
import Synchronization
import TestPlacement
public import TestWatched

/// A control plane that a test plays: it sends lines down and keeps what comes up.
public final class ScriptedLink: DeviceLink {
    public struct Heard: Sendable {
        /// As the receiver has them after each that came, whole or as a change.
        public var reports: [HostReport] = []
        public var changes: [HostReportChange] = []
        public var partyReports: [Party: [PartyReport]] = [:]
        public var finished: [Finish] = []
        public var heartbeats: [Heartbeat] = []
        public var streams = 0
    }

    public struct Finish: Sendable, Equatable {
        public let item: WorkItemID
        public let outcome: WorkOutcome

        public init(item: WorkItemID, outcome: WorkOutcome) {
            self.item = item
            self.outcome = outcome
        }
    }

    public let heard = Watched(Heard())
    /// Who holds handles.
    public let held = Watched<[HandleHolding]>([])
    /// What work items need besides their envelopes: pieces, or what is answered in their place.
    public let data = Watched<Result<[[UInt8]], Fault>>(.success([]))
    private let refusal = Watched<Fault?>(nil)
    private let life: Life?
    private let streams = Mutex<[AsyncStream<DesiredState>.Continuation]>([])

    public init(life: Life? = nil) {
        self.life = life
    }

    /// What calls are answered from now on.
    public func refuse(_ fault: Fault?) { refusal.change { $0 = fault } }

    /// Sends a line down to every stream that is open.
    public func send(revision: Int64 = 1, _ work: [DeviceWork] = [], disabled: [ResourceProviderID] = []) {
        let section = DeviceSection(withheld: disabled.map { ProviderPart($0) }).value
        let line = DesiredState(
            revision: revision, nonce: "nonce-\(revision)", work: work.map(\.item), sections: [.devices: section])
        send(line)
    }

    public func send(_ line: DesiredState) {
        for stream in streams.withLock({ $0 }) { stream.yield(line) }
    }

    public func desiredStates(after revision: Int64) -> AsyncStream<DesiredState> {
        let (stream, continuation) = AsyncStream<DesiredState>.makeStream()
        streams.withLock { $0.append(continuation) }
        heard.change { $0.streams += 1 }
        return stream
    }

    public func report(_ report: PartyReport, of party: Party) async throws(Fault) {
        try await take { $0.partyReports[party, default: []].append(report) }
    }

    public func report(_ report: HostReport) async throws(Fault) {
        try await take { $0.reports.append(report) }
    }

    public func change(_ change: HostReportChange) async throws(Fault) {
        let known = heard.value.reports.last?.generation ?? 0
        guard change.base == known else { throw .conflict("The last one was \(known).") }
        try await take { heard in
            heard.changes.append(change)
            if let last = heard.reports.last, change.generation != known { heard.reports.append(last.applying(change)) }
        }
    }

    public func finish(_ item: WorkItemID, _ outcome: WorkOutcome) async throws(Fault) {
        try await take { $0.finished.append(Finish(item: item, outcome: outcome)) }
    }

    public func heartbeat(_ heartbeat: Heartbeat) async throws(Fault) {
        try await take { $0.heartbeats.append(heartbeat) }
    }

    public func data(
        of item: WorkItemID, take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) {
        if let fault = refusal.value { throw fault }
        for piece in try data.value.get() { try await take(piece) }
    }

    public func holdings() async throws(Fault) -> HandleHoldings {
        if let fault = refusal.value { throw fault }
        return HandleHoldings(held.value)
    }

    private func take(_ body: (inout Heard) -> Void) async throws(Fault) {
        let fate = life?.step() ?? .lives
        if fate == .diesBefore || fate == .isDead { throw .unavailable("Nobody hears it.") }
        if let fault = refusal.value { throw fault }
        heard.change(body)
        if fate == .diesAfter { throw .unavailable("Nobody hears the answer.") }
    }
}
