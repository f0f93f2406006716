import FoundationEssentials
import Model
import Testing

@Suite struct IdentifierTests {
    @Test func `dashes and case do not matter on the way in`() {
        let id = ResourceProviderID("5F1C0D2E8A3B4C6D9E0F112233445566")
        #expect(id?.description == "5f1c0d2e-8a3b-4c6d-9e0f-112233445566")
        #expect(id == ResourceProviderID("5f1c0d2e-8a3b-4c6d-9e0f-112233445566"))
    }

    @Test(arguments: ["", "5f1c0d2e", "5f1c0d2e-8a3b-4c6d-9e0f-11223344556z", "g" + String(repeating: "0", count: 31)])
    func `what is no UUID is refused`(text: String) {
        #expect(ResourceProviderID(text) == nil)
    }

    @Test func `text of a UUID is what the library makes of it, both ways`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            var text = UUID().uuidString
            #expect(ResourceProviderID(UUID(uuidString: text) ?? UUID()).description == text.lowercased())
            #expect(ResourceProviderID(text)?.uuid == UUID(uuidString: text))
            #expect(ResourceProviderID(text.filter { $0 != "-" })?.uuid == UUID(uuidString: text))
            // One character of it changed, added or gone.
            var characters = Array(text)
            let place = Int.random(in: characters.indices, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: characters[place] = ["g", "-", " ", "é", "\u{0}"].randomElement(using: &random) ?? "g"
            case 1: characters.insert("0", at: place)
            default: characters.remove(at: place)
            }
            let damaged = String(characters)
            guard damaged != text else { continue }
            text = damaged
            #expect(ResourceProviderID(text) == nil, "\(text)")
        }
    }

    @Test func `versions are numbers, not text`() {
        #expect(Microversion("1.9").map { $0 < Microversion(1, 10) } == true)
        #expect(Microversion("1") == nil)
        #expect(Microversion("1.+1") == nil)
    }

    @Test func `a secret does not print`() {
        let secret = Secret("hunter2")
        #expect("\(secret) \(String(reflecting: secret))" == "*** ***")
    }

    @Test func `names of classes and traits`() {
        #expect(ResourceClass("CUSTOM_QAT")?.isCustom == true)
        #expect(ResourceClass("custom") == nil)
        #expect(Trait("HW_CPU-X") == nil)
        #expect(Inventory(total: 10, reserved: 3, allocationRatio: 1.5).capacity == 10)
    }
}
