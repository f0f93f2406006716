public import API

/// How long a caller waits for a change: a whole number of seconds up to `longest`.
public struct WaitSpan: ParameterValue {
    static let longest = 60
    public static let schema = Schema.integerRange(0, longest)
    public static let form = "a whole number of seconds from 0 to \(longest)"
    public let duration: Duration

    public init?(parameter text: String) {
        guard let count = Int(text), (0...Self.longest).contains(count) else { return nil }
        duration = .seconds(count)
    }
}
