import Store

/// A table to try things on.
let things = Migration(
    room: "test", number: 1, title: "things",
    statements: [
        """
        CREATE TABLE things (
            name TEXT PRIMARY KEY, amount BIGINT NOT NULL CHECK (amount >= 0), ratio DOUBLE PRECISION, bytes BLOB,
            generation BIGINT NOT NULL DEFAULT 0)
        """,
        "CREATE TABLE parts (thing TEXT NOT NULL REFERENCES things (name), room TEXT NOT NULL, number BIGINT NOT NULL)",
        "CREATE UNIQUE INDEX parts_by_number ON parts (room, number)",
    ])

extension Transaction {
    func addThing(_ name: String, _ amount: Int = 0) throws {
        try execute("INSERT INTO things (name, amount) VALUES (\(name), \(amount))")
    }

    func amount(_ name: String) throws -> Int? {
        try first("SELECT amount FROM things WHERE name = \(name)") { row in try row[0] as Int }
    }
}
