public import Clients
import FoundationEssentials
public import Model
import Synchronization

/// An accelerator service behind a transport in memory, as far as its list of device profiles goes: one profile on each page.
public final class PlayedProfiles: HTTPTransport {
    private struct Profile: Encodable {
        let name: String
        let groups: [[String: String]]
    }

    private struct Link: Encodable {
        let rel = "next"
        let href: String
    }

    private struct Page: Encodable {
        let profiles: [Profile]
        let links: [Link]?

        enum CodingKeys: String, CodingKey {
            case profiles = "device_profiles"
            case links = "device_profiles_links"
        }
    }

    private let profiles = Mutex<[Profile]>([])
    private let isDown = Mutex(false)

    public init() {}

    public func put(_ name: String, _ groups: [[String: String]]) {
        profiles.withLock { $0.append(Profile(name: name, groups: groups)) }
    }

    /// Whether every request is answered with 503 from now on.
    public func setDown(_ isDown: Bool) { self.isDown.withLock { $0 = isDown } }

    public func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
        guard !isDown.withLock({ $0 }) else { return PeerResponse(status: 503) }
        let path = "/device_profiles"
        guard request.path.hasPrefix(path) else { return PeerResponse(status: 404) }
        let place = request.path.split(separator: "=").last.flatMap { Int($0) } ?? 0
        let all = profiles.withLock { $0 }
        let next = place + 1 < all.count ? [Link(href: "http://outside/v2\(path)?marker=\(place + 1)")] : nil
        let page = Page(profiles: Array(all.dropFirst(place).prefix(1)), links: next)
        do {
            return PeerResponse(status: 200, body: [UInt8](try JSONEncoder().encode(page)))
        } catch {
            throw .internalError("\(error)")
        }
    }
}
