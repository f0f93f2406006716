public import Model

/// The stores of a service, each under its name, and the staging area beside them.
public struct StoreShelf: Sendable {
    public struct Entry: Sendable {
        let name: StoreName
        let text: String?
        let store: any ImageStore

        /// - Parameter text: describes it to users
        public init(_ name: StoreName, _ store: any ImageStore, text: String? = nil) {
            self.name = name
            self.store = store
            self.text = text
        }
    }

    /// The first one is the default.
    let entries: [Entry]
    /// Where data wait for their import.
    let staging: Entry

    /// Under which name copies in the staging area are recorded.
    static let stagingName: StoreName = "os_glance_staging_store"

    /// - Parameters:
    ///   - entries: at least one, each with a name of its own
    public init(_ entries: [Entry], staging: any ImageStore) {
        precondition(!entries.isEmpty, "an image service needs a store")
        precondition(Set(entries.map(\.name)).count == entries.count, "two stores have one name")
        self.entries = entries
        self.staging = Entry(Self.stagingName, staging)
    }

    var standard: Entry { entries[0] }

    /// Whether clients see that there are several.
    var isPlural: Bool { entries.count > 1 }

    var publicNames: [String] { entries.map(\.name.text) }

    /// Also of the staging area.
    var everything: [Entry] { entries + [staging] }

    /// The store of a name that clients know; nil where there is none.
    func entry(_ name: StoreName) -> Entry? { entries.first { $0.name == name } }
}
