package import Model

/// The values of one GPU from the vendor's library. A value that it does not provide is nil.
public struct GPUReading: Sendable, Equatable {
    public var name: String?
    public var serial: String?
    /// Bytes.
    public var memory: UInt64?
    /// Degrees Celsius.
    var temperature: UInt32?
    /// Memory errors that could not be corrected, since the driver was loaded.
    var uncorrectedErrors: UInt64?
    /// A failed row of memory is to be replaced at the next reset.
    var awaitsRemapping = false
    /// A failed row could not be replaced.
    var remappingFailed = false
    /// It does not respond on its bus any more.
    package var isLost = false

    public init() {}

    /// The health that follows.
    var health: DeviceHealth {
        var evidence: [String: String] = [:]
        evidence["temperature"] = temperature.map { "\($0)" }
        evidence["uncorrected_errors"] = uncorrectedErrors.map { "\($0)" }
        evidence["remapping"] = remappingFailed ? "failed" : awaitsRemapping ? "pending" : "none"
        var health: DeviceHealth
        if isLost {
            health = DeviceHealth(.sick, reason: "it does not answer on its bus any more", evidence: ["lost": "true"])
        } else if remappingFailed {
            health = DeviceHealth(.sick, reason: "a failed row of its memory could not be replaced", evidence: evidence)
        } else if let count = uncorrectedErrors, count > 0 {
            health = DeviceHealth(
                .sick, reason: "its memory has had errors that could not be corrected; a reset may help",
                evidence: evidence)
        } else if awaitsRemapping {
            health = DeviceHealth(
                .worn, reason: "a failed row of its memory is replaced at its next reset", evidence: evidence)
        } else {
            health = DeviceHealth(.well, evidence: evidence)
        }
        health.inventory["gpu_name"] = name
        health.inventory["serial"] = serial
        health.inventory["memory_bytes"] = memory.map { "\($0)" }
        return health
    }
}

/// Reads the state of GPUs that the host's own driver runs. Never changes one.
package protocol GPUMonitor: Sendable {
    /// Nil if the GPU cannot be queried, or if it is bound to another driver. The call blocks; use a thread that may.
    func reading(of address: PCIAddress) -> GPUReading?
}
