import Model
import Store

/// Reads and writes namespaces of definitions and what they are for, inside the caller's transaction.
enum NamespaceBook {
    /// Throws 404 where there is none, or none that the caller may see.
    static func get(
        _ name: DefinitionNamespaceName, _ scope: DefinitionScope, in transaction: any Transaction
    ) throws -> DefinitionNamespace {
        let found = try transaction.first(
            """
            SELECT \(DefinitionNamespace.columns) FROM definition_namespaces n
            WHERE n.name = \(name) AND \(scope.visible)
            """
        ) { row in try DefinitionNamespace(row) }
        guard let found else { throw unknown(name) }
        return found
    }

    static func unknown(_ name: DefinitionNamespaceName) -> Fault {
        .notFound("Metadata definition namespace not found: \(name.text.shown)")
    }

    /// Throws 409 where the name is taken.
    static func insert(_ namespace: DefinitionNamespace, in transaction: any Transaction) throws {
        let inserted = try transaction.execute(
            """
            INSERT INTO definition_namespaces (name, owner, visibility, is_protected, display_name, description,
                created_at, updated_at)
            VALUES (\(namespace.name), \(namespace.owner), \(namespace.visibility.rawValue), \(namespace.isProtected),
                \(namespace.displayName), \(namespace.text), \(namespace.created), \(namespace.updated))
            ON CONFLICT (name) DO NOTHING
            """)
        guard inserted == 1 else {
            throw Fault.conflict("The metadata definition namespace '\(namespace.name.text.shown)' already exists.")
        }
    }

    /// Writes a namespace anew, perhaps under another name, with what it holds.
    static func replace(
        _ former: DefinitionNamespace, by namespace: DefinitionNamespace, in transaction: any Transaction
    ) throws {
        guard former.name == namespace.name else {
            try insert(namespace, in: transaction)
            for table in tables {
                try transaction.execute(
                    "UPDATE \(table) SET namespace = \(namespace.name) WHERE namespace = \(former.name)")
            }
            try transaction.execute("DELETE FROM definition_namespaces WHERE name = \(former.name)")
            return
        }
        try transaction.execute(
            """
            UPDATE definition_namespaces SET owner = \(namespace.owner), visibility = \(namespace.visibility.rawValue),
                is_protected = \(namespace.isProtected), display_name = \(namespace.displayName),
                description = \(namespace.text), updated_at = \(namespace.updated)
            WHERE name = \(namespace.name)
            """)
    }

    /// With all that it holds.
    static func delete(_ name: DefinitionNamespaceName, in transaction: any Transaction) throws {
        for table in tables { try transaction.execute("DELETE FROM \(table) WHERE namespace = \(name)") }
        try transaction.execute("DELETE FROM definition_namespaces WHERE name = \(name)")
    }

    private static let tables: [SQL] = ["definition_items", "definition_associations"]

    /// By namespace, what each is for.
    static func associations(
        of names: [DefinitionNamespaceName], in transaction: any Transaction
    ) throws -> [DefinitionNamespaceName: [DefinitionAssociation]] {
        guard !names.isEmpty else { return [:] }
        let found = try transaction.all(
            """
            SELECT a.namespace, \(DefinitionAssociation.columns) FROM definition_associations a
            WHERE a.namespace IN \(list: names) ORDER BY a.namespace, a.type
            """
        ) { row -> (name: DefinitionNamespaceName, association: DefinitionAssociation) in
            (try row[0], try DefinitionAssociation(row, from: 1))
        }
        return Dictionary(grouping: found) { $0.name }.mapValues { group in group.map { $0.association } }
    }

    /// Throws 409 where the namespace is for one of these types already, 413 where it is for too many. A type that nobody knew is known
    /// from then on.
    static func insert(
        _ associations: [DefinitionAssociation], of name: DefinitionNamespaceName, in transaction: any Transaction
    ) throws {
        guard !associations.isEmpty else { return }
        guard associations.count <= mostTypes else { throw full }
        var types: SQL = ""
        var rows: SQL = ""
        for (place, association) in associations.enumerated() {
            let type: SQL = "(\(association.type), \(association.created), \(association.updated))"
            let row: SQL = """
                (\(name), \(association.type), \(association.prefix), \(association.target), \(association.created),
                    \(association.updated))
                """
            types += place == 0 ? type : ", " + type
            rows += place == 0 ? row : ", " + row
        }
        try transaction.execute(
            """
            INSERT INTO definition_types (name, created_at, updated_at) VALUES \(types) ON CONFLICT (name) DO NOTHING
            """)
        let inserted = try transaction.execute(
            """
            INSERT INTO definition_associations (namespace, type, prefix, target, created_at, updated_at)
            VALUES \(rows) ON CONFLICT (namespace, type) DO NOTHING
            """)
        guard inserted == associations.count else {
            throw Fault.conflict("The namespace '\(name.text.shown)' is for one of these resource types already.")
        }
        let count: Int =
            try transaction.first(
                "SELECT COUNT(*) FROM definition_associations WHERE namespace = \(name)"
            ) { row in try row[0] } ?? 0
        guard count <= mostTypes else { throw full }
    }

    private static let mostTypes = 100
    private static let full = Fault(
        .tooLarge, "A namespace may be for \(mostTypes) types of resources, and not for more.")

    /// False where the namespace is not for this type.
    static func remove(
        type: String, of name: DefinitionNamespaceName, in transaction: any Transaction
    ) throws -> Bool {
        try transaction.execute(
            "DELETE FROM definition_associations WHERE namespace = \(name) AND type = \(type)") == 1
    }

    /// Types of resources that are known, each with the time at which it became so; nil for those that always were.
    static func types(in transaction: any Transaction) throws -> [(name: String, created: Timestamp?)] {
        try transaction.all("SELECT name, created_at FROM definition_types ORDER BY name LIMIT 1000") { row in
            (name: try row[0], created: try row[1])
        }
    }
}
