/// The entry of a service in the catalog: how it is named, and where it is below the base URL.
public struct CatalogPlace: Sendable, Equatable {
    /// As in the service types authority: `placement`.
    public let type: String
    public let name: String
    /// Begins with a slash: `/accelerator/v2`.
    public let path: String

    public init(type: String, name: String, path: String) {
        self.type = type
        self.name = name
        self.path = path
    }
}
