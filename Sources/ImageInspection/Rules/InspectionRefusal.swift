/// Why an image is refused.
public enum InspectionRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The data have another format than the image is said to have.
    case mismatch(claimed: String, detected: ImageFormat)
    /// The data have several formats at once, so one may hide in another.
    case ambiguous([ImageFormat])
    case failedChecks(ImageFormat, [SafetyFinding])
    /// The disk format is none that this user of images reads.
    case unsupported(claimed: String)

    public var description: String {
        switch self {
        case .mismatch(let claimed, let detected):
            return "the disk format '\(claimed)' does not match the data, whose format is \(detected.rawValue)"
        case .ambiguous(let formats):
            let names = formats.map(\.rawValue).joined(separator: ", ")
            return "the data match several formats (\(names)), and must match one"
        case .failedChecks(let format, let findings):
            let reasons = findings.map(\.reason).joined(separator: "; ")
            return "the \(format.rawValue) image failed safety checks: \(reasons)"
        case .unsupported(let claimed):
            return "images of the disk format '\(claimed)' are not supported"
        }
    }
}
