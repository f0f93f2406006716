/// What an image turned out to be.
public struct InspectionReport: Sendable, Equatable {
    /// Bytes of the image.
    public let size: UInt64
    /// Every format that matched, in the order of their names; none for a raw image.
    public let matches: [FormatReport]
    /// What a disk without a format of its own holds, where it begins with a known sign.
    public let content: DiskContent?

    init(size: UInt64, matches: [FormatReport], content: DiskContent? = nil) {
        self.size = size
        self.matches = matches
        self.content = content
    }

    /// The one format that the image has, nil where it has several.
    ///
    /// An ISO 9660 image that also boots as a disk has a partition table in front. It is an ISO image, and as a disk it is as large as the
    /// image, whatever its volume says.
    package var detected: FormatReport? {
        switch matches.count {
        case 0: return FormatReport(.raw, virtualSize: size)
        case 1: return matches[0]
        default:
            guard Set(matches.map(\.format)) == [.iso, .gpt] else { return nil }
            let volume = matches.first { $0.format == .iso }?.virtualSize ?? 0
            return FormatReport(.iso, virtualSize: max(volume, size))
        }
    }

    /// What the disk holds, for a refusal; nil where its format says it already.
    func content(of detected: FormatReport) -> DiskContent? {
        detected.format == .raw || detected.format == .gpt ? content : nil
    }

    /// The sector of a file system, or of part of a RAID, may end as a partition table does: then what is wrong with the table is that it
    /// is none.
    func explained(_ findings: [SafetyFinding], of detected: FormatReport) -> [SafetyFinding] {
        guard let content = content(of: detected) else { return findings }
        return findings.map { finding in
            guard finding.check == .mbr else { return finding }
            return SafetyFinding(.mbr, "\(finding.reason); the data hold \(content)")
        }
    }
}
