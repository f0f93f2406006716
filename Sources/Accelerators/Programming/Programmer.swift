import Conventions
import Model
import Store

/// Takes the call that an image be loaded onto a deployable.
struct Programmer: Sendable {
    let store: any StateStore
    let images: ImageDesk
    let book: ProgrammingBook
    let time: TimeSource

    /// Begins it. Throws 404 for a deployable or an image that is not there, 409 with the reason where it cannot be done now.
    func start(
        _ image: ImageID, onto deployable: DeployableID, for caller: Caller, by actor: Actor
    ) async throws -> WorkflowID {
        try await store.read { transaction in
            let target = try Self.target(deployable, in: transaction)
            try target.checkDriver()
            try target.checkFree()
        }
        let plan = try await images.plan(image, for: caller)
        let now = time.now()
        return try await store.write { [book] transaction in
            let target = try Self.target(deployable, in: transaction)
            try target.checkDriver()
            try target.checkFree()
            if let objection = ImageFitness.objection(plan.properties, to: target) {
                throw Fault.conflict("The image \(image) does not fit deployable \(deployable): \(objection).")
            }
            return try book.start(plan, onto: target, by: actor, at: now, in: transaction)
        }
    }

    private static func target(_ id: DeployableID, in transaction: any Transaction) throws -> ProgrammingTarget {
        guard let target = try ProgrammingTarget(of: id, in: transaction) else {
            throw Fault.notFound("There is no deployable \(id).")
        }
        return target
    }
}
