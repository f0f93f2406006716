import Model
import Search
import Store

/// One write transaction of Placement: the database transaction, its time, and the providers that it changed.
///
/// Every change of a provider goes through `touch`, which increases its revision. Closing the ledger records the
/// changes for the indexes of all replicas, in the same transaction.
final class Ledger {
    let transaction: any Transaction
    let now: Timestamp
    /// The change of each changed provider.
    private(set) var touched: [ResourceProviderID: ProviderChange] = [:]

    /// Providers whose change is in the log already.
    private var noted: Set<ResourceProviderID> = []

    /// The kind of Placement's changes in `change_log`.
    static let changeKind = "provider"

    init(_ transaction: any Transaction, at now: Timestamp) {
        self.transaction = transaction
        self.now = now
    }

    /// Increases a provider's generation by `times`, and its revision. Throws 409 if the generation is no longer
    /// `seen`.
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

    /// Increases a provider's revision, but not its generation.
    func touch(_ id: ResourceProviderID) throws {
        let revision: Int64? = try transaction.first(
            "UPDATE resource_providers SET revision = revision + 1 WHERE uuid = \(id) RETURNING revision"
        ) { row in try row[0] }
        if let revision { record(id, revision) }
    }

    /// Records a provider whose row was created or deleted.
    func remember(_ id: ResourceProviderID, revision: Int64, _ extent: ProviderChange.Extent) {
        touched[id] = ProviderChange(revision: revision, steps: 1, extent: extent)
    }

    /// Records a provider of which only the used amounts changed, in a statement that increased the revision by one and
    /// wrote to the change log, too.
    func remember(noted id: ResourceProviderID, revision: Int64, used: [ResourceClass: Int]) {
        touched[id] = ProviderChange(revision: revision, steps: 1, extent: .used(used))
        noted.insert(id)
    }

    /// Declares that nothing else of the provider changed in this transaction, so that it need not be read again.
    func changedOnly(_ extent: ProviderChange.Extent, of id: ResourceProviderID) {
        if touched[id]?.steps == 1 { touched[id]?.extent = extent }
    }

    private func record(_ id: ResourceProviderID, _ revision: Int64) {
        let steps = (touched[id]?.steps ?? 0) + 1
        touched[id] = ProviderChange(revision: revision, steps: steps, extent: .anything)
    }

    /// Records the changes. This must be the last statement of the transaction.
    func close() throws {
        for (id, change) in touched.sorted(by: { $0.key < $1.key }) where !noted.contains(id) {
            try transaction.note(change: Self.changeKind, key: "\(id)", generation: change.revision)
        }
    }
}

/// The change of one provider by one transaction.
struct ProviderChange: Sendable, Equatable {
    /// Its present revision.
    var revision: Int64
    /// By how many the transaction increased the revision.
    var steps: Int64
    /// What changed.
    var extent: Extent

    enum Extent: Sendable, Equatable {
        /// The used amounts of these classes.
        case used([ResourceClass: Int])
        /// Its inventories; the new ones.
        case stocks([ProviderDescription.Stock])
        /// Its traits; the new ones.
        case traits([Trait])
        /// The provider was created, without inventories or traits.
        case made(parent: ResourceProviderID?, root: ResourceProviderID)
        case removed
        case anything
    }
}
