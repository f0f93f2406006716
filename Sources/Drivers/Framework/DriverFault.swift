import Host

/// Why a driver could not carry out a request: a sentence for the operator and for the owner of the accelerator
/// request.
public struct DriverFault: Error, Sendable, Equatable, CustomStringConvertible {
    public let text: String
    /// Whether the same request may succeed later without intervention.
    public let isTransient: Bool

    public init(_ text: String, isTransient: Bool = false) {
        self.text = text
        self.isTransient = isTransient
    }

    init(_ fault: ControlFault) {
        self.init(fault.text, isTransient: fault.isTransient)
    }

    public var description: String { text }
}

/// Runs a change of the host; a `ControlFault` becomes a `DriverFault`.
func changing<Value>(_ change: () async throws(ControlFault) -> Value) async throws(DriverFault) -> Value {
    do {
        return try await change()
    } catch {
        throw DriverFault(error)
    }
}
