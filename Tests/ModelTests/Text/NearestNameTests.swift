import Model
import Testing

@Suite struct NearestNameTests {
    private static let names = ["vendor_id", "product_id", "address", "fake", "log.level"]

    @Test(arguments: [
        ("vendorid", "vendor_id"), ("adress", "address"), ("Vendor", "vendor_id"), ("fakr", "fake"),
        ("log.levle", "log.level"), ("colour", nil), ("", nil), ("fa", nil),
    ])
    func `what was probably meant, and nothing far off`(word: String, meant: String?) {
        #expect(NearestName.find(word, among: Self.names) == meant)
    }

    @Test func `among equals the first in order`() {
        #expect(NearestName.find("abcx", among: ["abcz", "abcy"]) == "abcy")
        #expect(NearestName.find("a", among: []) == nil)
    }
}
