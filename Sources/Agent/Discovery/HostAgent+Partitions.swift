import Drivers
import Logging
import Model

extension HostAgent {
    /// Has devices divided as the configuration says; answers what could not be.
    func settle(_ partitioner: Partitioner) async -> (isChanged: Bool, conditions: [HostCondition]) {
        var isChanged = false
        var conditions: [HostCondition] = []
        for outcome in await partitioner.settle() {
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
        return (isChanged, conditions)
    }
}
