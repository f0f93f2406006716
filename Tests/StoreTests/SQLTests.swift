import Store
import Testing

@Suite struct SQLTests {
    @Test func `values stay apart from the text`() {
        let name = "x'; DROP TABLE t; --"
        let query: SQL = "SELECT * FROM t WHERE name = \(name) AND n = \(3)"
        #expect(query.render(.sqlite) == "SELECT * FROM t WHERE name = ? AND n = ?")
        #expect(query.render(.postgresql) == "SELECT * FROM t WHERE name = $1 AND n = $2")
        #expect(query.values == [.text(name), .integer(3)])
    }

    @Test func `pieces join and number on`() {
        var query: SQL = "a = \(1)"
        query += " AND \("b = \(2)" as SQL)"
        #expect(query.render(.postgresql) == "a = $1 AND b = $2")
        #expect(query.values == [.integer(1), .integer(2)])
    }

    @Test func `lists, and nothing for an empty one`() {
        let some: SQL = "id IN \(list: ["a", "b"])"
        #expect(some.render(.postgresql) == "id IN ($1, $2)")
        let none: SQL = "id IN \(list: [String]())"
        #expect(none.render(.sqlite) == "id IN (NULL)")
        let absent: String? = nil
        let null: SQL = "\(absent)"
        #expect(null.values == [.null])
    }

    @Test func `columns as arrays`() {
        let query: SQL = "SELECT * FROM unnest(\(texts: ["a", nil, #"b"\c"#, "NULL", "{,}"]), \(numbers: [1, -2]))"
        #expect(query.render(.postgresql) == "SELECT * FROM unnest(CAST($1 AS TEXT[]), CAST($2 AS BIGINT[]))")
        #expect(query.values == [.text(#"{"a",NULL,"b\"\\c","NULL","{,}"}"#), .text("{1,-2}")])
        let none: SQL = "\(texts: [])\(numbers: [])"
        #expect(none.values == [.text("{}"), .text("{}")])
    }
}
