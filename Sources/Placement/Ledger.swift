import Model
import Search
import Store

/// One write transaction of Placement: the database transaction, its moment, and which providers it changed.
///
/// Every change of a provider goes through `touch`, which moves its revision; closing the ledger notes the changes for
/// the indexes of all replicas, in the same transaction.
final class Ledger {
    let transaction: any Transaction
    let now: Timestamp
    /// What became of each changed provider.
    private(set) var touched: [ResourceProviderID: ProviderChange] = [:]

    /// Those whose change is in the log already.
    private var noted: Set<ResourceProviderID> = []

    /// What `change_log` calls the changes of Placement.
    static let changeKind = "provider"

    init(_ transaction: any Transaction, at now: Timestamp) {
        self.transaction = transaction
        self.now = now
    }

    /// Moves a provider's generation on, by one or so many `times`, and its revision. Throws 409 where the generation is not
    /// `seen` any more.
    @discardableResult
    func advance(_ id: ResourceProviderID, from seen: Int? = nil, times: Int = 1) throws -> Int {
        var condition: SQL = "uuid = \(id)"
        if let seen { condition += " AND generation = \(seen)" }
        let moved = try transaction.first(
            """
            UPDATE resource_providers SET generation = generation + \(times), revision = revision + 1,
                updated_at = \(now)
            WHERE \(condition) RETURNING generation, revision
            """
        ) { row in (try row[0] as Int, try row[1] as Int64) }
        guard let (generation, revision) = moved else { throw PlacementFault.generationConflict() }
        record(id, revision)
        return generation
    }

    /// Moves a provider's revision on and leaves its generation alone.
    func touch(_ id: ResourceProviderID) throws {
        let revision: Int64? = try transaction.first(
            "UPDATE resource_providers SET revision = revision + 1 WHERE uuid = \(id) RETURNING revision"
        ) { row in try row[0] }
        if let revision { record(id, revision) }
    }

    /// Remembers a provider whose row was made or removed.
    func remember(_ id: ResourceProviderID, revision: Int64, _ extent: ProviderChange.Extent) {
        touched[id] = ProviderChange(revision: revision, steps: 1, extent: extent)
    }

    /// Remembers a provider whose revision moved on by one in a statement that noted it in the change log, too, and of which
    /// nothing changed but what is used.
    func remember(noted id: ResourceProviderID, revision: Int64, used: [ResourceClass: Int]) {
        touched[id] = ProviderChange(revision: revision, steps: 1, extent: .used(used))
        noted.insert(id)
    }

    /// Says that nothing of the provider changed in this transaction but this, so that it need not be read again.
    func changedOnly(_ extent: ProviderChange.Extent, of id: ResourceProviderID) {
        if touched[id]?.steps == 1 { touched[id]?.extent = extent }
    }

    private func record(_ id: ResourceProviderID, _ revision: Int64) {
        let steps = (touched[id]?.steps ?? 0) + 1
        touched[id] = ProviderChange(revision: revision, steps: steps, extent: .anything)
    }

    /// Notes what changed. The last statement of the transaction.
    func close() throws {
        for (id, change) in touched.sorted(by: { $0.key < $1.key }) where !noted.contains(id) {
            try transaction.note(change: Self.changeKind, key: "\(id)", generation: change.revision)
        }
    }
}

/// What one transaction did to a provider.
struct ProviderChange: Sendable, Equatable {
    /// The revision it has now.
    var revision: Int64
    /// How many revisions the transaction moved it on.
    var steps: Int64
    /// What of it changed.
    var extent: Extent

    enum Extent: Sendable, Equatable {
        /// What is used of these classes.
        case used([ResourceClass: Int])
        /// Its inventories, to these.
        case stocks([ProviderDescription.Stock])
        /// Its traits, to these.
        case traits([Trait])
        /// It was made, with nothing in it.
        case made(parent: ResourceProviderID?, root: ResourceProviderID)
        case removed
        case anything
    }
}
