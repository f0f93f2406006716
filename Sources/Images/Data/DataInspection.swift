/// Looks at the data of one image as they go by, in bounded memory, and judges them when they have ended.
public protocol DataInspection: Sendable {
    /// The next bytes, in order.
    mutating func take(_ bytes: Span<UInt8>)

    /// What the data are, held against what their record claims.
    func verdict() -> DataVerdict
}

/// What a record says of the data that are about to come.
public struct DataClaim: Sendable {
    /// As the record names it: `raw`, `qcow2`; empty where it names none.
    public let diskFormat: String
    /// Data in a container other than `bare` need not be inspected.
    public let containerFormat: String
    /// Custom properties.
    public let properties: [String: String]
}

public enum DataVerdict: Sendable, Equatable {
    /// The data may be used.
    ///
    /// - Parameter virtualSize: of the disk that they describe in bytes; nil where the format says none
    case accepted(virtualSize: Int?)
    /// They are not what the record claims, or not safe; with the reason, a sentence that the owner may read.
    case refused(String)
    /// Their signature is not one over them; with the reason.
    case unverified(String)
}
