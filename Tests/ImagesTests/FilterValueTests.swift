import Model
import Testing

@testable import Images

@Suite struct FilterValueTests {
    @Test(
        arguments: [
            ("a,b", ["a", "b"]), ("\"b,c\",d", ["b,c", "d"]), ("a", ["a"]), ("", []), ("a,", ["a"]), ("\"\"", [""]),
            ("\"a\\\"b\"", ["a\"b"]), (",a", ["", "a"]),
        ] as [(String, [String])]) func `a list has commas, and quotes around commas`(text: String, values: [String])
        throws
    {
        #expect(try FilterValue.list(text, of: "name") == values)
    }

    @Test(arguments: ["\"a", "a\"b\"", "\"a\"b", "\"a\",\"b"]) func `quotes that do not match are refused`(
        text: String
    ) {
        #expect(throws: Fault.self) { try FilterValue.list(text, of: "name") }
    }

    @Test func `what stands before a colon is an operator`() throws {
        #expect(try FilterValue.texts("a", of: "name") == .equal("a"))
        #expect(try FilterValue.texts("eq:a:b", of: "name") == .equal("a:b"))
        #expect(try FilterValue.texts("in:a,b", of: "name") == .oneOf(["a", "b"]))
        #expect(throws: Fault.self) { try FilterValue.texts("neq:a", of: "name") }
        #expect(throws: Fault.self) { try FilterValue.texts("http://a", of: "name") }
    }

    @Test func `a moment may follow a comparison`() throws {
        let moment = try #require(Timestamp(iso: "2026-11-30T12:00:00Z"))
        #expect(try FilterValue.moment("2026-11-30T12:00:00Z", of: "created_at") == .compared(.eq, moment))
        #expect(try FilterValue.moment("gte:2026-11-30T12:00:00Z", of: "created_at") == .compared(.gte, moment))
        #expect(throws: Fault.self) { try FilterValue.moment("about:2026-11-30T12:00:00Z", of: "created_at") }
        #expect(throws: Fault.self) { try FilterValue.moment("gt:yesterday", of: "created_at") }
    }
}
