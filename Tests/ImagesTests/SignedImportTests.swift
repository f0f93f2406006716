import Clients
import Foundation
import HTTPTypes
import Model
import TestJSON
import TestStore
import Testing
import Workflows

@testable import Images

/// Imports of signed images: the certificate comes with the token of whoever asks, and the workflow verifies with it.
@Suite struct SignedImportTests {
    private static let direct: JSON = ["method": ["name": "glance-direct"]]

    /// Staged, not imported yet.
    private func staged(
        _ bytes: [UInt8], _ properties: [String: JSON], in fixture: ImageFixture
    ) async throws -> String {
        let id = try await fixture.bare(properties)
        let answer = try await fixture.send(
            .put, "/v2/images/\(id)/stage", bytes, headers: [("Content-Type", "application/octet-stream")])
        #expect(answer.status == 204, "\(answer.text)")
        return id
    }

    private func fixture(
        _ certificates: any CertificateSecrets, stores: [StoreName] = ["file"], web: (any WebSource)? = nil
    ) async throws -> ImageFixture {
        let fixture = try await ImageFixture(stores: stores, certificates: certificates, web: web)
        fixture.clock.advance(SignedImage.valid)
        return fixture
    }

    private func begin(_ body: JSON, _ id: String, in fixture: ImageFixture, as persona: Persona = .member) async throws
        -> Answer
    {
        try await fixture.call(.post, "/v2/images/\(id)/import", body, as: persona)
    }

    private func message(of id: String, in fixture: ImageFixture) async throws -> String {
        let tasks = try await fixture.call(.get, "/v2/images/\(id)/tasks").json["tasks"].array
        return tasks.first?["message"].text ?? ""
    }

    @Test func `staged data with their signature become active`() async throws {
        let certificates = try PlayedCertificates("rsa")
        let fixture = try await fixture(certificates)
        let id = try await staged(SignedImage.message, SignedImage.properties(), in: fixture)
        #expect(certificates.callers.isEmpty)
        #expect(try await begin(Self.direct, id, in: fixture).status == 202)
        #expect(certificates.callers == ["u-member"])
        await fixture.engine.runDue()
        #expect(try await fixture.show(id)["status"] == "active")
        // The workflow asked nobody: it has nobody's token.
        #expect(certificates.callers.count == 1)
    }

