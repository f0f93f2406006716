import FoundationEssentials
import Model
import Testing

@Suite struct JSONEscapingTests {
    @Test(arguments: [
        ("plain ä", #""plain ä""#, #""plain \u00e4""#), (#"a"b\c"#, #""a\"b\\c""#, #""a\"b\\c""#),
        ("\n\r\t\u{1}", #""\n\r\t\u0001""#, #""\n\r\t\u0001""#),
        ("\u{1f600}\u{7f}", "\"\u{1f600}\u{7f}\"", #""\ud83d\ude00\u007f""#), ("", #""""#, #""""#),
    ])
    func `text is quoted`(text: String, quoted: String, ascii: String) throws {
        #expect(JSONEscaping.quoted(text) == quoted)
        #expect(JSONEscaping.quoted(text, asciiOnly: true) == ascii)
        for form in [quoted, ascii] {
            #expect(try JSONDecoder().decode([String].self, from: Data("[\(form)]".utf8)) == [text])
        }
    }
}
