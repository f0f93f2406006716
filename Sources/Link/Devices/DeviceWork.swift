public import Model

/// What is done to an attach handle: the work of the party `devices`.
public struct DeviceWork: Sendable, Equatable {
    public var id: WorkItemID
    public var kind: Kind
    /// The attach handle that is prepared, withdrawn or cleaned: the subject of the item.
    public var handle: AttachHandleID
    public var attachment: Attachment
    /// The device by its key on the host (`DeviceReport.controlPath`), and the driver that answers for it.
    public var controlPath: String
    public var driver: String
    /// The accelerator request it is done for, where there is one.
    public var request: AcceleratorRequestID?
    /// Microseconds since 1970 UTC; after it the control plane gives up.
    public var deadline: Int64
    /// What is fetched and loaded; nil for work without an image.
    public var image: WorkImage?

    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// Make the handle attachable.
        case prepare
        /// Undo `prepare`.
        case withdraw
        /// Remove what the last tenant left.
        case clean
        /// Bring the image's data to the host. Nothing is done to the device.
        case fetch
        /// Load the image onto the handle's device.
        case program

        var needsImage: Bool { self == .fetch || self == .program }
    }

    public init(
        id: WorkItemID, kind: Kind, handle: AttachHandleID, attachment: Attachment, controlPath: String, driver: String,
        request: AcceleratorRequestID?, deadline: Int64, image: WorkImage? = nil
    ) {
        self.image = image
        self.id = id
        self.kind = kind
        self.handle = handle
        self.attachment = attachment
        self.controlPath = controlPath
        self.driver = driver
        self.request = request
        self.deadline = deadline
    }
}

extension DeviceWork {
    /// Throws what of the item this release does not know.
    public init(_ item: WorkItem) throws(UnknownWork) {
        guard item.party == .devices else { throw .party(of: item) }
        guard let kind = Kind(rawValue: item.kind) else { throw .kind(of: item) }
        let body = item.body
        guard let word = body["handleType"]?.text else { throw .form }
        let type = AttachHandleType(rawValue: word)
        if case .other = type { throw .word(word, of: "attach handles of the type") }
        guard let handle = body["handle"]?.text.flatMap({ AttachHandleID($0) }),
            case .object(let members)? = body["handleInfo"], let controlPath = body["controlPath"]?.text,
            let driver = body["driver"]?.text, let deadline = item.deadline
        else { throw .form }
        var info: [String: String] = [:]
        for member in members {
            guard let text = member.value.text else { throw .form }
            info[member.name] = text
        }
        var request: AcceleratorRequestID?
        if let named = body["request"], named != .null {
            guard let id = named.text.flatMap({ AcceleratorRequestID($0) }) else { throw .form }
            request = id
        }
        let image = body["image"].flatMap { WorkImage($0) }
        guard image != nil || !kind.needsImage else { throw .form }
        self.init(
            id: item.id, kind: kind, handle: handle, attachment: Attachment(type, info), controlPath: controlPath,
            driver: driver, request: request, deadline: deadline, image: image)
    }

    /// In its envelope.
    public var item: WorkItem {
        var members: [JSONValue.Member] = [
            .init("controlPath", .text(controlPath)), .init("deadline", .integer(Int(deadline))),
            .init("driver", .text(driver)), .init("handle", .text(handle.description)),
            .init("handleInfo", .object(attachment.info.map { .init($0.key, .text($0.value)) })),
            .init("handleType", .text(attachment.type.rawValue)), .init("id", .text(id.description)),
            .init("kind", .text(kind.rawValue)),
        ]
        if let request { members.append(.init("request", .text(request.description))) }
        if let image { members.append(.init("image", image.value)) }
        return WorkItem(id: id, devices: .object(members), kind: kind.rawValue, subject: handle.description, deadline)
    }
}
