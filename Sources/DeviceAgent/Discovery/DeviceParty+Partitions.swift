import Drivers
import Link
import Logging
import Model

extension DeviceParty {
    /// The result of dividing the devices.
    typealias Division = (isChanged: Bool, isKnown: Bool, conditions: [HostCondition])

    /// Divides devices as configured; returns what could not be done, and whether it was known who holds what.
    func settle(_ partitioner: Partitioner) async -> Division {
        var isChanged = false
        var conditions: [HostCondition] = []
        let holdings = try? await link.holdings()
        let held = holdings.map { FunctionHoldings(handles: $0.occupiedInfos) }
        for outcome in await partitioner.settle(held: held) {
            if outcome.changed {
                isChanged = true
                logger.notice("a device was divided", metadata: ["device": "\(outcome.subject)"])
            }
            if let failure = outcome.failure {
                conditions.append(
                    HostCondition(.partition, outcome.subject, "It is not divided as configured: \(failure)"))
            }
        }
        if isChanged { discoverer.forget() }
        return (isChanged, held != nil, conditions)
    }
}
