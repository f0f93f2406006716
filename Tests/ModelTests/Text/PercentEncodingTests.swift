import Model
import Testing

@Suite struct PercentEncodingTests {
    @Test(arguments: [
        ("azAZ09-._~", "azAZ09-._~"), ("a b&c=d+e", "a%20b%26c%3Dd%2Be"), ("\u{e4}/\u{1f600}", "%C3%A4%2F%F0%9F%98%80"),
        ("\u{0}\u{f}%", "%00%0F%25"), ("", ""),
    ])
    func `only what needs none is left as it is`(text: String, encoded: String) {
        #expect(text.percentEncoded == encoded)
    }
}
