import Host

/// Why a driver could not do what it was asked: a sentence for the operator and the owner of the request.
public struct DriverFault: Error, Sendable, Equatable, CustomStringConvertible {
    public let text: String
    /// Whether the same order may succeed later without anyone doing anything.
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

/// A change of the host in a driver, its fault made the driver's.
func changing<Value>(_ change: () async throws(ControlFault) -> Value) async throws(DriverFault) -> Value {
    do {
        return try await change()
    } catch {
        throw DriverFault(error)
    }
}
