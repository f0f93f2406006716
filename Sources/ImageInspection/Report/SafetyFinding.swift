/// Why an image of a format is not safe to use.
public struct SafetyFinding: Sendable, Equatable {
    /// Named as OpenStack's inspector names them, where it has the check.
    public enum Check: String, Sendable, CaseIterable {
        /// The image reads from another one.
        case backingFile = "backing_file"
        /// The image's data are in another file.
        case dataFile = "data_file"
        case unknownFeatures = "unknown_features"
        /// The format is never allowed.
        case banned
        /// Of a VMDK: its descriptor, its type, its extents.
        case descriptor
        /// Of a VMDK: header and footer differ.
        case footer
        case mbr
        case version
        /// What an encrypted image holds is not encrypted.
        case innerPayload = "inner_payload"
        /// The image ends too early, or its structure contradicts the format.
        case malformed
    }

    public let check: Check
    /// A clause for a log or an operator: `it has a backing file`.
    public let reason: String

    init(_ check: Check, _ reason: String) {
        self.check = check
        self.reason = reason
    }
}
