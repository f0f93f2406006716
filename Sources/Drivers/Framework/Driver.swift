public import Host
public import Model

/// Makes devices of one kind known and usable. A driver is a value without state of its own: its knowledge of devices
/// is in the snapshot, and its configuration is in its options.
public protocol Driver: Sendable {
    /// The name in `enabled_drivers` and in `DeviceReport.driver`.
    var name: String { get }

    var capabilities: DriverCapabilities { get }

    /// Whether `discover` uses more than the snapshot: a program, a library, a file. Then it is called at each pass,
    /// even if the host has not changed. False by default.
    var looksBeyondTheSnapshot: Bool { get }

    /// The devices of this driver on the host, in a fixed order. Reads only the snapshot, so that it costs no I/O and
    /// returns the same result for the same host. A device that is out of order is left out with a note; the driver
    /// throws only if it cannot work at all.
    func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery

    /// Makes a handle attachable. A second call does nothing.
    func prepare(_ order: HandleOrder) async throws(DriverFault)

    /// Makes a handle attachable again after its host restarted or its device was gone. The handle's holder may already
    /// use it.
    func restore(_ order: HandleOrder) async throws(DriverFault)

    /// Undoes `prepare`, whether that finished or not. A second call does nothing.
    func withdraw(_ order: HandleOrder) async throws(DriverFault)

    /// Removes what the last tenant left, and returns what was done and how far that was verified. A handle whose
    /// cleaning fails must not be given to another tenant. After an interruption, a second call continues or starts
    /// again.
    @discardableResult
    func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord

    /// Loads logic onto the device: `image` is a path on the host.
    func program(_ order: HandleOrder, image: String) async throws(DriverFault)

    /// The id of the logic that the handle's device itself says it has; nil where it cannot be asked.
    func logic(of order: HandleOrder) async -> String?

    /// The health of a handle's device. It queries the device, and is therefore not part of `discover`.
    func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth
}

extension Driver {
    public var looksBeyondTheSnapshot: Bool { false }
    public func prepare(_ order: HandleOrder) async throws(DriverFault) {}
    public func restore(_ order: HandleOrder) async throws(DriverFault) { try await prepare(order) }
    public func withdraw(_ order: HandleOrder) async throws(DriverFault) {}
    @discardableResult
    public func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord {
        throw DriverFault("The driver '\(name)' cannot clean its devices.")
    }
    public func program(_ order: HandleOrder, image: String) async throws(DriverFault) {
        throw DriverFault("The driver '\(name)' cannot load logic onto its devices.")
    }
    public func logic(of order: HandleOrder) async -> String? { nil }
    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        DeviceHealth(.unknown, reason: "the driver '\(name)' has no means to ask")
    }
}

/// What a driver can do with a device beyond finding it.
public struct DriverCapabilities: Sendable, Equatable {
    /// Handles need `prepare` before a consumer attaches them, and `withdraw` afterwards.
    package var prepares: Bool
    /// Handles are cleaned between two tenants.
    package var cleans: Bool
    /// Devices accept a bitstream.
    public var programs: Bool
    /// Devices are divided into parts.
    public var partitions: Bool
    /// A guest may migrate with its device.
    var migratesLive: Bool
    /// Devices keep a tenant's data after a detach.
    var isStateful: Bool
    /// The health of devices can be examined.
    var examines: Bool

    public init(
        prepares: Bool = false, cleans: Bool = false, programs: Bool = false, partitions: Bool = false,
        migratesLive: Bool = false, isStateful: Bool = false, examines: Bool = false
    ) {
        self.prepares = prepares
        self.cleans = cleans
        self.programs = programs
        self.partitions = partitions
        self.migratesLive = migratesLive
        self.isStateful = isStateful
        self.examines = examines
    }
}

/// The input of a driver's discovery.
public struct DiscoveryPass: Sendable {
    public let snapshot: HostSnapshot
    public let fencing: Fencing
    /// The prefix of provider names: the agent's host name, which may differ from the kernel's.
    public let host: HostName
    /// The driver's previous result, also from before a restart of the agent. It contains what a host shows of a device
    /// only while nobody uses it.
    public let before: [DeviceReport]

    public init(snapshot: HostSnapshot, host: HostName, before: [DeviceReport] = []) {
        self.init(snapshot: snapshot, host: host, before: before, fencing: Fencing(snapshot))
    }

    private init(snapshot: HostSnapshot, host: HostName, before: [DeviceReport], fencing: Fencing) {
        self.snapshot = snapshot
        self.host = host
        self.before = before
        self.fencing = fencing
    }

    /// The same pass for a driver with that previous result.
    public func after(_ before: [DeviceReport]) -> DiscoveryPass {
        DiscoveryPass(snapshot: snapshot, host: host, before: before, fencing: fencing)
    }
}

/// The result of a driver's discovery.
public struct Discovery: Sendable, Equatable {
    public var devices: [DeviceReport]
    /// Devices of the driver that are not reported, with the reasons.
    public var notes: [HostProblem]
    /// Entries of the driver's configuration that match nothing on this host, with the reasons.
    public var idle: [HostProblem]
    /// Functions that cannot be offered because of other functions, with the reasons.
    public var refusals: [PCIAddress: String] = [:]
    /// Capacity that the devices share.
    public var pools: [CapacityPool]

    public init(
        devices: [DeviceReport] = [], notes: [HostProblem] = [], idle: [HostProblem] = [], pools: [CapacityPool] = []
    ) {
        self.devices = devices
        self.notes = notes
        self.idle = idle
        self.pools = pools
    }
}

/// Work on one handle of one device.
public struct HandleOrder: Sendable, Equatable {
    /// The handle's id; also the UUID of a mediated device made for it.
    public var handle: AttachHandleID
    public var attachment: Attachment
    /// `DeviceReport.controlPath`.
    public var controlPath: String

    public init(handle: AttachHandleID, attachment: Attachment, controlPath: String) {
        self.handle = handle
        self.attachment = attachment
        self.controlPath = controlPath
    }
}
