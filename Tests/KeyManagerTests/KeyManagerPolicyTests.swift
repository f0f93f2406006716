import API
import HTTPTypes
import KeyManager
import TestJSON
import TestStore
import Testing

/// Who may do what with the secrets of the project "blue".
@Suite struct KeyManagerPolicyTests {
    /// By operation, the personas that may.
    private static let rows: [(operation: String, admitted: Set<Persona>)] = [
        ("POST /v1/secrets", [.admin, .member, .colleague, .otherMember, .otherAdmin]),
        ("GET /v1/secrets", [.admin, .member, .colleague, .otherMember, .otherAdmin]),
        ("GET /v1/secrets/{secret_id}", [.admin, .member, .colleague, .otherAdmin]),
        ("GET /v1/secrets/{secret_id}/payload", [.admin, .member, .colleague]),
        ("PUT /v1/secrets/{secret_id}", [.admin, .member, .colleague]),
        ("DELETE /v1/secrets/{secret_id}", [.admin, .member, .colleague, .otherAdmin]),
    ]

    @Test func `every endpoint has its row`() async throws {
        let fixture = try await KeyManagerFixture()
        let closed = fixture.service.endpoints.filter { $0.access != .open }
        #expect(Set(closed.map { "\($0.method.rawValue) \($0.path)" }) == Set(Self.rows.map(\.operation)))
    }

    @Test(arguments: 0..<6) func `only those of the row may`(row: Int) async throws {
        let (operation, admitted) = Self.rows[row]
        let fixture = try await KeyManagerFixture()
        let parts = operation.split(separator: " ").map(String.init)
        let method = try #require(HTTPRequest.Method(parts[0]))
        for persona in Persona.allCases {
            let secret =
                method == .put ? try await fixture.secret() : try await fixture.secret(holding: [1])
            let path = parts[1].replacing("/v1/secrets/{secret_id}", with: secret)
            let answer =
                if method == .put {
                    try await fixture.send(method, path, [1], as: persona, headers: [("Content-Type", "text/plain")])
                } else {
                    try await fixture.call(method, path, method == .post ? [:] : nil, as: persona)
                }
            if persona == .nobody {
                #expect(answer.status == 401)
            } else if admitted.contains(persona) {
                #expect(answer.status < 300, "\(operation) as \(persona): \(answer.text)")
            } else {
                // What is another project's is not there, but for its administrators.
                let isSeen = ![.otherMember, .service].contains(persona) || !path.contains("/secrets/")
                #expect(answer.status == (isSeen ? 403 : 404), "\(operation) as \(persona): \(answer.text)")
                if isSeen { #expect(answer.fault.contains("attempt not allowed"), "\(answer.text)") }
            }
        }
    }

    @Test func `former roles count where the former defaults do`() async throws {
        let fixture = try await KeyManagerFixture(legacy: true)
        let secret = try await fixture.secret(holding: [1], as: .formerCreator)
        #expect(try await fixture.payload(of: secret, as: .formerCreator).status == 200)
        #expect(try await fixture.call(.delete, secret, as: .formerCreator).status == 204)
        let strict = try await KeyManagerFixture()
        #expect(try await strict.call(.post, "/v1/secrets", [:], as: .formerCreator).status == 403)
    }
}
