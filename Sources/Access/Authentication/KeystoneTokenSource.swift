public import Clients
import FoundationEssentials
import HTTPTypes
public import Model

/// Validates tokens at a Keystone (`GET /v3/auth/tokens`), with the account of a service user.
///
/// Keystone itself refuses a token with access rules, because this client does not declare that it enforces them.
public struct KeystoneTokenSource: TokenSource {
    private let session: KeystoneSession
    /// Longer texts are no tokens; Keystone's signed tokens have a few thousand characters at most.
    private let longest = 8192

    public init(session: KeystoneSession) {
        self.session = session
    }

    public func caller(for token: Secret, allowExpired: Bool) async throws(Fault) -> Caller? {
        // What cannot stand in a header cannot be a token, and must not reach the request either.
        guard
            (1...longest).contains(token.revealed.utf8.count),
            token.revealed.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        let path = "/v3/auth/tokens?nocatalog" + (allowExpired ? "&allow_expired=1" : "")
        let answer: PeerResponse
        do throws(Fault) {
            answer = try await session.send(
                PeerRequest(.get, path, headers: [IdentityHeader.subjectToken: token.revealed]))
        } catch {
            throw Self.later(error)
        }
        switch answer.status {
        case 200:
            guard let document = try? JSONDecoder().decode(TokenEnvelope.self, from: Data(answer.body)).token else {
                throw Self.unclear("its answer for a token could not be read")
            }
            // Nobody here would enforce access rules, so such a token opens nothing.
            guard document.applicationCredential?.accessRules == nil else { return nil }
            guard let caller = Caller(document) else { throw Self.unclear("a token's end could not be read") }
            return caller
        case 404: return nil
        case 403: throw Self.unclear("the service user may not validate tokens; it needs the role service or admin")
        default: throw Self.unclear("it answered \(answer.status) for a token")
        }
    }

    private static func unclear(_ context: String) -> Fault {
        later(
            .unavailable(
                "The identity service cannot validate the token at the moment; try again later.",
                context: "identity service: \(context)"))
    }

    /// The same fault, with a time for the next attempt if it has none.
    private static func later(_ fault: Fault) -> Fault {
        var fault = fault
        if fault.kind == .unavailable, !fault.headers.contains(where: { $0.name == "Retry-After" }) {
            fault.headers.append(.init("Retry-After", "1"))
        }
        return fault
    }
}

extension Caller {
    /// Nil if the token's expiry cannot be read.
    init?(_ document: TokenDocument) {
        guard let expires = Timestamp(iso: document.expiresAt) else { return nil }
        let scope: Scope =
            if let project = document.project {
                .project(ProjectID(project.id), domain: project.domain.map { DomainID($0.id) })
            } else if let domain = document.domain {
                .domain(DomainID(domain.id))
            } else if document.system?["all"] == true {
                .system
            } else {
                .unscoped
            }
        self.init(
            user: UserID(document.user.id), userName: document.user.name,
            userDomain: document.user.domain.map { DomainID($0.id) }, scope: scope,
            roles: Set((document.roles ?? []).map(\.name)), expires: expires)
        isAdminProject = document.isAdminProject ?? true
    }
}
