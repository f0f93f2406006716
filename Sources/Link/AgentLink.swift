public import Model

/// The agent's side of the connection, independent of its transport: HTTPS with mutual TLS, or in process.
///
/// Both directions are level-triggered: the stream states what should be, the calls report what is. Either side may die
/// at any point; a missed line only causes a delay.
public protocol AgentLink: Sendable {
    /// Desired states as they change, and at least one in every heartbeat interval. Reconnects by itself with jittered
    /// back-off; ends only when the surrounding task is cancelled.
    func desiredStates(after revision: Int64) -> AsyncStream<DesiredState>

    /// Sends what a party reports to its service. Idempotent: sending one generation twice has the same effect as once.
    func report(_ report: PartyReport, of party: Party) async throws(Fault)
    func finish(_ item: WorkItemID, _ outcome: WorkOutcome) async throws(Fault)
    func heartbeat(_ heartbeat: Heartbeat) async throws(Fault)
    /// Hands over what a work item of this host needs besides its envelope, such as the data of its image, as it arrives.
    func data(
        of item: WorkItemID, take: @Sendable (_ piece: [UInt8]) async throws(Fault) -> Void
    ) async throws(Fault)
}
