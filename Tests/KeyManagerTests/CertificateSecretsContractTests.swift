import API
import Clients
import HTTPTypes
import KeyManager
import Model
import TestJSON
import TestStore
import Testing

/// The two ways to certificates: in process, and by the REST client through the dispatcher.
@Suite struct CertificateSecretsContractTests {
    enum Way: CaseIterable, Sendable { case local, rest }

    private struct DispatcherTransport: HTTPTransport {
        let dispatcher: Dispatcher

        func send(_ request: PeerRequest) async throws(Fault) -> PeerResponse {
            let answer = await dispatcher.respond(
                to: APIRequest(
                    request.method, "/key-manager\(request.path)", headers: request.headers, body: request.body ?? []))
            do {
                return PeerResponse(
                    status: answer.status, headers: answer.headers, body: Array(try await answer.bytes()))
            } catch {
                throw .internalError("\(error)")
            }
        }
    }

    private func client(_ way: Way, _ fixture: KeyManagerFixture) -> any CertificateSecrets {
        switch way {
        case .local: LocalCertificateSecrets(fixture.service, authorizer: fixture.authorizer)
        case .rest:
            RESTCertificateSecrets(
                peer: ServicePeer(
                    .keyManager, transport: DispatcherTransport(dispatcher: fixture.dispatcher),
                    tokens: UserToken(Secret("service"))))
        }
    }

    private func id(_ secret: String) throws -> SecretID {
        try #require(SecretID(String(secret.split(separator: "/").last ?? "")))
    }

    private func caller(_ persona: Persona) throws -> Caller { try #require(persona.caller) }

    @Test(arguments: Way.allCases) func `a certificate is what was stored`(way: Way) async throws {
        let fixture = try await KeyManagerFixture()
        let client = client(way, fixture)
        let bytes: [UInt8] = [0x30, 0, 1, 255]
        for type in ["certificate", "opaque"] {
            let id = try id(try await fixture.secret(holding: bytes, type: type))
            for persona in [Persona.member, .colleague, .admin] {
                #expect(try await client.certificate(id, for: caller(persona)) == bytes)
            }
        }
        let text = try await fixture.secret([
            "payload": "-----BEGIN CERTIFICATE-----\n", "payload_content_type": "text/plain",
            "secret_type": "certificate",
        ])
        let read = try await client.certificate(id(text), for: caller(.member))
        #expect(String(decoding: read, as: UTF8.self) == "-----BEGIN CERTIFICATE-----\n")
    }

    @Test(arguments: Way.allCases) func `who may not see or read it is refused`(way: Way) async throws {
        let fixture = try await KeyManagerFixture()
        let client = client(way, fixture)
        let id = try id(try await fixture.secret(holding: [1], type: "certificate"))
        for (persona, kind) in [
            (Persona.reader, Fault.Kind.forbidden), (.noRole, .forbidden), (.otherAdmin, .forbidden),
            (.otherMember, .notFound), (.service, .notFound),
        ] {
            let fault = await #expect(throws: Fault.self, "\(persona)") {
                try await client.certificate(id, for: caller(persona))
            }
            #expect(fault?.kind == kind && fault?.message.contains("\(id)") == true, "\(persona)")
        }
        let unknown = try #require(SecretID("5c8d8e3e-9a9b-4a59-a1b3-0f5e3d1c2b4a"))
        let fault = await #expect(throws: Fault.self) { try await client.certificate(unknown, for: caller(.member)) }
        #expect(fault?.kind == .notFound)
    }

    @Test(arguments: Way.allCases) func `what is no certificate is refused`(way: Way) async throws {
        var options = KeyManagerOptions()
        options.largestSecret = 1 << 20
        let fixture = try await KeyManagerFixture(options)
        let client = client(way, fixture)
        let key = try await fixture.secret(holding: [1], type: "private")
        let empty = try await fixture.secret(["secret_type": "certificate"])
        let large = try await fixture.secret(
            holding: [UInt8](repeating: 1, count: CertificateSecret.longest + 1), type: "certificate")
        for (secret, reason) in [(key, "of the type 'private'"), (empty, "no payload"), (large, "65537 bytes")] {
            let id = try id(secret)
            let fault = await #expect(throws: Fault.self) { try await client.certificate(id, for: caller(.member)) }
            #expect(fault?.kind == .badRequest && fault?.message.contains(reason) == true, "\(reason)")
        }
    }
}
