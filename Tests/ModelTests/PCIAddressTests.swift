import Model
import Testing

@Suite struct PCIAddressTests {
    @Test(arguments: ["0000:0c:00.1", "0000:ff:1f.7", "10000:01:00.0", "ffffffff:00:00.0"])
    func `text comes back as it was`(text: String) {
        #expect(PCIAddress(text)?.description == text)
    }

    @Test func `a missing domain is zero`() {
        #expect(PCIAddress("0c:00.1")?.description == "0000:0c:00.1")
    }

    @Test(arguments: [
        "", "0000:0c:00", "0000:0c:20.0", "0000:0c:00.8", "0000:0c:00.g", "c:00.1", "0000:0c:00.11", "1:0c:00.0",
    ])
    func `malformed text is refused`(text: String) {
        #expect(PCIAddress(text) == nil)
    }

    @Test func `attach info holds the padded parts`() {
        #expect(
            PCIAddress("0000:0c:0a.1")?.attachInfo
                == ["domain": "0000", "bus": "0c", "device": "0a", "function": "1"])
    }
}
