import Foundation
import HTTPTypes
import KeyManager
import Model
import TestJSON
import TestStore
import Testing

/// Secrets: stored, shown, read and deleted.
@Suite(.everyEngine) struct SecretTests {
    @Test func `a secret is stored with its payload, and comes back`() async throws {
        let fixture = try await KeyManagerFixture()
        let secret = try await fixture.secret([
            "name": "a key", "secret_type": "symmetric", "algorithm": "aes", "bit_length": 256, "mode": "cbc",
            "expiration": "2030-01-31T12:00:00", "payload": "AAEC/w==",
            "payload_content_type": "application/octet-stream", "payload_content_encoding": "base64",
        ])
        let shown = try await fixture.call(.get, secret)
        #expect(shown.status == 200)
        #expect(
            shown.json == [
                "name": "a key", "secret_type": "symmetric", "algorithm": "aes", "bit_length": 256, "mode": "cbc",
                "expiration": "2030-01-31T12:00:00.000000", "creator_id": "u-member", "status": "ACTIVE",
                "secret_ref": .text("http://127.0.0.1/key-manager\(secret)"),
                "created": "2026-11-21T00:07:29.834118", "updated": "2026-11-21T00:07:29.834118",
                "content_types": ["default": "application/octet-stream"],
            ])
        let payload = try await fixture.payload(of: secret)
        #expect(payload.status == 200 && payload.bytes == [0, 1, 2, 255])
        #expect(payload.header("Content-Type") == "application/octet-stream")
        #expect(payload.header("Cache-Control") == "no-store")
        #expect(try await fixture.call(.delete, secret).status == 204)
        #expect(try await fixture.call(.get, secret).status == 404)
        let gone = try await fixture.payload(of: secret)
        #expect(gone.status == 404)
        #expect(gone.json == ["code": 404, "title": "Not Found", "description": "Secret not found."])
        #expect(try await fixture.call(.delete, secret).status == 404)
    }

    @Test func `text is text, and can be asked for as bytes`() async throws {
        let fixture = try await KeyManagerFixture()
        let secret = try await fixture.secret([
            "payload": "Schlüssel\n", "payload_content_type": "text/plain;charset=utf-8",
        ])
        #expect(try await fixture.call(.get, secret).json["content_types"] == ["default": "text/plain"])
        for accept in ["text/plain", "application/octet-stream", "*/*", "", "image/png, text/plain"] {
            let payload = try await fixture.payload(of: secret, accept: accept)
            #expect(payload.status == 200 && payload.text == "Schlüssel\n", "\(accept)")
        }
        #expect(try await fixture.payload(of: secret, accept: "image/png").status == 406)
        let bytes = try await fixture.secret(holding: [0xff, 0xfe])
        #expect(try await fixture.payload(of: bytes, accept: "text/plain").status == 406)
        let letters = try await fixture.secret(holding: Array("abc".utf8))
        let asText = try await fixture.payload(of: letters, accept: "text/plain")
        #expect(asText.text == "abc" && asText.header("Content-Type") == "text/plain; charset=utf-8")
    }

    @Test func `a payload may come later, once`() async throws {
        let fixture = try await KeyManagerFixture()
        let secret = try await fixture.secret(["name": "later"])
        #expect(try await fixture.call(.get, secret).json["content_types"] == .null)
        #expect(try await fixture.payload(of: secret).fault == "Secret payload not found.")
        func put(_ bytes: [UInt8], _ type: String, _ encoding: String? = nil) async throws -> Answer {
            var headers = [("Content-Type", type)]
            if let encoding { headers.append(("Content-Encoding", encoding)) }
            return try await fixture.send(.put, secret, bytes, headers: headers)
        }
        #expect(try await put([], "text/plain").status == 400)
        #expect(try await put([0xff], "text/plain").status == 400)
        #expect(try await put([1], "application/json").status == 415)
        #expect(try await put([1], "text/plain; charset=latin-1").status == 415)
        #expect(try await put(Array("%".utf8), "application/octet-stream", "base64").status == 400)
        #expect(try await put([1], "application/octet-stream", "gzip").status == 400)
        #expect(try await put(Array("AQI=".utf8), "application/octet-stream", "base64").status == 204)
        #expect(try await fixture.payload(of: secret).bytes == [1, 2])
        let shown = try await fixture.call(.get, secret).json
        #expect(shown["updated"].text > shown["created"].text)
        let again = try await put([3], "application/octet-stream")
        #expect(again.status == 409 && again.fault == "Secret already has data, cannot modify it.")
        #expect(try await fixture.payload(of: secret).bytes == [1, 2])
    }

    @Test(
        arguments: [
            (["payload": "a"], "payload_content_type"),
            (["payload_content_type": "text/plain"], "'payload' must be given"),
            (["payload": " ", "payload_content_type": "text/plain"], "must not be empty"),
            (["payload": "a", "payload_content_type": "image/png"], "must be one of text/plain"),
            (["payload": "a", "payload_content_type": "text/plain; charset=latin-1"], "must be one of text/plain"),
            (["payload": "a", "payload_content_type": "application/octet-stream"], "must be 'base64'"),
            (
                ["payload": "a", "payload_content_type": "text/plain", "payload_content_encoding": "base64"],
                "must not be given"
            ),
            (
                [
                    "payload": "%%%", "payload_content_type": "application/octet-stream",
                    "payload_content_encoding": "base64",
                ],
                "said to be base64"
            ),
            (["secret_type": "none"], "secret_type"), (["bit_length": 0], "bit_length"), (["name": 5], "name"),
            (["expiration": "tomorrow"], "ISO 8601"), (["expiration": "2020-01-31"], "in the future"),
            (["payload": 12_345_678], "another type"),
        ] as [(JSON, String)])
    func `what is wrong with a new secret is said, and the payload is not repeated`(
        body: JSON, reason: String
    ) async throws {
        let fixture = try await KeyManagerFixture()
        let answer = try await fixture.call(.post, "/v1/secrets", body)
        #expect(answer.status == 400 && answer.fault.contains(reason), "\(answer.text)")
        #expect(!answer.text.contains("%%%") && !answer.text.contains("12345678"))
        #expect(try await fixture.call(.get, "/v1/secrets").json["total"] == 0)
    }

    @Test func `payloads and projects have their bounds`() async throws {
        var options = KeyManagerOptions()
        options.largestSecret = 4
        options.mostSecrets = 2
        let fixture = try await KeyManagerFixture(options)
        let secret = try await fixture.secret(["payload": "1234", "payload_content_type": "text/plain"])
        let large: JSON = ["payload": "12345", "payload_content_type": "text/plain"]
        let refused = try await fixture.call(.post, "/v1/secrets", large)
        #expect(refused.status == 413 && refused.fault.contains("at most 4"))
        let empty = try await fixture.secret()
        let put = try await fixture.send(.put, empty, [1, 2, 3, 4, 5], headers: [("Content-Type", "text/plain")])
        #expect(put.status == 413)
        let third = try await fixture.call(.post, "/v1/secrets", [:])
        #expect(third.status == 403 && third.fault.contains("Only 2 secrets are allowed"))
        _ = try await fixture.secret(as: .otherMember)
        #expect(try await fixture.call(.delete, secret).status == 204)
        _ = try await fixture.secret()
    }

    @Test func `what has expired is not there`() async throws {
        let fixture = try await KeyManagerFixture()
        let secret = try await fixture.secret([
            "expiration": "2026-11-22", "payload": "a", "payload_content_type": "text/plain",
        ])
        #expect(try await fixture.payload(of: secret).status == 200)
        fixture.clock.advance(.seconds(86_400))
        #expect(try await fixture.call(.get, secret).status == 404)
        #expect(try await fixture.payload(of: secret).status == 404)
        #expect(try await fixture.call(.delete, secret).status == 404)
        #expect(try await fixture.call(.get, "/v1/secrets").json["total"] == 0)
    }

    @Test func `the versions say that there is one`() async throws {
        let fixture = try await KeyManagerFixture()
        let versions = try await fixture.call(
            .get, "/", as: .nobody, headers: [("OpenStack-API-Version", "key-manager 1.1")])
        #expect(versions.status == 300)
        let version = versions.json["versions"]["values"][0]
        #expect(version["id"] == "v1" && version["status"] == "stable")
        #expect(version["links"][0]["href"] == "http://127.0.0.1/key-manager/v1/")
        #expect(try await fixture.call(.get, "/v1/", as: .nobody).json["version"] == version)
        #expect(try await fixture.call(.get, "/v1/secrets", as: .nobody).status == 401)
        #expect(try await fixture.call(.get, "/v1/containers").status == 404)
        #expect(try await fixture.call(.get, "/v1/secrets/none").fault == "Secret not found.")
    }
}
