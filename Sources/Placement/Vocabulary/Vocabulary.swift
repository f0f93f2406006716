import Model
import Store

/// The resource classes and traits that exist: the standard ones, and custom ones that were created.
enum Vocabulary {
    static func knows(_ name: ResourceClass, in transaction: any Transaction) throws -> Bool {
        if StandardResourceClasses.all.contains(name) { return true }
        return try transaction.exists("SELECT 1 FROM custom_resource_classes WHERE name = \(name)")
    }

    static func knows(_ name: Trait, in transaction: any Transaction) throws -> Bool {
        if StandardTraits.all.contains(name) { return true }
        return try transaction.exists("SELECT 1 FROM custom_traits WHERE name = \(name)")
    }

    static func unknown(_ names: Set<ResourceClass>, in transaction: any Transaction) throws -> Set<ResourceClass> {
        let others = names.subtracting(StandardResourceClasses.all)
        if others.isEmpty { return [] }
        let known: [ResourceClass] = try transaction.all(
            "SELECT name FROM custom_resource_classes WHERE name IN \(list: others.sorted())"
        ) { row in try row[0] }
        return others.subtracting(known)
    }

    static func unknown(_ names: Set<Trait>, in transaction: any Transaction) throws -> Set<Trait> {
        let others = names.subtracting(StandardTraits.all)
        if others.isEmpty { return [] }
        let known: [Trait] = try transaction.all(
            "SELECT name FROM custom_traits WHERE name IN \(list: others.sorted())"
        ) { row in try row[0] }
        return others.subtracting(known)
    }

    /// Creates a custom class or trait; returns false if it existed already.
    static func add(_ name: ResourceClass, in ledger: Ledger) throws -> Bool {
        try ledger.transaction.execute(
            """
            INSERT INTO custom_resource_classes (name, created_at) VALUES (\(name), \(ledger.now))
            ON CONFLICT (name) DO NOTHING
            """) == 1
    }

    static func add(_ name: Trait, in ledger: Ledger) throws -> Bool {
        try ledger.transaction.execute(
            """
            INSERT INTO custom_traits (name, created_at) VALUES (\(name), \(ledger.now)) ON CONFLICT (name) DO NOTHING
            """) == 1
    }
}
