/// The health of a device as its agent reports it.
public enum ReportedHealth: Sendable, Equatable, CustomStringConvertible {
    case well
    /// It still works; with the reason, if there is one.
    case worn(String?)
    /// It is offered to nobody, for that reason.
    case withdrawn(String)
    /// Words that this release does not know.
    case other(String)

    public init(_ text: String) {
        if text == "well" {
            self = .well
        } else if text == "worn" {
            self = .worn(nil)
        } else if text.hasPrefix(Self.wornPrefix) {
            self = .worn(String(text.dropFirst(Self.wornPrefix.count)))
        } else if text.hasPrefix(Self.withdrawnPrefix) {
            self = .withdrawn(String(text.dropFirst(Self.withdrawnPrefix.count)))
        } else {
            self = .other(text)
        }
    }

    /// As it stands among the device's facts.
    public var description: String {
        switch self {
        case .well: "well"
        case .worn(nil): "worn"
        case .worn(let reason?): Self.wornPrefix + reason
        case .withdrawn(let reason): Self.withdrawnPrefix + reason
        case .other(let text): text
        }
    }

    private static let wornPrefix = "worn: "
    private static let withdrawnPrefix = "withdrawn: "
}
