public import Clients
import FoundationEssentials
import HTTPTypes
public import Model

/// Registers default limits at Keystone, or at a compatible service. They apply to every project without a limit of its
/// own.
///
/// The session's user needs the role admin. May be run again: existing registrations stay unless they are to be
/// replaced.
public struct LimitRegistration: Sendable {
    public enum Outcome: Sendable, Equatable {
        case registered
        /// Registered with a new amount; the former amount.
        case replaced(Int)
        /// Already registered, with this amount.
        case kept(Int)
    }

    private let session: KeystoneSession
    private let owner: KeystoneLimits.Owner

    public init(session: KeystoneSession, owner: KeystoneLimits.Owner) {
        self.session = session
        self.owner = owner
    }

    /// Returns one outcome for each of `limits`, in their order. Throws 403 if the user may not register limits, 503 if
    /// the service does not respond.
    public func register(
        _ limits: [(resource: String, limit: Int)], replacing: Bool = false
    ) async throws(Fault) -> [Outcome] {
        let (service, region) = try owner.locate(in: try await session.catalog())
        let path = "/v3/registered_limits"
        let shown = try await send(.get, "\(path)?\(LimitPath.query(service: service, region: region))", nil)
        guard let list = try? JSONDecoder().decode(RegisteredLimitList.self, from: Data(shown)) else {
            throw LimitPath.unclear("its registered limits could not be read")
        }
        let present = Dictionary(
            list.registered.filter { $0.region == region }.map { ($0.resource, $0) }
        ) { first, _ in first }
        var outcomes: [Outcome] = []
        var missing: [NewLimits.One] = []
        for (resource, limit) in limits {
            guard let known = present[resource] else {
                missing.append(.init(service: service, region: region, resource: resource, limit: limit))
                outcomes.append(.registered)
                continue
            }
            guard replacing, known.limit != limit, let id = known.id else {
                outcomes.append(.kept(known.limit))
                continue
            }
            _ = try await send(.patch, "\(path)/\(id.percentEncoded)", ChangedLimit(limit: .init(limit: limit)))
            outcomes.append(.replaced(known.limit))
        }
        if !missing.isEmpty { _ = try await send(.post, path, NewLimits(limits: missing)) }
        return outcomes
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: (any Encodable)?
    ) async throws(Fault) -> [UInt8] {
        var request = PeerRequest(method, path)
        if let body {
            request.headers[.contentType] = "application/json"
            do {
                request.body = Array(try JSONEncoder().encode(body))
            } catch {
                throw .internalError("a registered limit could not be written: \(error)")
            }
        }
        let answer = try await session.send(request)
        switch answer.status {
        case 200..<300: return answer.body
        case 403:
            throw .forbidden("The user may not register limits at the identity service; that needs the role admin.")
        case 409:
            throw .conflict("Somebody else registered limits at the same time; run it again.")
        default: throw LimitPath.unclear("it answered \(answer.status) to \(method.rawValue) \(path)")
        }
    }
}

private struct NewLimits: Encodable {
    let limits: [One]

    struct One: Encodable {
        let service: String
        let region: String?
        let resource: String
        let limit: Int

        enum CodingKeys: String, CodingKey {
            case service = "service_id"
            case region = "region_id"
            case resource = "resource_name"
            case limit = "default_limit"
        }
    }

    enum CodingKeys: String, CodingKey {
        case limits = "registered_limits"
    }
}

private struct ChangedLimit: Encodable {
    let limit: Amount

    struct Amount: Encodable {
        let limit: Int

        enum CodingKeys: String, CodingKey {
            case limit = "default_limit"
        }
    }

    enum CodingKeys: String, CodingKey {
        case limit = "registered_limit"
    }
}
