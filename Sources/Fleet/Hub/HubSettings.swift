/// How the hub keeps its streams.
public struct HubSettings: Sendable, Equatable {
    /// The longest time between two lines of a stream.
    public var heartbeat: Duration
    /// How often due streams and silent hosts are looked for.
    public var tick: Duration
    /// How long ended work items are remembered, so that an outcome said twice counts once.
    public var memory: Duration
    /// Hosts whose state is read in one go.
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

    /// A host is down after four heartbeats without proof.
    public var livenessRules: HostLiveness.Rules {
        HostLiveness.Rules(patience: heartbeat * 4, recovery: 2)
    }
}
