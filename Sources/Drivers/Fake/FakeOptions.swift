public import Model

/// The devices that the fake driver simulates, and their faults.
public struct FakeOptions: Sendable {
    /// Number of devices on each host, if no fleet is given.
    public var devices: Int
    /// Number of handles of each device.
    public var accelerators: Int
    /// How long preparing a handle takes. If it is more than zero, handles need preparation.
    public var prepareDelay: Duration
    /// How long cleaning a handle takes. If it is more than zero, handles need cleaning.
    public var cleanDelay: Duration
    /// Whether handles need preparation even without a delay.
    package var prepares: Bool
    /// Kinds of devices, in order. They replace `devices` and `accelerators`.
    public var fleet: [FakeKind]
    public var faults: [FakeFault]
    /// A file with further faults, read again at each step; nil for none.
    public var controlFile: String?
    public var time: TimeSource
    /// Waits; a parameter, so that tests decide when a preparation goes on.
    public var wait: @Sendable (Duration) async throws -> Void

    public init(
        devices: Int = 1, accelerators: Int = 16, prepareDelay: Duration = .zero, cleanDelay: Duration = .zero,
        prepares: Bool = false, fleet: [FakeKind] = [], faults: [FakeFault] = [], controlFile: String? = nil,
        time: TimeSource = .system,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.devices = devices
        self.accelerators = accelerators
        self.prepareDelay = prepareDelay
        self.cleanDelay = cleanDelay
        self.prepares = prepares || prepareDelay > .zero
        self.fleet = fleet
        self.faults = faults
        self.controlFile = controlFile
        self.time = time
        self.wait = wait
    }

    /// Whether faults are possible. Then handles need preparation and cleaning, and devices report their health.
    var hasFaults: Bool { !faults.isEmpty || controlFile != nil }

    /// Each device's kind, in order.
    var kinds: [FakeKind] {
        fleet.isEmpty
            ? Array(repeating: FakeKind(accelerators: accelerators), count: max(0, devices))
            : fleet.flatMap { Array(repeating: $0, count: $0.count) }
    }
}
