import FoundationEssentials
import HTTPTypes
public import Model

/// The compute service over HTTP: `POST /os-server-external-events` at microversion 2.82, as a service user.
///
/// The whole answer may be 404 (none of the instances is known) or 207 with a code for each event: 404 and 422 (no host
/// yet) are worth another try. Anything of 500 and above, or no answer, is thrown as `.unavailable`.
public struct RESTComputeEvents: ComputeEvents {
    private let transport: any HTTPTransport
    private let session: KeystoneSession

    /// - Parameters:
    ///   - transport: to the compute endpoint of the catalog, such as `https://nova.example.org/v2.1`
    ///   - session: a user with the role `service` or `admin` in the compute service
    public init(transport: any HTTPTransport, session: KeystoneSession) {
        self.transport = transport
        self.session = session
    }

    public func send(_ events: [AcceleratorRequestBound]) async throws(Fault) -> [AcceleratorRequestID: Outcome] {
        let token = try await session.token()
        var headers: HTTPFields = [.contentType: "application/json", .accept: "application/json"]
        headers[.authToken] = token.revealed
        headers[Self.version] = "compute 2.82"
        let answer = try await transport.send(
            PeerRequest(.post, "/os-server-external-events", headers: headers, body: try Self.body(events)))
        switch answer.status {
        case 200, 207: return Self.outcomes(events, answer)
        case 404: return Self.all(events, .tryAgain)
        case 401, 429, 500...:
            throw .unavailable(
                "The compute service does not take events at the moment.",
                context: "os-server-external-events answered \(answer.status)")
        default:
            // The text of the answer is not ours to show: the code says which way to look.
            return Self.all(events, .refused("it answered \(answer.status)"))
        }
    }

    private static let version = HTTPField.Name("OpenStack-API-Version") ?? .accept

    private static func body(_ events: [AcceleratorRequestBound]) throws(Fault) -> [UInt8] {
        let sent = Events(
            events: events.map { event in
                Events.Event(
                    name: "accelerator-request-bound", server: "\(event.instance)", tag: "\(event.request)",
                    status: event.isBound ? "completed" : "failed", code: nil)
            })
        do {
            return Array(try JSONEncoder().encode(sent))
        } catch {
            throw .internalError("events could not be written as JSON: \(error)")
        }
    }

    /// By tag; what the answer does not speak of was taken.
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
