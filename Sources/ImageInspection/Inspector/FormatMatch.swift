/// Whether an image has a format, by the bytes so far.
enum FormatMatch: Sendable {
    case undecided
    case matches
    case excluded

    /// By a sign that stands at `offset` of the first bytes.
    static func sign(_ sign: [UInt8], in bytes: [UInt8], at offset: Int = 0) -> FormatMatch {
        for (index, byte) in sign.enumerated() {
            guard offset + index < bytes.count else { return .undecided }
            if bytes[offset + index] != byte { return .excluded }
        }
        return .matches
    }
}
