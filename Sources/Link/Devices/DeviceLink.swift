public import Model

/// What the party `devices` of a host's agent says over the connection beside what every party does.
public protocol DeviceLink: AgentLink {
    /// Sends the report. Idempotent: sending one generation twice has the same effect as once.
    func report(_ report: HostReport) async throws(Fault)
    /// Sends the differences from the last report. Throws 409 if the last report is not the change's base.
    func change(_ change: HostReportChange) async throws(Fault)
    /// The handles of this host that are held, with their holders.
    func holdings() async throws(Fault) -> HandleHoldings
}
