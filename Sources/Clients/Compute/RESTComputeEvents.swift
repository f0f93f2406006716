import FoundationEssentials
import HTTPTypes
public import Model

/// The compute service over HTTP: `POST /os-server-external-events` at microversion 2.82, as a service user.
///
/// The complete response may be 404 (none of the instances is known), or 207 with a code for each event. 404 and 422
/// (no host yet) are retried. A status of 500 and above, or no response, throws `.unavailable`.
public struct RESTComputeEvents: ComputeEvents {
    static let version = Microversion(2, 82)

    private let peer: ServicePeer

    /// - Parameter peer: the compute service, at which this program has the role `service` or `admin`
    public init(peer: ServicePeer) {
        self.peer = peer
    }

    public func send(_ events: [AcceleratorRequestBound]) async throws(Fault) -> [AcceleratorRequestID: Outcome] {
        let request = try peer.request(
            .post, "/os-server-external-events", Self.body(events), version: Self.version)
        let answer = try await peer.send(request)
        switch answer.status {
        case 200, 207: return Self.outcomes(events, answer)
        case 404: return Self.all(events, .tryAgain)
        case 401, 429, 500...: throw peer.fault(answer, to: request)
        default:
            // The text of the answer is not ours to show: the code says which way to look.
            return Self.all(events, .refused("it answered \(answer.status)"))
        }
    }

    private static func body(_ events: [AcceleratorRequestBound]) -> Events {
        Events(
            events: events.map { event in
                Events.Event(
                    name: "accelerator-request-bound", server: "\(event.instance)", tag: "\(event.request)",
                    status: event.isBound ? "completed" : "failed", code: nil)
            })
    }

    /// Outcomes by tag. An event that the response does not mention was accepted.
    private static func outcomes(
        _ events: [AcceleratorRequestBound], _ answer: PeerResponse
    ) -> [AcceleratorRequestID: Outcome] {
        var outcomes = all(events, .accepted)
        guard answer.status == 207, let told = try? JSONDecoder().decode(Events.self, from: Data(answer.body)) else {
            return outcomes
        }
        for event in told.events {
            guard let tag = event.tag, let request = AcceleratorRequestID(tag), let code = event.code else { continue }
            switch code {
            case 200..<300: outcomes[request] = .accepted
            case 404, 422: outcomes[request] = .tryAgain
            default: outcomes[request] = .refused("it answered \(code)")
            }
        }
        return outcomes
    }

    private static func all(
        _ events: [AcceleratorRequestBound], _ outcome: Outcome
    ) -> [AcceleratorRequestID: Outcome] {
        Dictionary(events.map { ($0.request, outcome) }) { first, _ in first }
    }

    private struct Events: Codable {
        let events: [Event]

        struct Event: Codable {
            let name: String
            let server: String
            let tag: String?
            let status: String
            let code: Int?

            enum CodingKeys: String, CodingKey {
                case name, tag, status, code
                case server = "server_uuid"
            }
        }
    }
}
