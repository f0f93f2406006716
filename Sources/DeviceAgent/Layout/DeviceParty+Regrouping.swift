import Drivers
import Link
import Logging
import Model

extension DeviceParty {
    /// Has Placement move what is held of units that go from one group to another, and the accelerator service with it. Cut off
    /// anywhere, it is done again at the next look, for what Placement holds is noted when all is done.
    ///
    ///     (what is held stays withheld) ─▶ reshape ─▶ report ─▶ open ─▶ note the groups
    func regroup(
        _ devices: [DeviceReport], _ layout: ProviderLayout, drivers: [DriverReport], conditions: [HostCondition]
    ) async throws(Fault) {
        let present = layout.isGrouped ? Regrouping.outline(of: devices) : []
        let (held, goal) = await (keeper.state.groupsHeld, keeper.state.groupsGoal)
        guard goal != nil || present != held ?? [] else { return }
        let former: [DeviceReport]
        if let held {
            former = held
        } else {
            former = Regrouping.outline(of: try await link.holdings().holdings, among: present)
        }
        let change = Regrouping(from: former, and: goal ?? [], to: devices)
        if !change.isEmpty {
            let withheld = try await intent.withheldOnceKnown()
            await intent.rest()
            // Noted before it is done: it may be cut off, and the host be something else again by then.
            await keeper.change { state in
                state.groupsHeld = former
                state.groupsGoal = present
            }
            let moved = try await turn.run { () async throws(Fault) in
                let (moved, left) = try await reconciler.move(
                    from: change.old, to: change.new, handles: try await link.holdings().holdings, for: .regrouping)
                try await reporter.report(devices: devices, drivers: drivers, conditions: conditions)
                try await reconciler.open(change.new, withheld: withheld, left: left)
                return moved
            }
            logger.notice(
                "groups gave units to one another",
                metadata: [
                    "to": "\(change.new.flatMap(\.deployables).map(\.name).joined(separator: " "))",
                    "consumers_moved": "\(moved)",
                ])
        }
        await keeper.change { state in
            state.groupsHeld = layout.isGrouped ? present : nil
            state.groupsGoal = nil
            state.layout.reserved = [:]
        }
    }
}
