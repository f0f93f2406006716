import FoundationEssentials
import HTTPTypes
public import Model

/// The accelerator service's device profiles over HTTP, whoever's it is: `GET /v2/device_profiles` in its first version, page by page
/// where the service divides the list.
public struct RESTDeviceProfileUse: DeviceProfileUse {
    private let peer: ServicePeer

    /// - Parameter peer: the accelerator service; its address includes `/v2`
    public init(peer: ServicePeer) {
        self.peer = peer
    }

    public func classes() async throws(Fault) -> [String: Set<String>] {
        var classes: [String: Set<String>] = [:]
        var seen: Set<String> = []
        var query: String? = ""
        while let part = query {
            guard seen.insert(part).inserted else {
                throw Fault(
                    .badGateway, "The accelerator service's list of device profiles does not end.",
                    context: "a link to the next page led to '\(part)' again")
            }
            let page = try await page(part)
            add(page.profiles, to: &classes)
            query = page.next
        }
        return classes
    }

    private func page(_ query: String) async throws(Fault) -> Profiles {
        let answer = try await peer.send(peer.request(.get, "/device_profiles\(query)"))
        guard answer.status == 200, let list = try? JSONDecoder().decode(Profiles.self, from: Data(answer.body)) else {
            throw .unavailable(
                "The accelerator service does not list its device profiles (\(answer.status)).",
                context: "GET /device_profiles answered \(answer.status)")
        }
        return list
    }

    private func add(_ profiles: [Profile], to classes: inout [String: Set<String>]) {
        for profile in profiles {
            for key in profile.groups.flatMap(\.keys) {
                // `resources:FPGA`, or `resources1:FPGA`.
                let parts = key.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, parts[0].hasPrefix("resources") else { continue }
                classes[profile.name, default: []].insert(String(parts[1]))
            }
        }
    }

    private struct Profiles: Decodable {
        let profiles: [Profile]
        let links: [Link]?

        enum CodingKeys: String, CodingKey {
            case profiles = "device_profiles"
            case links = "device_profiles_links"
        }

        /// The query of the next page, with its question mark; nil where this page is the last. What stands before the query is the
        /// address that clients from outside use, which need not be the way from here.
        var next: String? {
            guard let href = links?.first(where: { $0.rel == "next" })?.href else { return nil }
            return href.firstIndex(of: "?").map { String(href[$0...]) }
        }
    }

    private struct Link: Decodable {
        let rel: String
        let href: String
    }

    private struct Profile: Decodable {
        let name: String
        let groups: [[String: Scalar]]
    }

    /// Values are strings or numbers; only the keys are used here.
    private struct Scalar: Decodable {
        init(from decoder: any Decoder) throws {}
    }
}
