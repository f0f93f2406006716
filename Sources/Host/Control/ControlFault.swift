/// Why a host could not be changed: a sentence for the operator.
public struct ControlFault: Error, Sendable, Equatable, CustomStringConvertible {
    public let text: String
    /// Whether the same attempt may succeed later without intervention.
    public let isTransient: Bool

    public init(_ text: String, isTransient: Bool = false) {
        self.text = text
        self.isTransient = isTransient
    }

    init(_ fault: TreeFault) {
        self.init("\(fault).", isTransient: fault.reason == .busy)
    }

    public var description: String { text }
}
