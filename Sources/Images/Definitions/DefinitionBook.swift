import Model
import Store

/// Reads and writes what namespaces hold, inside the caller's transaction.
enum DefinitionBook {
    /// A namespace with more would not fit into one response.
    static let most = 1000

    /// Of a namespace by name, behind `marker`.
    static func list(
        _ kind: DefinitionItem.Kind, of namespace: DefinitionNamespaceName, after marker: String? = nil,
        most: Int = DefinitionBook.most, in transaction: any Transaction
    ) throws -> [DefinitionItem] {
        let behind: SQL = marker.map { "d.name > \($0)" } ?? "1 = 1"
        return try transaction.all(
            """
            SELECT \(DefinitionItem.columns) FROM definition_items d
            WHERE d.namespace = \(namespace) AND d.kind = \(kind.rawValue) AND \(behind) ORDER BY d.name LIMIT \(most)
            """
        ) { row in try DefinitionItem(row) }
    }

    /// Throws 404 where there is none.
    static func get(
        _ kind: DefinitionItem.Kind, _ name: String, of namespace: DefinitionNamespaceName,
        in transaction: any Transaction
    ) throws -> DefinitionItem {
        let found = try transaction.first(
            """
            SELECT \(DefinitionItem.columns) FROM definition_items d
            WHERE d.namespace = \(namespace) AND d.kind = \(kind.rawValue) AND d.name = \(name)
            """
        ) { row in try DefinitionItem(row) }
        guard let found else { throw unknown(kind, name, namespace) }
        return found
    }

    /// Throws 409 where a name is taken or stands twice, 413 where the namespace is full.
    static func insert(
        _ items: [DefinitionItem], into namespace: DefinitionNamespaceName, in transaction: any Transaction
    ) throws {
        for start in stride(from: 0, to: items.count, by: batch) {
            let some = items[start..<min(start + batch, items.count)]
            var rows: SQL = ""
            for (place, item) in some.enumerated() {
                let row: SQL = """
                    (\(namespace), \(item.kind.rawValue), \(item.name), \(item.stored), \(item.created), \(item.updated))
                    """
                rows += place == 0 ? row : ", " + row
            }
            let inserted = try transaction.execute(
                """
                INSERT INTO definition_items (namespace, kind, name, document, created_at, updated_at) VALUES \(rows)
                ON CONFLICT (namespace, kind, name) DO NOTHING
                """)
            guard inserted == some.count else {
                let what = items.count == 1 ? "'\(items[0].name.shown)'" : "one of these names"
                throw Fault.conflict(
                    "The namespace '\(namespace.text.shown)' has a \(items[0].kind.rawValue) with \(what) already.")
            }
        }
        let counts = try transaction.all(
            "SELECT COUNT(*) FROM definition_items WHERE namespace = \(namespace) GROUP BY kind"
        ) { row in try row[0] as Int }
        guard counts.allSatisfy({ $0 <= most }) else {
            throw Fault(.tooLarge, "A namespace may hold \(most) definitions of a kind, and these would be more.")
        }
    }

    /// Rows of one statement.
    private static let batch = 100

    /// Writes an item anew, perhaps under another name. Throws 409 where that one is taken.
    static func replace(
        _ former: DefinitionItem, by item: DefinitionItem, in namespace: DefinitionNamespaceName,
        _ transaction: any Transaction
    ) throws {
        _ = try remove(former.kind, former.name, of: namespace, in: transaction)
        try insert([item], into: namespace, in: transaction)
    }

    /// False where there is none.
    static func remove(
        _ kind: DefinitionItem.Kind, _ name: String, of namespace: DefinitionNamespaceName,
        in transaction: any Transaction
    ) throws -> Bool {
        try transaction.execute(
            """
            DELETE FROM definition_items
            WHERE namespace = \(namespace) AND kind = \(kind.rawValue) AND name = \(name)
            """) == 1
    }

    static func removeAll(
        _ kind: DefinitionItem.Kind, of namespace: DefinitionNamespaceName, in transaction: any Transaction
    ) throws {
        try transaction.execute(
            "DELETE FROM definition_items WHERE namespace = \(namespace) AND kind = \(kind.rawValue)")
    }

    static func unknown(
        _ kind: DefinitionItem.Kind, _ name: String, _ namespace: DefinitionNamespaceName
    ) -> Fault {
        .notFound("Metadata definition \(kind.rawValue) not found: \(name.shown) in namespace \(namespace.text.shown)")
    }
}
