import Clients
import HTTPTypes
public import Model

extension DeviceBinder {
    /// Releases what `bind` claimed; returns how many accelerator requests there were. It succeeds if there are none.
    ///
    /// Throws 409 if the instance holds more than accelerators: then it is a server of a compute service.
    public func unbind(_ instance: InstanceID) async throws(Fault) -> Int {
        let requests = try await requests(of: instance)
        let held = try await holdings(of: instance)
        let providers = Set(requests.compactMap { $0["device_rp_uuid"]?.string })
        if requests.isEmpty, !held.isEmpty {
            throw .conflict(
                "The instance \(instance) has no accelerator request, but holds something in Placement: it is a server of a compute "
                    + "service, or a claim that was cut off. 'openstack resource provider allocation delete \(instance)' removes the "
                    + "latter.")
        }
        if let other = held.first(where: { !providers.contains($0.name) }) {
            throw .conflict(
                "The instance \(instance) holds something of provider \(other.name), too, which is no accelerator of it: it is a "
                    + "server of a compute service. Delete it there.")
        }
        try await remove(instance)
        return requests.count
    }

    /// Cleans up after a failure. What cannot be released now, the next `unbind` reports.
    func giveBack(_ instance: InstanceID, _ made: [JSONValue]) async {
        try? await remove(instance)
        let ids = made.compactMap { $0["uuid"]?.string }
        guard !ids.isEmpty else { return }
        // Those that were not bound yet are nobody's.
        _ = try? await owner.send(
            .delete, .accelerator, "/accelerator_requests?arqs=\(ids.joined(separator: ","))",
            version: Self.accelerators, helper: service)
    }

    private func remove(_ instance: InstanceID) async throws(Fault) {
        try await owner.send(
            .delete, .accelerator, "/accelerator_requests?instance=\(instance)", version: Self.accelerators,
            helper: service)
        do throws(Fault) {
            try await service.send(.delete, .placement, "/allocations/\(instance)", version: Self.placement)
        } catch {
            guard error.kind.status == 404 else { throw error }
        }
    }
}
