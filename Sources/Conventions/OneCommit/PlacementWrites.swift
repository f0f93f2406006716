public import Clients
public import Model
public import Store

/// What Placement does inside a transaction of its caller, so that a claim and what it is for are one commit: both, or neither. Offered
/// where Placement lies in the caller's database; over HTTP there is none, and a claim is a step with an undo.
///
/// What is thrown must leave the transaction's body, so that it rolls back.
///
///     let after = try await store.write { transaction in
///         let after = try placement.claim([claim], at: now, in: transaction)
///         try servers.insert(server, in: transaction)
///         return after
///     }
///     await after.run()
public protocol PlacementWrites: Sendable {
    /// Writes all of these claims. Throws 409 where one does not fit or the consumer has moved on, 400 where a provider or class is unknown.
    func claim(_ claims: [AllocationClaim], at now: Timestamp, in transaction: any Transaction) throws -> AfterCommit
    /// Gives back all that the consumer holds; done also where that is nothing.
    func release(_ consumer: ConsumerID, at now: Timestamp, in transaction: any Transaction) throws -> AfterCommit
}
