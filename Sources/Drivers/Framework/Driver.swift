public import Host
public import Model

/// What makes devices of one kind known and usable. A value without state of its own: what it knows of a device is in the
/// snapshot, and what it was told is in its options.
public protocol Driver: Sendable {
    /// As in `enabled_drivers`, and in `DeviceReport.driver`.
    var name: String { get }

    var capabilities: DriverCapabilities { get }

    /// Whether `discover` looks at more than the snapshot: a program, a library, a file. Then it is asked at each pass, also when
    /// the host did not change. False where a driver does not say.
    var looksBeyondTheSnapshot: Bool { get }

    /// The devices of this driver on the host, in a fixed order. Reads only the snapshot, so that it costs no I/O and gives the
    /// same answer for the same host. A device that is out of order is left out with a note; throwing is for a driver that
    /// cannot work at all.
    func discover(_ pass: DiscoveryPass) throws(DriverFault) -> Discovery

    /// Makes a handle attachable. Done twice, it does nothing the second time.
    func prepare(_ order: HandleOrder) async throws(DriverFault)

    /// Makes a handle attachable again whose host was started anew, or whose device was gone for a while. Its holder may have it.
    func restore(_ order: HandleOrder) async throws(DriverFault)

    /// Undoes `prepare`, finished or not. Done twice, it does nothing the second time.
    func withdraw(_ order: HandleOrder) async throws(DriverFault)

    /// Removes what the last tenant left, and says what was done and how far it is proven. A handle whose cleaning fails must
    /// not be given to another. Done again after it was broken off, it goes on or begins anew.
    @discardableResult
    func clean(_ order: HandleOrder) async throws(DriverFault) -> CleaningRecord

    /// Loads logic onto the device: `image` is a path on the host.
    func program(_ order: HandleOrder, image: String) async throws(DriverFault)

    /// How the device of a handle is. Asks the device, and so is not part of `discover`.
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
    public func examine(_ order: HandleOrder) async throws(DriverFault) -> DeviceHealth {
        DeviceHealth(.unknown, reason: "the driver '\(name)' has no means to ask")
    }
}

/// What a driver can do with a device beyond finding it.
public struct DriverCapabilities: Sendable, Equatable {
    /// Handles need `prepare` before a consumer attaches them, and `withdraw` after.
    public var prepares: Bool
    /// Handles are cleaned between two tenants.
    public var cleans: Bool
    /// Devices take a bitstream.
    var programs: Bool
    /// Devices are divided into parts.
    public var partitions: Bool
    /// A guest may move with its device.
    var migratesLive: Bool
    /// Devices hold a tenant's data beyond a detach.
    public var isStateful: Bool
    /// Devices can be asked how they are.
    public var examines: Bool

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

/// What a driver sees when it looks for its devices.
public struct DiscoveryPass: Sendable {
    public let snapshot: HostSnapshot
    public let fencing: Fencing
    /// The name that stands before the names of providers: the agent's, which need not be the kernel's.
    public let host: HostName
    /// What the driver found when it looked last, also before the agent was started anew: what a host shows of a device only
    /// while nobody has it.
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

    /// The same for a driver that found these.
    public func after(_ before: [DeviceReport]) -> DiscoveryPass {
        DiscoveryPass(snapshot: snapshot, host: host, before: before, fencing: fencing)
    }
}

/// What a driver found.
public struct Discovery: Sendable, Equatable {
    public var devices: [DeviceReport]
    /// Devices that are the driver's and are not reported, and why.
    public var notes: [HostProblem]
    /// Entries of the driver's configuration that mean nothing on this host: the entry, and why.
    public var idle: [HostProblem]
    /// Functions that would be offered if they were alone, and why they are not.
    public var refusals: [PCIAddress: String] = [:]
    /// What the devices share.
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

/// One handle of one device that something is to be done with.
public struct HandleOrder: Sendable, Equatable {
    /// Also the UUID of an mdev made for it.
    public var handle: AttachHandleID
    public var type: AttachHandleType
    public var info: [String: String]
    /// `DeviceReport.controlPath`.
    public var controlPath: String

    public init(handle: AttachHandleID, type: AttachHandleType, info: [String: String], controlPath: String) {
        self.handle = handle
        self.type = type
        self.info = info
        self.controlPath = controlPath
    }
}
