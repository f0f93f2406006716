public import Model

/// What the fake driver makes up, and what goes wrong with it.
public struct FakeOptions: Sendable {
    /// Devices on each host, where no fleet is given; the first is the reference's.
    public var devices: Int
    /// Handles of each device.
    public var accelerators: Int
    /// How long it takes to make a handle attachable. More than zero makes handles need preparation.
    public var prepareDelay: Duration
    /// How long it takes to clean a handle. More than zero makes handles need cleaning.
    public var cleanDelay: Duration
    /// Handles need preparation even with no delay.
    public var prepares: Bool
    /// Kinds of devices, in order; in place of `devices` and `accelerators`.
    public var fleet: [FakeKind]
    public var faults: [FakeFault]
    /// A file with further faults, read anew at each step; nil for none.
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

    /// Whether anything may go wrong: then handles need preparation and cleaning, and devices say how they are.
    var hasFaults: Bool { !faults.isEmpty || controlFile != nil }

    /// Each device's kind, in order.
    var kinds: [FakeKind] {
        fleet.isEmpty
            ? Array(repeating: FakeKind(accelerators: accelerators), count: max(0, devices))
            : fleet.flatMap { Array(repeating: $0, count: $0.count) }
    }
}
