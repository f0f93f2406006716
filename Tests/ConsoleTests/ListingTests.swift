import Model
import Testing

@testable import Console

@Suite struct ListingTests {
    private let rows: [JSONValue] = [
        .object([
            .init("host", .text("node1")), .init("up", .bool(true)), .init("devices", .integer(3)),
            .init("drivers", .array([.text("pci")])),
        ]),
        .object([.init("host", .text("a \"b\"\nc")), .init("up", .null)]),
    ]
    private var listing: Listing { Listing(rows, columns: ["host", "up", "devices"]) }

    @Test func `a table`() {
        #expect(
            listing.text(.table) == """
                +-------+------+---------+
                | host  | up   | devices |
                +-------+------+---------+
                | node1 | True | 3       |
                | a "b" | None | None    |
                | c     |      |         |
                +-------+------+---------+

                """)
        #expect(Listing([], columns: ["host"]).text(.table) == "+------+\n| host |\n+------+\n")
    }

    @Test func `for scripts`() {
        #expect(listing.text(.value, columns: ["devices", "drivers"]) == "3 [\"pci\"]\nNone None\n")
        #expect(
            listing.text(.csv)
                == "\"host\",\"up\",\"devices\"\n\"node1\",\"True\",\"3\"\n\"a \"\"b\"\"\nc\",\"None\",\"None\"\n")
        let json = listing.text(.json, columns: ["up", "nothing"])
        #expect(
            (try? JSONValue(json: Array(json.utf8)))
                == .array([
                    .object([.init("up", .bool(true)), .init("nothing", .null)]),
                    .object([.init("up", .null), .init("nothing", .null)]),
                ]))
        #expect(Listing([], columns: ["host"]).text(.json) == "[]\n")
    }

    @Test func `one object, a member a line and without its links`() {
        let one = Listing(
            one: .object([.init("host", .text("n")), .init("links", .array([])), .init("n", .integer(1))]))
        #expect(one.text(.value) == "n\n1\n")
        #expect(
            one.text(.table, columns: ["n"])
                == "+-------+-------+\n| Field | Value |\n+-------+-------+\n| n     | 1     |\n+-------+-------+\n")
        #expect(one.text(.json) == "{\n  \"host\": \"n\",\n  \"n\": 1\n}\n")
    }
}
