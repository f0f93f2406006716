import Model
import Testing

@testable import API

@Suite("JSON")
struct JSONTests {
    @Test(
        "what is no JSON is refused",
        arguments: [
            "", " ", "{", "}", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "nul", "01", "1.", "-", "+1",
            "NaN",
            "Infinity", "1e999", "\"", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\u0000\"", "\"\u{1}\"", "1 2", "'a'",
        ])
    func refused(text: String) {
        #expect(throws: Fault.self) { _ = try JSONParser.parse(Array(text.utf8)) }
    }

    @Test("bytes that are not UTF-8, and nesting without end, are refused")
    func hostile() {
        #expect(throws: Fault.self) { _ = try JSONParser.parse([0x22, 0xff, 0x22]) }
        #expect(throws: Fault.self) {
            _ = try JSONParser.parse(Array(String(repeating: "[", count: 100_000).utf8))
        }
    }

    @Test("values survive being written and read")
    func roundTrip() throws {
        let text = #"{"a":[1,-2,3.5,true,false,null,"x\"\\\n\té😀"],"b":{},"c":[],"d":1e3}"#
        let value = try JSONParser.parse(Array(text.utf8))
        var writer = JSONWriter()
        writer.value(value)
        #expect(try JSONParser.parse(writer.bytes) == value)
        #expect(value["d"] == .number(1000))
        #expect(try JSONParser.parse(Array(#""\ud83d\ude00\u00e9""#.utf8)) == .text("😀é"))
    }

    @Test("the writer separates and escapes")
    func writer() {
        var json = JSONWriter()
        json.object { json in
            json.member("a", 1)
            json.member("b", String?.none)
            json.member("c") { json in json.array([1, 2]) { json, number in json.value(number) } }
            json.member("d", "\u{1}\"")
            json.member("e", 16.0)
            json.member("f", true)
        }
        #expect(
            String(decoding: json.bytes, as: UTF8.self)
                == #"{"a":1,"b":null,"c":[1,2],"d":"\u0001\"","e":16.0,"f":true}"#)
    }

    struct Group: Decodable {
        enum Colour: String, Decodable, CaseIterable { case red, blue }
        var name: String
        var colour: Colour
        var weight: Double?
        var children: [Child]
        var id: ResourceProviderID
        struct Child: Decodable { var size: Int }
    }

    @Test("a type's schema is what its decoder is asked for")
    func recording() {
        guard case .object(let schema) = Schema.of(Group.self) else {
            Issue.record("not an object")
            return
        }
        #expect(schema.properties.map(\.name) == ["name", "colour", "weight", "children", "id"])
        #expect(schema.properties.map(\.isRequired) == [true, true, false, true, true])
        #expect(schema.properties[1].schema == .oneOfTexts(["red", "blue"]))
        #expect(schema.properties[4].schema == .uuid)
        guard case .array(of: .object(let child), _, _, _) = schema.properties[3].schema else {
            Issue.record("children are no array of objects")
            return
        }
        #expect(child.properties.map(\.name) == ["size"])
    }

    @Test(
        "the validator names place and reason",
        arguments: [
            (#"{"a":1}"#, "list"), (#"{"list":1}"#, "list"), (#"{"list":[]}"#, "list"),
            (#"{"list":[{"n":0}]}"#, "list[0].n"), (#"{"list":[{"n":11}]}"#, "list[0].n"),
            (#"{"list":[{"n":1,"t":"x"}]}"#, "list[0].t"), (#"{"list":[{"n":1,"m":1}]}"#, "list[0].m"),
            (#"{"list":[{"n":1.5}]}"#, "list[0].n"), ("[]", ""),
            (#"{"list":[{"n":1},{"n":1}]}"#, "list"), (#"{"list":[{"n":1}],"CUSTOM_1":"x"}"#, "CUSTOM_1"),
            (#"{"list":[{"n":1}],"lower":1}"#, "lower"),
        ])
    func validator(text: String, place: String) throws {
        let schema = Schema.object(
            ObjectSchema(
                [
                    .init(
                        "list",
                        .array(
                            of: .object(
                                ObjectSchema([
                                    .init("n", .integerRange(1, 10)),
                                    .init(
                                        "t", .text(minLength: 2, maxLength: nil, pattern: "^[a-z]+$", format: nil),
                                        required: false),
                                ])), minItems: 1, maxItems: 2, unique: true))
                ], others: .each(keyPattern: "^[A-Z0-9_]+$", .integer)))
        let problem = try #require(schema.problem(with: try JSONParser.parse(Array(text.utf8))))
        #expect(problem.path == place)
        let good = #"{"list":[{"n":1,"t":"abc"}],"CUSTOM_1":2.0}"#
        #expect(schema.problem(with: try JSONParser.parse(Array(good.utf8))) == nil)
    }

    @Test("long elements that begin alike are not the same")
    func uniqueness() throws {
        let schema = Schema.array(of: .string, minItems: nil, maxItems: nil, unique: true)
        let long = String(repeating: "x", count: 200)
        #expect(schema.problem(with: .array([.text(long + "a"), .text(long + "b")])) == nil)
        #expect(schema.problem(with: .array([.text(long), .text(long)]))?.keyword == "uniqueItems")
    }

    @Test("an object has a bounded number of members that nobody asked for")
    func members() throws {
        let schema = Schema.object(ObjectSchema([.init("a", .integer)], others: .ignored))
        func object(_ count: Int) -> JSONValue {
            .object([.init("a", .integer(1))] + (0..<count).map { .init("x\($0)", .integer($0)) })
        }
        #expect(schema.problem(with: object(1000)) == nil)
        #expect(schema.problem(with: object(1001))?.keyword == "maxProperties")
        // The last of a repeated name counts for the reader; each is checked.
        let twice = JSONValue.object([.init("a", .integer(1)), .init("a", .text("x"))])
        #expect(schema.problem(with: twice)?.path == "a")
    }

    private struct Tagged: Encodable {
        let zebra = 1
        let apple = 2
        let facts = ["c": "3", "a": "1", "b": "2", "d": "4", "e": "5"]
    }

    @Test("an object's members have one order in every answer")
    func order() throws {
        let first = try Reply.json(Tagged())
        guard case .bytes(let bytes) = first.body else {
            Issue.record("an answer of another form")
            return
        }
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == #"{"apple":2,"facts":{"a":"1","b":"2","c":"3","d":"4","e":"5"},"zebra":1}"#)
    }
}
