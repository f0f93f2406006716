public import Model

/// The addresses of other services.
public protocol ServiceCatalog: Sendable {
    /// The address of a service; nil if the catalog has none. Without `region`, the first one.
    func endpoint(type: String, interface: String, region: String?) async throws(Fault) -> String?
}

/// One address of a service in a catalog.
public struct ServiceAddress: Sendable {
    let interface: String
    let region: String?
    let url: String

    public init(interface: String, region: String?, url: String) {
        self.interface = interface
        self.region = region
        self.url = url
    }
}

extension Sequence<ServiceAddress> {
    /// The URL for the interface, otherwise the public one, like `valid_interfaces = internal,public` of the original
    /// services.
    public func url(interface: String, region: String?) -> String? {
        let here = filter { region == nil || $0.region == region }
        return (here.first { $0.interface == interface } ?? here.first { $0.interface == "public" })?.url
    }
}
