import Model
import Testing

@Suite struct Base64URLTests {
    @Test(
        arguments: [
            ([], "", ""), ([0xfb], "-w", "-w=="), ([0xff, 0xff], "__8", "__8="), ([0, 16, 131], "ABCD", "ABCD"),
        ] as [([UInt8], String, String)])
    func `each value has one text, padding aside`(bytes: [UInt8], text: String, padded: String) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.encode(bytes, padded: true) == padded)
        #expect(Base64URL.decode(text) == bytes)
        #expect(Base64URL.decode(padded) == bytes)
    }

    @Test(arguments: ["+w", "A", "-x", "ABCDE", "AB=", "AB =="])
    func `what no value has is refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
