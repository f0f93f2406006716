import FoundationEssentials
import HTTPTypes
public import Model

/// The accelerator service's device profiles over HTTP, whoever's it is: `GET /v2/device_profiles` in its first version.
public struct RESTDeviceProfileUse: DeviceProfileUse {
    private let peer: ServicePeer

    /// - Parameter peer: the accelerator service, whose address has `/v2`
    public init(peer: ServicePeer) {
        self.peer = peer
    }

    public func classes() async throws(Fault) -> [String: Set<String>] {
        let answer = try await peer.send(peer.request(.get, "/device_profiles"))
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
