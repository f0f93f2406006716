public import Model

/// The agent's side of the connection, apart from its transport: over HTTPS with mutual TLS, or in process.
///
/// Both directions are level-triggered: the stream states what should be, the calls report what is. Either side may die
/// at any point; a missed line is only lateness.
public protocol AgentLink: Sendable {
    /// Desired states as they change, and at least one every heartbeat interval. Reconnects by itself with jittered
    /// back-off; ends only when the surrounding task is cancelled.
    func desiredStates(after revision: Int64) -> AsyncStream<DesiredState>

    /// Idempotent: the same generation twice is the same as once.
    func report(_ report: HostReport) async throws(Fault)
    /// As `report`, of what differs since the last one. Throws 409 where another one than its base was the last.
    func change(_ change: HostReportChange) async throws(Fault)
    func finish(_ item: WorkItemID, _ outcome: WorkOutcome) async throws(Fault)
    func heartbeat(_ heartbeat: Heartbeat) async throws(Fault)
    /// Who holds handles of this host.
    func holdings() async throws(Fault) -> HandleHoldings
}
