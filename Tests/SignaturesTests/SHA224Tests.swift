import Crypto
import Foundation
import Model
import Testing

@testable import Signatures

@Suite struct SHA224Tests {
    /// Of FIPS 180-4's examples.
    private static let known = [
        ("", "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f"),
        ("abc", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "75388b16512776cc5dba5da1fd890150b0c6455cb4f58b1952522525"
        ),
    ]

    @Test func itsDigestsAreTheKnownOnes() {
        for (text, digest) in Self.known {
            #expect(Hexadecimal.text(of: SignatureHash.sha224.digest(of: Array(text.utf8))) == digest)
        }
        #expect(SHA224.hash(data: Data()).description == "SHA224 digest" && SHA224Digest.byteCount == 28)
    }

    @Test func theCutDoesNotMatter() {
        for count in [55, 56, 63, 64, 65, 119, 120, 128, 200] {
            let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let whole = SHA224.hash(data: Data(bytes))
            for length in [1, 3, 63, 64, 65] {
                var function = SHA224()
                for start in stride(from: 0, to: count, by: length) {
                    function.update(data: Data(bytes[start..<min(start + length, count)]))
                }
                #expect(function.finalize() == whole)
            }
        }
    }
}
