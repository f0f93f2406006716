public import Model

/// One thing the control plane wants done on a host. Level-triggered: it stands in the host's desired state until the
/// agent reports its outcome or the control plane withdraws it; the agent may see it many times and does it once.
public struct WorkItem: Sendable, Codable, Equatable {
    public var id: WorkItemID
    public var kind: Kind
    /// The attach handle that is prepared, withdrawn or cleaned.
    public var handle: AttachHandleID
    public var handleType: AttachHandleType
    public var handleInfo: [String: String]
    /// The device by its key on the host (`DeviceReport.controlPath`), and the driver that answers for it.
    public var controlPath: String
    public var driver: String
    /// The accelerator request it is done for, where there is one.
    public var request: AcceleratorRequestID?
    /// Microseconds since 1970 UTC; after it the control plane gives up.
    public var deadline: Int64

    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Make the handle attachable.
        case prepare
        /// Undo `prepare`.
        case withdraw
        /// Remove what the last tenant left.
        case clean
    }

    public init(
        id: WorkItemID, kind: Kind, handle: AttachHandleID, handleType: AttachHandleType, handleInfo: [String: String],
        controlPath: String, driver: String, request: AcceleratorRequestID?, deadline: Int64
    ) {
        self.id = id
        self.kind = kind
        self.handle = handle
        self.handleType = handleType
        self.handleInfo = handleInfo
        self.controlPath = controlPath
        self.driver = driver
        self.request = request
        self.deadline = deadline
    }
}
