import Model

extension Timestamp {
    /// `2026-11-21T00:07:29Z`, as images show their times.
    var wire: String { "\(isoMicroseconds.prefix(19))Z" }
}
