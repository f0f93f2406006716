import Model
import Store

/// What is known of an image, apart from its data.
struct Image: Sendable, Equatable {
    let id: ImageID
    var name: String?
    private(set) var lifecycle: ImageLifecycle
    var visibility: ImageVisibility
    var owner: ProjectID?
    /// Whether it cannot be deleted.
    var isProtected: Bool
    /// Whether lists leave it out.
    var isHidden: Bool
    var containerFormat: String?
    var diskFormat: String?
    /// In GB.
    var minDisk: Int
    /// In MB.
    var minRAM: Int
    /// Of the data in bytes; nil until there are any.
    var size: Int?
    /// Of the disk that the data describes in bytes; nil where the format says none.
    var virtualSize: Int?
    /// MD5 in hexadecimal digits.
    var checksum: String?
    var hash: ContentHash?
    let created: Timestamp
    var updated: Timestamp
    var tags: ImageTags
    var properties: ImageProperties
    /// The names of the stores that hold its data, separated by commas.
    var stores: String

    var status: ImageLifecycle.State { lifecycle.state }

    /// A new one, without data.
    init(id: ImageID, owner: ProjectID?, at now: Timestamp) {
        self.id = id
        self.owner = owner
        name = nil
        lifecycle = ImageLifecycle(state: .queued)
        visibility = .shared
        isProtected = false
        isHidden = false
        containerFormat = nil
        diskFormat = nil
        minDisk = 0
        minRAM = 0
        created = now
        updated = now
        tags = .none
        properties = .none
        stores = ""
    }

    /// For `FROM images i`.
    static let columns: SQL = """
        i.id, i.name, i.status, i.visibility, i.owner, i.is_protected, i.is_hidden, i.container_format, i.disk_format,
        i.min_disk, i.min_ram, i.size, i.virtual_size, i.checksum, i.hash_algorithm, i.hash_value, i.created_at,
        i.updated_at, i.tags, i.properties, i.stores
        """

    init(_ row: borrowing Row) throws {
        id = try row[0]
        name = try row[1]
        lifecycle = ImageLifecycle(state: try row.word(2))
        visibility = try row.word(3)
        owner = try row[4]
        isProtected = try row[5]
        isHidden = try row[6]
        containerFormat = try row[7]
        diskFormat = try row[8]
        minDisk = try row[9]
        minRAM = try row[10]
        size = try row[11]
        virtualSize = try row[12]
        checksum = try row[13]
        let algorithm: String? = try row[14]
        let value: String? = try row[15]
        if let algorithm, let value { hash = ContentHash(algorithm: algorithm, value: value) }
        created = try row[16]
        updated = try row[17]
        tags = ImageTags(stored: try row[18])
        properties = ImageProperties(stored: try row[19])
        stores = try row[20]
    }

    /// What the event asks for; throws 409 where it does not apply, and nothing has changed.
    mutating func apply(_ event: ImageLifecycle.Event) throws(Fault) -> [ImageLifecycle.Action] {
        let former = status
        guard let actions = lifecycle.apply(event) else {
            throw .conflict(
                "Image \(id) is \(former.rawValue), and \(event.words) is not possible then.")
        }
        if actions.contains(.forgetData) {
            size = nil
            virtualSize = nil
            checksum = nil
            hash = nil
        }
        return actions
    }
}

extension ImageLifecycle.Event {
    fileprivate var words: String {
        switch self {
        case .upload: "an upload"
        case .stage: "staging data"
        case .beginImport: "the import of staged data"
        case .fetch: "an import"
        case .stored, .failed: "the end of an upload"
        case .deactivate: "deactivating it"
        case .reactivate: "reactivating it"
        }
    }
}