    @Test func `other data leave the image queued, and the task says why`() async throws {
        let fixture = try await fixture(try PlayedCertificates("rsa"))
        let id = try await staged([1, 2], SignedImage.properties(), in: fixture)
        #expect(try await begin(Self.direct, id, in: fixture).status == 202)
        await fixture.engine.runDue()
        let image = try await fixture.show(id)
        #expect(image["status"] == "queued" && image["size"] == .null)
        let reason = try await message(of: id, in: fixture)
        #expect(
            reason.contains("Signature verification failed for image \(id): the signature does not match the data."))
        try await fixture.service.sweep()
        #expect(fixture.files("blobs").isEmpty && fixture.files("blobs", of: "staging").isEmpty)
    }

    @Test func `a certificate that cannot be fetched refuses the import at once`() async throws {
        let foreign = PlayedCertificates([], fault: CertificateSecret.forbidden(SignedImage.certificate))
        let fixture = try await fixture(foreign)
        let id = try await staged(SignedImage.message, SignedImage.properties(), in: fixture)
        let answer = try await begin(Self.direct, id, in: fixture)
        #expect(answer.status == 400 && answer.fault.contains("Signature verification failed for image \(id)"))
        #expect(try await fixture.show(id)["status"] == "uploading")
        #expect(try await begin(Self.direct, id, in: fixture, as: .reader).status == 403)
        #expect(try await begin(Self.direct, id, in: fixture, as: .otherMember).status == 404)
        #expect(foreign.callers.count == 1)
    }

    @Test func `a signature that is changed after the certificate was fetched is not verified by it`() async throws {
        let fixture = try await fixture(try PlayedCertificates("rsa"))
        let id = try await staged(SignedImage.message, SignedImage.properties(), in: fixture)
        #expect(try await begin(Self.direct, id, in: fixture).status == 202)
        let other: JSON = "00000000-0000-4000-8000-000000000000"
        let changed = try await fixture.patch(
            id, [["op": "replace", "path": "/img_signature_certificate_uuid", "value": other]])
        #expect(changed.status == 200, "\(changed.text)")
        await fixture.engine.runDue()
        #expect(try await fixture.show(id)["status"] == "queued")
        #expect(try await message(of: id, in: fixture).contains("changed while the data came"))
    }

    @Test func `data from the web are verified`() async throws {
        for (bytes, status) in [(try SignedImage.message, "active"), ([1], "queued")] {
            let fixture = try await fixture(
                try PlayedCertificates("rsa"), web: WebImportTests.PlayedWeb(bytes: bytes))
            let id = try await fixture.bare(try SignedImage.properties())
            let body: JSON = ["method": ["name": "web-download", "uri": "http://images.example/a"]]
            #expect(try await begin(body, id, in: fixture).status == 202)
            await fixture.engine.runDue()
            #expect(try await fixture.show(id)["status"].text == status)
        }
    }

    @Test func `a copy is of data that were verified`() async throws {
        let certificates = try PlayedCertificates("rsa")
        let fixture = try await fixture(certificates, stores: ["a", "b"])
        let id = try await fixture.bare(try SignedImage.properties())
        #expect(try await fixture.upload(SignedImage.message, to: id).status == 204)
        let body: JSON = ["method": ["name": "copy-image"], "stores": ["b"]]
        #expect(try await begin(body, id, in: fixture, as: .admin).status == 202)
        await fixture.engine.runDue()
        #expect(try await fixture.show(id)["stores"] == "a,b")
        #expect(certificates.callers.count == 1)
    }

    @Test(arguments: 1...12) func `data with a wrong signature are never active, wherever the process dies`(
        write: Int
    ) async throws {
        let certificates = try PlayedCertificates("rsa")
        let heir = try await fixture(certificates)
        let id = try await staged([1, 2], SignedImage.properties(), in: heir)
        #expect(try await begin(Self.direct, id, in: heir).status == 202)
        let play = PlayedStore.Play()
        let doomed = try await ImageFixture(
            wrap: { PlayedStore(inner: $0, play: play) }, certificates: certificates, on: heir,
            through: { MortalStore($0, dyingAt: write, commitsLast: true, onDeath: { play.die() }) })
        await doomed.engine.runDue()
        #expect(try await heir.show(id)["status"] != "active")
        heir.clock.advance(.seconds(61))
        await heir.engine.runDue()
        try await heir.service.sweep()
        #expect(try await heir.show(id)["status"] == "queued")
        #expect(heir.files("drafts").isEmpty && heir.files("blobs").isEmpty)
        #expect(try await heir.count("image_uploads") == 0)
    }

    @Test(arguments: 1...3) func `an upload with a wrong signature is never active, wherever the process dies`(
        write: Int
    ) async throws {
        let certificates = try PlayedCertificates("rsa")
        let heir = try await fixture(certificates)
        let id = try await heir.bare(try SignedImage.properties())
        let play = PlayedStore.Play()
        let doomed = try await ImageFixture(
            wrap: { PlayedStore(inner: $0, play: play) }, certificates: certificates, on: heir,
            through: { MortalStore($0, dyingAt: write, commitsLast: true, onDeath: { play.die() }) })
        #expect(try await doomed.upload([1, 2], to: id).status >= 400)
        heir.clock.advance(.seconds(61))
        try await heir.service.sweep()
        #expect(try await heir.show(id)["status"] == "queued")
        #expect(heir.files("drafts").isEmpty && heir.files("blobs").isEmpty)
    }
}
