import HTTPTypes
import KeyManager
import TestJSON
import TestStore
import Testing

/// Lists of secrets: their parts, filters and orders.
@Suite(.everyEngine) struct SecretListTests {
    private func names(_ query: String, _ fixture: KeyManagerFixture, as persona: Persona = .member) async throws
        -> [String]
    {
        let answer = try await fixture.call(.get, "/v1/secrets\(query)", as: persona)
        #expect(answer.status == 200, "\(answer.text)")
        return answer.json["secrets"].array.map(\.["name"].text)
    }

    @Test func `a list comes in parts, with links`() async throws {
        let fixture = try await KeyManagerFixture()
        for number in 0..<12 { _ = try await fixture.secret(["name": .text("s\(number)")]) }
        _ = try await fixture.secret(["name": "theirs"], as: .otherMember)
        let first = try await fixture.call(.get, "/v1/secrets/").json
        #expect(first["total"] == 12 && first["secrets"].array.count == 10 && first["previous"] == .null)
        #expect(first["next"] == "http://127.0.0.1/key-manager/v1/secrets?limit=10&offset=10")
        let middle = try await fixture.call(.get, "/v1/secrets?limit=5&offset=5&sort=name:desc").json
        #expect(middle["secrets"].array.map(\.["name"].text) == ["s4", "s3", "s2", "s11", "s10"])
        #expect(middle["next"] == "http://127.0.0.1/key-manager/v1/secrets?limit=5&offset=10&sort=name%3Adesc")
        #expect(middle["previous"] == "http://127.0.0.1/key-manager/v1/secrets?limit=5&offset=0&sort=name%3Adesc")
        #expect(try await names("?limit=0", fixture) == ["s0"])
        #expect(try await names("?limit=none&offset=-1", fixture).count == 10)
        #expect(try await names("?limit=1000&offset=11", fixture) == ["s11"])
        #expect(try await names("?offset=9223372036854775807", fixture) == [])
        // Also administrators see their own project's.
        #expect(try await names("", fixture, as: .otherAdmin) == ["theirs"])
    }

    @Test func `filters are applied together`() async throws {
        let fixture = try await KeyManagerFixture()
        _ = try await fixture.secret(["name": "a", "secret_type": "certificate"])
        _ = try await fixture.secret(["name": "b", "algorithm": "aes", "bit_length": 128, "mode": "cbc"])
        _ = try await fixture.secret(["name": "c", "algorithm": "aes", "expiration": "2030-01-01"])
        #expect(try await names("?name=b", fixture) == ["b"])
        #expect(try await names("?name=", fixture) == ["a", "b", "c"])
        #expect(try await names("?alg=aes", fixture) == ["b", "c"])
        #expect(try await names("?alg=aes&mode=cbc", fixture) == ["b"])
        #expect(try await names("?bits=128", fixture) == ["b"])
        #expect(try await names("?bits=none&acl_only=x", fixture).count == 3)
        #expect(try await names("?secret_type=certificate", fixture) == ["a"])
        #expect(try await names("?expiration=gte:2029-01-01T00:00:00,lt:2031-01-01T00:00:00", fixture) == ["c"])
        #expect(try await names("?created=gt:2026-11-21T00:07:30", fixture) == ["b", "c"])
        #expect(try await names("?updated=lte:2026-11-21T00:07:29.834118", fixture) == ["a"])
        #expect(try await names("?sort=algorithm:desc,name:desc&alg=aes", fixture) == ["c", "b"])
        for wrong in ["?created=yesterday", "?created=ge:2026-11-21T00:07:30", "?sort=payload", "?sort=name:up"] {
            #expect(try await fixture.call(.get, "/v1/secrets\(wrong)").status == 400, "\(wrong)")
        }
    }
}
