import Model
import Testing

@testable import Access

/// The vectors of the Fernet specification: `generate.json`, `verify.json`, `invalid.json`.
@Suite("Fernet")
struct FernetTests {
    private let token =
        "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="
    private let secret = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="
    private let moment: UInt64 = 499_162_800

    @Test("generates the specification's token, without its padding")
    func generate() throws {
        let key = try #require(Fernet.Key(secret))
        let sealed = try Fernet.seal(
            .init(bytes: Array("hello".utf8), seconds: moment), with: key, iv: Array(0..<16))
        #expect(sealed + "==" == token)
    }

    @Test("verifies it, with and without padding, by any of several keys")
    func verify() throws {
        let key = try #require(Fernet.Key(secret))
        let other = try #require(Fernet.Key(Fernet.Key.generate(.system)))
        let message = Fernet.Message(bytes: Array("hello".utf8), seconds: moment)
        #expect(Fernet.open(token, with: [other, key]) == message)
        #expect(Fernet.open(String(token.dropLast(2)), with: [key]) == message)
        #expect(Fernet.open(token, with: [other]) == nil)
        #expect(Fernet.open(token, with: []) == nil)
    }

    @Test(
        "refuses the invalid ones",
        arguments: [
            (
                "incorrect mac",
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ=="
            ),
            ("too short", "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA=="),
            (
                "invalid base64",
                "%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q=="
            ),
            (
                "not a multiple of the block",
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm"
            ),
            (
                "padding error",
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw=="
            ),
            (
                "incorrect IV",
                "gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ=="
            ),
        ])
    func invalid(_ name: String, _ token: String) throws {
        #expect(Fernet.open(token, with: [try #require(Fernet.Key(secret))]) == nil, "\(name)")
    }

    @Test("tells the time of the far-future vector, which the codec then refuses")
    func farFuture() throws {
        let token =
            "gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw=="
        let key = try #require(Fernet.Key(secret))
        let message = try #require(Fernet.open(token, with: [key]))
        #expect(message.seconds > moment + 60)
    }

    @Test("base64 accepts one text per value", arguments: ["A", "AA=A", "AB", "AAB", "AA===", "A A=", "AA+/"])
    func strictBase64(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("base64 goes there and back")
    func base64() {
        for count in 0..<50 {
            let bytes = RandomSource.system.bytes(count)
            #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
            #expect(Base64URL.decode(Base64URL.encode(bytes, padded: true)) == bytes)
        }
    }
}
