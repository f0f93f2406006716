/// Timing of the hub's streams.
public struct HubSettings: Sendable, Equatable {
    /// Maximum time between two lines of a stream.
    public var heartbeat: Duration
    /// How often the hub checks for due streams and silent hosts.
    package var tick: Duration
    /// How long ended work items are kept, so that an outcome that is reported twice counts once.
    public var memory: Duration
    /// Number of hosts whose state is read in one query.
    public var batch: Int

    public init(
        heartbeat: Duration = .seconds(15), tick: Duration = .seconds(1), memory: Duration = .seconds(86_400),
        batch: Int = 200
    ) {
        self.heartbeat = heartbeat
        self.tick = tick
        self.memory = memory
        self.batch = max(1, batch)
    }

    /// A host is down after four heartbeats without a proof.
    public var livenessRules: HostLiveness.Rules {
        HostLiveness.Rules(patience: heartbeat * 4, recovery: 2)
    }
}
