import Link
import Model
import Store

/// Binds of profiles that ask for logic: an image by its id, or whatever image has a function. It is loaded before the handle is attached,
/// unless the claimed device holds it already.
extension Binder {
    /// One image onto one device.
    struct Load: Sendable {
        let target: ProgrammingTarget
        let plan: ImagePlan
    }

    /// Looks the images up, before the transaction. Throws what `ImageDesk.plan` throws.
    func plans(
        for patch: RequestPatch, as scope: RequestScope, for caller: Caller
    ) async throws -> [AcceleratorRequestID: ImagePlan] {
        guard !patch.targets.isEmpty else { return [:] }
        let wanted = try await store.read { [self] transaction in
            let requests = try read(patch, as: scope, in: transaction).filter { request in
                if case .bind = patch.changes[request.id] { true } else { false }
            }
            return try groups(of: requests, in: transaction)
        }
        var plans: [AcceleratorRequestID: ImagePlan] = [:]
        var known: [ProfileGroup.Logic: ImagePlan] = [:]
        for (request, group) in wanted.sorted(by: { $0.key < $1.key }) {
            guard let logic = try group.logic() else { continue }
            if known[logic] == nil {
                switch logic {
                case .image(let id): known[logic] = try await images.plan(chosen: id, for: caller)
                case .function(let properties):
                    known[logic] = try await images.plan(with: properties, for: caller)
                }
            }
            plans[request] = known[logic]
        }
        return plans
    }

    /// Throws 409 for requests that ask for logic and whose image nobody looked up.
    func refuseProgramming(
        _ requests: [AcceleratorRequest], besides plans: [AcceleratorRequestID: ImagePlan],
        in transaction: any Transaction
    ) throws {
        let wanted = try groups(of: requests.filter { plans[$0.id] == nil }, in: transaction)
        guard let request = requests.first(where: { wanted[$0.id] != nil }) else { return }
        throw Fault.conflict(
            "The device profile '\(request.profileName)' asks for a bitstream or function (accel:), which can be loaded only "
                + "when its requests are bound by themselves. Nothing was bound.")
    }

    /// What has to be loaded for handles that were chosen. Throws 409 where that cannot be done now.
    func loads(
        _ wishes: [Wish], _ handles: [AcceleratorRequestID: AttachHandle],
        _ plans: [AcceleratorRequestID: ImagePlan], in transaction: any Transaction
    ) throws -> [Load] {
        var targets: [DeployableID: ProgrammingTarget] = [:]
        var wanted: [DeviceID: ImagePlan] = [:]
        var loads: [DeviceID: Load] = [:]
        for (request, _) in wishes {
            guard let plan = plans[request.id], let handle = handles[request.id] else { continue }
            guard
                let target = try targets[handle.deployable] ?? ProgrammingTarget(of: handle.deployable, in: transaction)
            else { throw Fault.conflict("The deployable \(handle.deployable) is gone. Nothing was bound.") }
            targets[handle.deployable] = target
            if let other = wanted.updateValue(plan, forKey: target.device), other.image != plan.image {
                throw Fault.conflict(
                    "Two images (\(other.image.id), \(plan.image.id)) are to be loaded onto the device \(target.device). "
                        + "Nothing was bound.")
            }
            if target.holds(plan) { continue }
            try target.checkDriver()
            try target.checkFree()
            if let objection = ImageFitness.objection(plan.properties, to: target) {
                throw Fault.conflict(
                    "The image \(plan.image.id) does not fit the device \(target.device): \(objection). Nothing was bound."
                )
            }
            loads[target.device] = Load(target: target, plan: plan)
        }
        return loads.sorted { $0.key < $1.key }.map(\.value)
    }

    /// The profile groups of those requests that ask for logic.
    private func groups(
        of requests: [AcceleratorRequest], in transaction: any Transaction
    ) throws -> [AcceleratorRequestID: ProfileGroup] {
        guard !requests.isEmpty else { return [:] }
        let ids = Array(Set(requests.map(\.profile)))
        let profiles = try transaction.all(
            "SELECT \(DeviceProfile.columns) FROM device_profiles WHERE uuid IN \(list: ids)"
        ) { row in try DeviceProfile(row) }
        let groups = Dictionary(profiles.map { ($0.id, $0.groups) }) { first, _ in first }
        var wanted: [AcceleratorRequestID: ProfileGroup] = [:]
        for request in requests {
            guard let all = groups[request.profile], all.indices.contains(request.profileGroup),
                all[request.profileGroup].needsProgramming
            else { continue }
            wanted[request.id] = all[request.profileGroup]
        }
        return wanted
    }
}
