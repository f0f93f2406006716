import Foundation
import Model
import TestFuzz
import Testing

@testable import API
@testable import KeyManager

/// Secrets that clients may send in any form are taken or refused; rows in any form open as what was sealed, or not at all.
@Suite struct SecretFuzzTests {
    private static let words = [
        "{", "}", "[", ":", ",", "\"", "null", "\"payload\"", "\"payload_content_type\"", "text/plain", "base64",
        "application/octet-stream", "\"expiration\"", "T00:00:00", "\"bit_length\"", "\"secret_type\"", "=",
    ]
    private static let bodies = [
        #"{"name": "n", "algorithm": "aes", "mode": "cbc", "bit_length": 256, "expiration": "2099-01-31T12:00:00"}"#,
        #"{"payload": "c2VjcmV0", "payload_content_type": "application/octet-stream", "payload_content_encoding": "base64"}"#,
        #"{"payload": "words", "payload_content_type": "text/plain; charset=utf-8", "secret_type": "passphrase"}"#,
    ]

    private let id: SecretID = IDSource.random.next()
    private let now = Timestamp(microseconds: 1_795_219_649_834_118)

    @Test func `new secrets`() {
        var taken = 0
        Fuzzer.run("new secrets", samples: Self.bodies.map { Array($0.utf8) }, words: Self.words, usually: 500) {
            bytes in
            guard let value = try? JSONParser.parse(bytes), NewSecret.schema.problem(with: value) == nil,
                let body = try? decodeBody(NewSecret.self, from: bytes, value)
            else { return }
            do throws(Fault) {
                let record = try body.record(id, of: "p", by: "u", at: now)
                #expect(record.expires.map { $0 > now } ?? true)
                if let content = try body.content(most: 100) { #expect((1...100).contains(content.bytes.count)) }
                taken += 1
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        #expect(taken > 0, "no secret was taken, so nothing behind the schema was tried")
    }

    @Test func `sealed payloads`() throws {
        let master = try #require(MasterKey(Data(repeating: 7, count: 32)))
        let good = try SealedPayload(sealing: Array("a passphrase".utf8), of: id, "p", by: master)
        for isKey in [true, false] {
            let sample = isKey ? good.wrappedKey : good.sealed
            Fuzzer.run(isKey ? "wrapped keys" : "sealed payloads", samples: [Array(sample)], usually: 300) { bytes in
                guard bytes != Array(sample) else { return }
                let row = SealedPayload(
                    masterKey: good.masterKey, wrappedKey: isKey ? Data(bytes) : good.wrappedKey,
                    sealed: isKey ? good.sealed : Data(bytes))
                #expect(throws: Fault.self) { try row.open(of: id, "p", by: master) }
            }
        }
        #expect(try good.open(of: id, "p", by: master) == Array("a passphrase".utf8))
    }
}
