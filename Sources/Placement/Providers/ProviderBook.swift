import Model
import Store

/// Reads and writes providers and their place in trees, inside a transaction.
enum ProviderBook {
    static func find(_ id: ResourceProviderID, in transaction: any Transaction) throws -> ResourceProvider? {
        try transaction.first("SELECT \(ResourceProvider.columns) FROM resource_providers p WHERE p.uuid = \(id)") {
            row in try ResourceProvider(row)
        }
    }

    /// Throws 404 if the provider does not exist.
    static func get(_ id: ResourceProviderID, in transaction: any Transaction) throws -> ResourceProvider {
        guard let provider = try find(id, in: transaction) else { throw PlacementFault.unknownProvider(id) }
        return provider
    }

    static func find(_ ids: Set<ResourceProviderID>, in transaction: any Transaction) throws
        -> [ResourceProviderID: ResourceProvider]
    {
        let found = try transaction.all(
            "SELECT \(ResourceProvider.columns) FROM resource_providers p WHERE p.uuid IN \(list: ids.sorted())"
        ) { row in try ResourceProvider(row) }
        return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
    }

    static func create(
        _ id: ResourceProviderID, name: String, parent: ResourceProviderID?, in ledger: Ledger
    ) throws -> ResourceProvider {
        let problem = "Unable to create resource provider \"\(name)\", \(id):"
        guard parent != id else {
            throw Fault.badRequest(
                "\(problem) parent provider UUID cannot be same as UUID. Leave it out for a root provider.",
                field: "parent_provider_uuid")
        }
        var root = id
        if let parent {
            guard let above = try find(parent, in: ledger.transaction) else {
                throw Fault.badRequest(
                    "\(problem) parent provider UUID does not exist.", field: "parent_provider_uuid")
            }
            root = above.root
        }
        let provider = ResourceProvider(
            id: id, name: name, generation: 0, revision: ledger.now.microseconds, parent: parent, root: root,
            updatedAt: ledger.now)
        let taken = try ledger.transaction.first(
            "SELECT uuid FROM resource_providers WHERE uuid = \(id) OR name = \(name) ORDER BY uuid LIMIT 1"
        ) { row in try row[0] as ResourceProviderID }
        if let taken {
            let what = taken == id ? "uuid: \(id)" : "name: \(name)"
            throw Fault.conflict(
                "Conflicting resource provider \(what) already exists.", code: PlacementFault.Code.duplicateName)
        }
        try ledger.transaction.execute(
            """
            INSERT INTO resource_providers (uuid, name, generation, revision, parent, root, created_at, updated_at)
            VALUES (\(id), \(name), 0, \(provider.revision), \(parent), \(root), \(ledger.now), \(ledger.now))
            """)
        ledger.remember(id, revision: provider.revision, .made(parent: parent, root: root))
        return provider
    }

    /// The parent of a provider after an update.
    enum Place: Sendable, Equatable {
        case unchanged
        case root
        case below(ResourceProviderID)
    }

    /// Renames or moves a provider. The generation does not change.
    static func update(
        _ id: ResourceProviderID, name: String, place: Place, mayMove: Bool, in ledger: Ledger
    ) throws -> ResourceProvider {
        var provider = try get(id, in: ledger.transaction)
        let holder: ResourceProviderID? = try ledger.transaction.first(
            "SELECT uuid FROM resource_providers WHERE name = \(name)"
        ) { row in try row[0] }
        if let holder, holder != id {
            throw Fault.conflict(
                "Conflicting resource provider \(name) already exists.", code: PlacementFault.Code.duplicateName)
        }
        let root = try newRoot(of: provider, place, mayMove: mayMove, in: ledger.transaction)
        if case .below(let parent) = place { provider.parent = parent }
        if case .root = place { provider.parent = nil }
        provider.name = name
        provider.updatedAt = ledger.now
        try ledger.transaction.execute(
            """
            UPDATE resource_providers SET name = \(name), parent = \(provider.parent), updated_at = \(ledger.now)
            WHERE uuid = \(id)
            """)
        if root != provider.root {
            try move(id, to: root, in: ledger)
            provider.root = root
        } else {
            try ledger.touch(id)
        }
        return provider
    }

    private static func newRoot(
        of provider: ResourceProvider, _ place: Place, mayMove: Bool, in transaction: any Transaction
    ) throws -> ResourceProviderID {
        func refused(_ reason: String) -> Fault {
            .badRequest(
                "Unable to save resource provider \(provider.id): \(reason)", field: "parent_provider_uuid")
        }
        switch place {
        case .unchanged: return provider.root
        case .root:
            guard provider.parent != nil else { return provider.root }
            guard mayMove else {
                throw refused("un-parenting a provider is not currently allowed; it needs version 1.37.")
            }
            return provider.id
        case .below(let parent):
            guard let above = try find(parent, in: transaction) else {
                throw refused("parent provider UUID does not exist.")
            }
            if provider.parent == parent { return provider.root }
            guard mayMove || provider.parent == nil else {
                throw refused("re-parenting a provider is not currently allowed; it needs version 1.37.")
            }
            guard try !subtree(of: provider.id, in: transaction).contains(parent) else {
                throw refused("creating loop in the provider tree is not allowed.")
            }
            return above.root
        }
    }

    /// `id` and everything below it.
    static func subtree(of id: ResourceProviderID, in transaction: any Transaction) throws -> [ResourceProviderID] {
        try transaction.all(
            """
            WITH RECURSIVE below(uuid) AS (
                SELECT uuid FROM resource_providers WHERE uuid = \(id)
                UNION SELECT p.uuid FROM resource_providers p JOIN below b ON p.parent = b.uuid)
            SELECT uuid FROM below
            """
        ) { row in try row[0] }
    }

    private static func move(_ id: ResourceProviderID, to root: ResourceProviderID, in ledger: Ledger) throws {
        for member in try subtree(of: id, in: ledger.transaction) {
            try ledger.transaction.execute("UPDATE resource_providers SET root = \(root) WHERE uuid = \(member)")
            try ledger.touch(member)
        }
    }

    static func delete(_ id: ResourceProviderID, in ledger: Ledger) throws {
        let transaction = ledger.transaction
        guard let provider = try find(id, in: transaction) else {
            throw Fault.notFound("No resource provider with uuid \(id) found for delete.")
        }
        if try transaction.exists("SELECT 1 FROM resource_providers WHERE parent = \(id) LIMIT 1") {
            throw Fault.conflict(
                "Unable to delete parent resource provider \(id): It has child resource providers. Delete them first.",
                code: PlacementFault.Code.cannotDeleteParent)
        }
        if try transaction.exists("SELECT 1 FROM allocations WHERE provider = \(id) LIMIT 1") {
            throw Fault.conflict(
                "Unable to delete resource provider \(id): Resource provider has allocations.",
                code: PlacementFault.Code.providerInUse)
        }
        for table: SQL in ["inventories", "provider_traits", "provider_aggregates"] {
            try transaction.execute("DELETE FROM \(table) WHERE provider = \(id)")
        }
        try transaction.execute("DELETE FROM resource_providers WHERE uuid = \(id)")
        ledger.remember(id, revision: provider.revision + 1, .removed)
    }
}
