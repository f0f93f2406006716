/// What an image turned out to be.
public struct InspectionReport: Sendable, Equatable {
    /// Bytes of the image.
    public let size: UInt64
    /// Every format that matched, in the order of their names; none for a raw image.
    public let matches: [FormatReport]

    /// The one format that the image has, nil where it has several.
    ///
    /// An ISO 9660 image that also boots as a disk has a partition table in front. It is an ISO image.
    public var detected: FormatReport? {
        switch matches.count {
        case 0: return FormatReport(.raw, virtualSize: size)
        case 1: return matches[0]
        default:
            guard Set(matches.map(\.format)) == [.iso, .gpt] else { return nil }
            return matches.first { $0.format == .iso }
        }
    }
}
