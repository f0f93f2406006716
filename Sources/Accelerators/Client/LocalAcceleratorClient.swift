import API
package import Clients
package import Conventions
package import Model
package import Store

/// The accelerator service for other parts of the same process: its rules without HTTP, inside the caller's transaction.
package struct LocalAcceleratorClient: AcceleratorWrites {
    private let binder: Binder

    public init(_ service: AcceleratorService) {
        binder = service.binder
    }

    public func limits(on bindings: [AcceleratorBinding]) async throws -> [LimitCheck] {
        guard !bindings.isEmpty else { return [] }
        return try await binder.checks(for: RequestPatch(bindings), as: .house)
    }

    public func bind(
        _ bindings: [AcceleratorBinding], within limits: [LimitCheck], by actor: Actor, at now: Timestamp,
        in transaction: any Transaction
    ) throws -> [AcceleratorRequestID] {
        guard !bindings.isEmpty else { return [] }
        let checks = Binder.Checks(limits: limits, claims: .nothing)
        do {
            return try binder.carryOut(
                RequestPatch(bindings), as: .house, by: actor, checks, nil, at: now, in: transaction)
        } catch is Successions.Division {
            throw Fault.conflict(
                "The resource provider was divided when its host's layout changed; schedule again. Nothing was bound.")
        }
    }

    public func release(
        _ instance: InstanceID, by actor: Actor, at now: Timestamp, in transaction: any Transaction
    ) throws {
        try binder.release(instance, by: actor, at: now, in: transaction)
    }
}

extension RequestPatch {
    /// Held to what was claimed, as binds of the newest version are.
    fileprivate init(_ bindings: [AcceleratorBinding]) throws(Fault) {
        var changes: [AcceleratorRequestID: Change] = [:]
        for binding in bindings {
            let target = Target(
                host: binding.host, resourceProvider: binding.provider, instance: binding.instance,
                project: binding.project)
            guard changes.updateValue(.bind(target), forKey: binding.request) == nil else {
                throw .badRequest("The accelerator request \(binding.request) is named twice.")
            }
        }
        self.init(changes, version: Accountability.version.number)
    }
}
