import Drivers
import Link
import Logging
import Model

extension DeviceParty {
    /// The devices in that layout. In groups, devices that are withdrawn because of their health are left out; single
    /// ones are withheld completely.
    func arranged(_ devices: [DeviceReport], _ layout: ProviderLayout) async -> [DeviceReport] {
        guard layout.isGrouped else { return devices }
        var sick: Set<String> = []
        for device in devices where await health.isWithdrawn(device) {
            sick.insert("\(device.driver) \(device.controlPath)")
        }
        return await departed.counted(await inLayout(devices, layout, but: sick), by: link)
    }

    /// All devices in that layout, with groups keeping their former names.
    private func inLayout(
        _ devices: [DeviceReport], _ layout: ProviderLayout, but sick: Set<String> = []
    ) async -> [DeviceReport] {
        let host = discoverer.host
        return await keeper.change { state in
            layout.arranged(devices, on: host, names: &state.groupNames) { device in
                sick.contains("\(device.driver) \(device.controlPath)")
            }
        }
    }

    /// What must be done about the layout of a host's providers.
    enum LayoutTask: Equatable {
        /// Placement has this layout, or nothing yet.
        case keep(ProviderLayout)
        case convert(from: ProviderLayout, to: ProviderLayout)
    }

    func layoutTask() async -> LayoutTask {
        let state = await keeper.state
        // Before there were layouts, all was as in the reference.
        let current = state.layout.currentLayout ?? (state.providers.isEmpty ? options.layout : .legacy)
        if let target = state.layout.targetLayout {
            if target == options.layout { return .convert(from: current, to: target) }
            // The configuration was turned back: what has been moved goes back, what has not stays.
            if state.layout.isMoved { return .convert(from: target, to: options.layout) }
        }
        return current == options.layout ? .keep(current) : .convert(from: current, to: options.layout)
    }

    /// Makes Placement hold the host in the configured layout. Returns the layout after that, and conditions for the
    /// operator. Throws if Placement is between two layouts, so that nothing else may be written.
    func settleLayout(
        _ devices: [DeviceReport], isComplete: Bool, drivers: [DriverReport], conditions: [HostCondition]
    ) async throws(Fault) -> (layout: ProviderLayout, conditions: [HostCondition]) {
        switch await layoutTask() {
        case .keep(let layout):
            // What is reserved is noted for groups that are about to give units to one another, too.
            await keeper.change { state in
                let isUnderWay = state.layout.target != nil
                state.layout = LayoutRecord(
                    current: layout.rawValue, reserved: isUnderWay ? [:] : state.layout.reserved)
            }
            return (layout, [])
        case .convert(let from, let to):
            let isMoved = await keeper.state.layout.isMoved
            do throws(Fault) {
                guard isComplete else {
                    throw Fault.unavailable("The change waits until every driver answers.")
                }
                logger.notice("the layout changes", metadata: ["from": "\(from.rawValue)", "to": "\(to.rawValue)"])
                let withheld = try await intent.withheldOnceKnown()
                let (old, new) = (await inLayout(devices, from), await inLayout(devices, to))
                await keeper.change { state in
                    state.groupsHeld = nil
                    state.groupsGoal = nil
                    if state.layout.target != to.rawValue {
                        state.layout = LayoutRecord(
                            current: from.rawValue, target: to.rawValue, reserved: state.layout.reserved,
                            isMoved: state.layout.isMoved)
                    }
                }
                await intent.rest()
                let (clock, start) = (ContinuousClock(), ContinuousClock().now)
                let moved = try await turn.run { () async throws(Fault) in
                    let (moved, left) = try await reconciler.move(
                        from: old, to: new, handles: try await link.holdings().holdings)
                    try await reporter.report(devices: new, drivers: drivers, conditions: conditions)
                    try await reconciler.open(new, withheld: withheld, left: left)
                    return moved
                }
                await keeper.change { state in state.layout = LayoutRecord(current: to.rawValue) }
                logger.notice(
                    "the layout is changed",
                    metadata: [
                        "to": "\(to.rawValue)", "consumers_moved": "\(moved)",
                        "seconds": "\((clock.now - start) / .seconds(1))",
                    ])
                return (to, [])
            } catch {
                logger.error("the layout could not be changed", metadata: ["reason": "\(error)"])
                if await keeper.state.layout.isMoved || isMoved { throw error }
                // Nothing was moved: the host goes on as it was, and the providers made for nothing go.
                await keeper.change { state in state.layout = LayoutRecord(current: from.rawValue) }
                return (
                    from,
                    [
                        HostCondition(
                            .layout, to.rawValue,
                            "The host's providers stay in the layout '\(from.rawValue)': \(error.message)")
                    ]
                )
            }
        }
    }
}
