public import Model

/// What the fake driver makes up.
public struct FakeOptions: Sendable {
    /// Devices on each host; the first is the reference's.
    public var devices: Int
    /// Handles of each device.
    public var accelerators: Int
    /// How long it takes to make a handle attachable. More than zero makes handles need preparation.
    public var prepareDelay: Duration
    /// Handles need preparation even with no delay.
    public var prepares: Bool
    public var time: TimeSource
    /// Waits; a parameter, so that tests decide when a preparation goes on.
    public var wait: @Sendable (Duration) async throws -> Void

    public init(
        devices: Int = 1, accelerators: Int = 16, prepareDelay: Duration = .zero, prepares: Bool = false,
        time: TimeSource = .system,
        wait: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.devices = devices
        self.accelerators = accelerators
        self.prepareDelay = prepareDelay
        self.prepares = prepares || prepareDelay > .zero
        self.time = time
        self.wait = wait
    }
}
