import Clients
import CoreMetrics
import Logging
import Model
import Store

/// Whether binds are of what their instances claimed, on the host that they name.
///
/// From 2.5 what is not so is refused. Before, it is taken as the original service takes it, whose own tests bind without a claim; it is
/// counted, logged and shown as a condition of the host, for such a bind takes what Placement counts as free.
extension Binder {
    /// Asks Placement, before the transaction. Throws 409 where a strict bind has no claim.
    func claimCheck(for patch: RequestPatch) async throws -> ClaimCheck {
        let targets = patch.targets
        guard let placement, !targets.isEmpty else { return .nothing }
        let providers = Array(Set(targets.map(\.resourceProvider)))
        let known = try await store.read { transaction in
            try transaction.all(
                "SELECT DISTINCT resource_provider FROM deployables WHERE resource_provider IN \(list: providers)"
            ) { row in try row[0] as ResourceProviderID }
        }
        do throws(Fault) {
            let check = try await ClaimCheck(targets, on: Set(known), by: placement)
            guard patch.isStrict, let provider = check.unclaimed.min() else { return check }
            throw Fault(
                .conflict,
                "The instance holds no allocation of the resource provider \(provider), or less than it binds; claim it in "
                    + "Placement first. Nothing was bound.", field: "device_rp_uuid")
        } catch {
            guard !patch.isStrict else { throw error }
            logger.warning(
                "claims of a bind could not be looked up", metadata: ["error": "\(String(reflecting: error))"])
            return .nothing
        }
    }

    /// Throws 409 where a bind names another host than the one it gets a device of.
    func checkHosts(
        _ wishes: [Wish], _ handles: [AcceleratorRequestID: AttachHandle], _ patch: RequestPatch, at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        var seen: Set<[String]> = []
        for (request, target) in wishes {
            guard let handle = handles[request.id], seen.insert([target.host.text, handle.host.text]).inserted else {
                continue
            }
            let place = try BindingPlace(of: handle.deployable, in: transaction)
            switch try place.agreement(with: target.host, in: transaction) {
            case .same: continue
            case .unknown where !patch.isStrict:
                counters.elsewhere.increment()
                logger.warning(
                    "a bind names a host that is not known",
                    metadata: ["request": "\(request.id)", "named": "\(target.host)", "host": "\(handle.host)"])
                try HostFinding.note(
                    HostFinding(
                        kind: .binding, subject: String(target.host.text.prefix(255)),
                        reason:
                            "Binds of this host's devices name the host '\(target.host.text.shown)', which is not known; from "
                            + "version 2.5 they are refused."), of: handle.host, from: handle.host, at: now,
                    in: transaction)
            case .unknown, .another:
                throw Fault(
                    .conflict,
                    "The resource provider \(target.resourceProvider) is of another host than '\(target.host.text.shown)'. "
                        + "Nothing was bound.", field: "hostname")
            }
        }
    }

    /// Notes what was bound without a claim.
    func note(
        _ check: ClaimCheck, _ wishes: [Wish], _ handles: [AcceleratorRequestID: AttachHandle], at now: Timestamp,
        in transaction: any Transaction
    ) throws {
        for (request, target) in wishes where check.unclaimed.contains(target.resourceProvider) {
            guard let handle = handles[request.id] else { continue }
            counters.unclaimed.increment()
            logger.warning(
                "a bind without a claim of its instance",
                metadata: [
                    "request": "\(request.id)", "instance": "\(target.instance)",
                    "resource_provider": "\(target.resourceProvider)", "host": "\(handle.host)",
                ])
            try HostFinding.note(
                HostFinding(
                    kind: .binding, subject: "\(target.resourceProvider)",
                    reason:
                        "An accelerator was bound that its instance holds no allocation of, so that Placement counts it as "
                        + "free; from version 2.5 such binds are refused."), of: handle.host, from: handle.host,
                at: now,
                in: transaction)
        }
    }
}
