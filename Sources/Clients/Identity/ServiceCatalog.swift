public import Model

/// Says where the neighbours are.
public protocol ServiceCatalog: Sendable {
    /// The address of a service; nil where the catalog has none. `region` nil takes the first.
    func endpoint(type: String, interface: String, region: String?) async throws(Fault) -> String?
}
