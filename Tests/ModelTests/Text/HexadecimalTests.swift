import Model
import Testing

@Suite struct HexadecimalTests {
    @Test func `numbers are padded and never cut`() {
        #expect(Hexadecimal.text(UInt16(0xab), width: 4) == "00ab")
        #expect(Hexadecimal.text(0) == "0")
        #expect(Hexadecimal.text(UInt32.max, width: 2) == "ffffffff")
    }

    @Test func `bytes have two digits each`() {
        #expect(Hexadecimal.text(of: [0, 15, 16, 255] as [UInt8]) == "000f10ff")
        #expect(Hexadecimal.text(of: [UInt8]()) == "")
    }
}
