import FoundationEssentials
import HTTPTypes
public import Model

/// The accelerator service's device profiles over HTTP, whoever's it is: `GET /v2/device_profiles` in its first version.
public struct RESTDeviceProfileUse: DeviceProfileUse {
    private let transport: any HTTPTransport

    /// - Parameter transport: to the accelerator endpoint, `/v2` and tokens included: an `AuthenticatedTransport`
    public init(transport: any HTTPTransport) {
        self.transport = transport
    }

    /// The accelerator service where the session's catalog says.
    ///
    /// - Parameter caFile: certificates to trust, PEM; nil for the system's
    public init(
        session: KeystoneSession, interface: String = "internal", region: String? = nil, caFile: String? = nil
    ) {
        let name = "the accelerator service"
        let catalog = CatalogTransport(
            session: session, type: "accelerator", interface: interface, region: region, name: name
        ) { base throws(Fault) in
            try NetworkTransport(base: base, name: name, caFile: caFile)
        }
        self.init(transport: AuthenticatedTransport(catalog, session: session))
    }

    public func classes() async throws(Fault) -> [String: Set<String>] {
        let answer = try await transport.send(
            PeerRequest(.get, "/device_profiles", headers: [.accept: "application/json"]))
        guard answer.status == 200, let list = try? JSONDecoder().decode(Profiles.self, from: Data(answer.body)) else {
            throw .unavailable(
                "The accelerator service does not list its device profiles (\(answer.status)).",
                context: "GET /device_profiles answered \(answer.status)")
        }
        var classes: [String: Set<String>] = [:]
        for profile in list.profiles {
            for key in profile.groups.flatMap(\.keys) {
                // `resources:FPGA`, or `resources1:FPGA`.
                let parts = key.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, parts[0].hasPrefix("resources") else { continue }
                classes[profile.name, default: []].insert(String(parts[1]))
            }
        }
        return classes
    }

    private struct Profiles: Decodable {
        let profiles: [Profile]

        enum CodingKeys: String, CodingKey {
            case profiles = "device_profiles"
        }
    }

    private struct Profile: Decodable {
        let name: String
        let groups: [[String: Scalar]]
    }

    /// Values are texts or numbers; only the keys count here.
    private struct Scalar: Decodable {
        init(from decoder: any Decoder) throws {}
    }
}
