public import Clients
public import Conventions
public import Model
public import Store

/// Claims inside the caller's transaction.
extension LocalPlacementClient: PlacementWrites {
    public func claim(
        _ claims: [AllocationClaim], at now: Timestamp, in transaction: any Transaction
    ) throws -> AfterCommit {
        let claims = try claims.map { claim in try ConsumerClaim(claim) }
        return try write(at: now, in: transaction) { try ClaimBook(ledger: $0).write(claims) }
    }

    public func release(
        _ consumer: ConsumerID, at now: Timestamp, in transaction: any Transaction
    ) throws -> AfterCommit {
        try write(at: now, in: transaction) { _ = try ClaimBook(ledger: $0).release(consumer) }
    }

    private func write(
        at now: Timestamp, in transaction: any Transaction, _ body: (Ledger) throws -> Void
    ) throws -> AfterCommit {
        let ledger = Ledger(transaction, at: now)
        try body(ledger)
        try ledger.close()
        let touched = ledger.touched
        return AfterCommit { [coherence = state.coherence] in await coherence.follow(touched) }
    }
}

extension ConsumerClaim {
    /// Throws 400 for amounts that no body of the API could hold.
    fileprivate init(_ claim: AllocationClaim) throws(Fault) {
        for (provider, amounts) in claim.allocations {
            for (name, amount) in amounts where !(1...Inventory.limit).contains(amount) {
                throw .badRequest(
                    "A claim of \(amount) of '\(name)' on resource provider '\(provider)' cannot be; it must be from 1 to "
                        + "\(Inventory.limit).", field: "allocations")
            }
        }
        self.init(
            consumer: claim.consumer, allocations: claim.allocations, project: claim.project, user: claim.user,
            type: claim.type, generation: claim.generation.map { .exactly($0) } ?? .absent)
    }
}
