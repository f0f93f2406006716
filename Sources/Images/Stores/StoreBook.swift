import Model
import Store

/// The marks of stores, inside the caller's transaction.
enum StoreBook {
    /// The mark of a store, which is `proposed` where it has none yet, and whether it is on the medium, as far as is known.
    static func mark(
        of store: StoreName, proposing proposed: StoreMark, in transaction: any Transaction
    ) throws -> (mark: StoreMark, isMarked: Bool) {
        try transaction.execute(
            """
            INSERT INTO image_stores (name, mark, is_marked) VALUES (\(store), \(proposed), 0)
            ON CONFLICT (name) DO NOTHING
            """)
        let found = try transaction.first("SELECT mark, is_marked FROM image_stores WHERE name = \(store)") { row in
            (mark: try row[0] as StoreMark, isMarked: try row[1] as Bool)
        }
        return found ?? (proposed, false)
    }

    static func setMarked(_ store: StoreName, in transaction: any Transaction) throws {
        try transaction.execute("UPDATE image_stores SET is_marked = 1 WHERE name = \(store)")
    }
}
