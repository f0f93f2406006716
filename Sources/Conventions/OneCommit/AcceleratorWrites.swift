public import Clients
public import Model
public import Store

/// What the accelerator service does inside a transaction of its caller, so that a claim, the handles that are bound for it and the server
/// that they are for are one commit: all, or none. Offered where the service lies in the caller's database; over HTTP there is none, and a
/// bind is a step with an undo.
///
/// Nothing is left to do after the commit: work of hosts and news of a bind are written in the transaction. What is thrown must leave the
/// transaction's body, so that it rolls back.
///
///     let limits = try await accelerators.limits(on: bindings)
///     let after = try await store.write { transaction in
///         let after = try placement.claim([claim], at: now, in: transaction)
///         _ = try accelerators.bind(bindings, within: limits, by: actor, at: now, in: transaction)
///         return after
///     }
///     await after.run()
public protocol AcceleratorWrites: Sendable {
    /// How many accelerators the owners may have, which a transaction must not wait for. Throws 503 where that cannot be read.
    func limits(on bindings: [AcceleratorBinding]) async throws -> [LimitCheck]

    /// Binds all of these requests, or throws. Their instances have claimed what they name: the caller did so in this transaction, or before.
    ///
    /// Throws 403 where a limit would be passed, 404 where there is no such request or no free handle, 409 where the host is another than the
    /// device's or what is named moved on, 400 where a request is another project's or an instance has requests already.
    ///
    /// - Returns: the requests for which hosts have to prepare yet
    func bind(
        _ bindings: [AcceleratorBinding], within limits: [LimitCheck], by actor: Actor, at now: Timestamp,
        in transaction: any Transaction
    ) throws -> [AcceleratorRequestID]

    /// Deletes the instance's requests, whose handles go back; done also where there are none.
    func release(_ instance: InstanceID, by actor: Actor, at now: Timestamp, in transaction: any Transaction) throws
}
