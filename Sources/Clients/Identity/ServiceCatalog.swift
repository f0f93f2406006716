public import Model

/// Says where the neighbours are.
public protocol ServiceCatalog: Sendable {
    /// The address of a service; nil where the catalog has none. `region` nil takes the first.
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
    /// The URL of the interface, else the public one, as with `valid_interfaces = internal,public` of the original services.
    public func url(interface: String, region: String?) -> String? {
        let here = filter { region == nil || $0.region == region }
        return (here.first { $0.interface == interface } ?? here.first { $0.interface == "public" })?.url
    }
}
