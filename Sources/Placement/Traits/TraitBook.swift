import Model
import Store

/// The traits of providers, inside a transaction.
enum TraitBook {
    static func traits(of id: ResourceProviderID, in transaction: any Transaction) throws -> Set<Trait> {
        Set(try transaction.all("SELECT trait FROM provider_traits WHERE provider = \(id)") { row in try row[0] })
    }

    /// Replaces all traits by `wanted`. The generation changes only if the set changes. Returns the generation.
    static func replace(
        of id: ResourceProviderID, from seen: Int?, by wanted: Set<Trait>, in ledger: Ledger
    ) throws -> Int {
        let transaction = ledger.transaction
        let provider = try ProviderBook.get(id, in: transaction)
        if let seen, provider.generation != seen { throw PlacementFault.generationConflict() }
        let unknown = try Vocabulary.unknown(wanted, in: transaction)
        guard unknown.isEmpty else {
            throw Fault.badRequest(
                "No such trait \(unknown.map(\.name).sorted().joined(separator: ", ")); create custom traits first, with "
                    + "PUT /traits/{name}.", field: "traits")
        }
        let present = try traits(of: id, in: transaction)
        guard present != wanted else { return provider.generation }
        let dropped = present.subtracting(wanted)
        if !dropped.isEmpty {
            try transaction.execute(
                "DELETE FROM provider_traits WHERE provider = \(id) AND trait IN \(list: dropped.sorted())")
        }
        for trait in wanted.subtracting(present).sorted() {
            try transaction.execute("INSERT INTO provider_traits (provider, trait) VALUES (\(id), \(trait))")
        }
        let generation = try ledger.advance(id, from: provider.generation)
        ledger.changedOnly(.traits(wanted.sorted()), of: id)
        return generation
    }
}
