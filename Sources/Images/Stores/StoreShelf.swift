public import Model

/// The stores of a service, each under its name, and the staging area beside them.
public struct StoreShelf: Sendable {
    public struct Entry: Sendable {
        let name: StoreName
        let text: String?
        let weight: Int
        let store: any ImageStore

        /// - Parameters:
        ///   - text: describes it to users
        ///   - weight: data are read from the store with the greatest
        public init(_ name: StoreName, _ store: any ImageStore, text: String? = nil, weight: Int = 0) {
            self.name = name
            self.store = store
            self.text = text
            self.weight = weight
        }
    }

    /// In the order of the settings.
    let entries: [Entry]
    /// Where data go if nobody says where.
    let standard: Entry
    /// Where data wait for their import.
    let staging: Entry
    /// What is being read through this shelf.
    let readings = BlobReadings()

    /// Under which name copies in the staging area are recorded.
    static let stagingName: StoreName = "os_glance_staging_store"

    /// - Parameters:
    ///   - entries: at least one, each with a name of its own
    ///   - standard: the name of the default store; nil is the first
    public init(_ entries: [Entry], standard: StoreName? = nil, staging: any ImageStore) {
        precondition(!entries.isEmpty, "an image service needs a store")
        precondition(Set(entries.map(\.name)).count == entries.count, "two stores have one name")
        self.entries = entries
        self.standard = entries.first { $0.name == standard } ?? entries[0]
        self.staging = Entry(Self.stagingName, staging)
    }

    /// Whether clients see that there are several.
    var isPlural: Bool { entries.count > 1 }

    var publicNames: [String] { entries.map(\.name.text) }

    /// Also of the staging area.
    var everything: [Entry] { entries + [staging] }

    /// The store of a name that clients know; nil where there is none.
    func entry(_ name: StoreName) -> Entry? { entries.first { $0.name == name } }

    /// The names in the order in which data are best read.
    var readingOrder: [StoreName] {
        entries.enumerated().sorted { ($1.element.weight, $0.offset) < ($0.element.weight, $1.offset) }
            .map(\.element.name)
    }

    /// The data of a copy, which stay where they are while they are read; nil where the store does not have them.
    func open(_ copy: CopyBook.Copy, size: Int) async throws -> (any BlobReader)? {
        guard let entry = everything.first(where: { $0.name == copy.store }) else { return nil }
        if entry.store.outlivesRemoval { return try await entry.store.open(copy.blob, size: size) }
        // Noted before it is opened, so that there is no moment in which it is open and nobody knows.
        let reading = readings.begin(copy.blob)
        guard let reader = try await entry.store.open(copy.blob, size: size) else { return nil }
        return HeldReader(inner: reader, reading: reading)
    }
}
