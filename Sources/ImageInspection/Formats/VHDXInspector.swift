/// Microsoft's VHDX ([MS-VHDX]); numbers are little-endian.
///
/// The region table names the place of the metadata, whose table names the places of the items: the disk's size among
/// them. Each entry is read as it passes, so that neither table is kept.
struct VHDXInspector: FormatInspector {
    static let format = ImageFormat.vhdx
    /// A window of 32 bytes, and two places of items.
    static let memoryBound = 48

    private static let sign = Array("vhdxfile".utf8)
    private static let regionTable: UInt64 = 192 * 1024
    private static let mostEntries: UInt32 = 2047

    /// Identifiers as they stand in the file: the first three parts have their bytes reversed.
    private enum Identifier {
        static let metadata: [UInt8] = [
            0x06, 0xa2, 0x7c, 0x8b, 0x90, 0x47, 0x9a, 0x4b, 0xb8, 0xfe, 0x57, 0x5f, 0x05, 0x0f, 0x88, 0x6e,
        ]
        static let diskSize: [UInt8] = [
            0x24, 0x42, 0xa5, 0x2f, 0x1b, 0xcd, 0x76, 0x48, 0xb2, 0x11, 0x5d, 0xbe, 0xd8, 0x3b, 0xf4, 0xb8,
        ]
        static let fileParameters: [UInt8] = [
            0x37, 0x67, 0xa1, 0xca, 0x36, 0xfa, 0x43, 0x4d, 0xb3, 0xb6, 0x33, 0xf0, 0xaa, 0x44, 0xe7, 0x6b,
        ]
        static let parentLocator: [UInt8] = [
            0x2d, 0x5f, 0xd3, 0xa8, 0x0b, 0xb3, 0x4d, 0x45, 0xab, 0xf7, 0xd3, 0xd8, 0x48, 0x34, 0xab, 0x0c,
        ]
    }

    private enum Item: Sendable { case diskSize, fileParameters }

    /// What the window holds when it is complete.
    private enum Step: Sendable {
        case identifier
        case regionHeader
        case regionEntry(left: UInt32)
        case metadataHeader
        case metadataEntry(left: UInt32)
        case item(Item)
        case done
        case broken(String)
    }

    private var step = Step.identifier
    private var window = ByteWindow(offset: 0, count: Self.sign.count)
    private(set) var match = FormatMatch.undecided
    private var metadata: UInt64 = 0
    private var places: [(offset: UInt64, item: Item)] = []
    private var diskSize: UInt64?
    private var hasParent = false

    var keptBytes: Int { window.bytes.count + places.count * 8 }

    static func recognises(_ start: [UInt8]) -> Bool { start.holds(sign) }

    mutating func take(_ chunk: Span<UInt8>, at position: UInt64) {
        while true {
            switch step {
            case .done, .broken: return
            default: break
            }
            window.take(chunk, at: position)
            if case .identifier = step { match = .sign(Self.sign, in: window.bytes) }
            guard window.isComplete else { return }
            advance()
        }
    }

    private mutating func advance() {
        let bytes = window.bytes
        switch step {
        case .identifier: move(to: Self.regionTable, 16, .regionHeader)
        case .regionHeader: readRegionHeader(bytes)
        case .regionEntry(let left): readRegionEntry(bytes, left: left)
        case .metadataHeader: readMetadataHeader(bytes)
        case .metadataEntry(let left): readMetadataEntry(bytes, left: left)
        case .item(let item): read(item, bytes)
        case .done, .broken: break
        }
    }

    private mutating func readRegionHeader(_ bytes: [UInt8]) {
        let count = bytes.little(UInt32.self, at: 8)
        guard bytes.holds(Array("regi".utf8)), count > 0, count <= Self.mostEntries else {
            return fail("its region table is damaged")
        }
        moveOn(32, .regionEntry(left: count - 1))
    }

    private mutating func readRegionEntry(_ bytes: [UInt8], left: UInt32) {
        if bytes.holds(Identifier.metadata) {
            metadata = bytes.little(UInt64.self, at: 16)
            move(to: metadata, 32, .metadataHeader)
        } else if left > 0 {
            moveOn(32, .regionEntry(left: left - 1))
        } else {
            fail("it has no metadata")
        }
    }

    private mutating func readMetadataHeader(_ bytes: [UInt8]) {
        let count = UInt32(bytes.little(UInt16.self, at: 10))
        guard bytes.holds(Array("metadata".utf8)), count > 0, count <= Self.mostEntries else {
            return fail("its metadata table is damaged")
        }
        moveOn(32, .metadataEntry(left: count - 1))
    }

    private mutating func readMetadataEntry(_ bytes: [UInt8], left: UInt32) {
        if bytes.holds(Identifier.parentLocator) { hasParent = true }
        let item: Item? =
            bytes.holds(Identifier.diskSize)
            ? .diskSize : bytes.holds(Identifier.fileParameters) ? .fileParameters : nil
        if let item {
            let (offset, isBeyond) = metadata.addingReportingOverflow(UInt64(bytes.little(UInt32.self, at: 16)))
            guard !isBeyond, bytes.little(UInt32.self, at: 20) == 8, !places.contains(where: { $0.item == item }) else {
                return fail("its metadata name an item twice, or of a wrong length")
            }
            places.append((offset, item))
        }
        guard left == 0 else { return moveOn(32, .metadataEntry(left: left - 1)) }
        guard places.contains(where: { $0.item == .diskSize }) else { return fail("its metadata name no disk size") }
        places.sort { $0.offset < $1.offset }
        moveToNextItem()
    }

    private mutating func moveToNextItem() {
        guard !places.isEmpty else {
            step = .done
            return
        }
        let place = places.removeFirst()
        move(to: place.offset, 8, .item(place.item))
    }

    private mutating func read(_ item: Item, _ bytes: [UInt8]) {
        switch item {
        case .diskSize: diskSize = bytes.little(UInt64.self, at: 0)
        case .fileParameters: if bytes.little(UInt32.self, at: 4) & 0b10 != 0 { hasParent = true }
        }
        moveToNextItem()
    }

    private mutating func moveOn(_ count: Int, _ next: Step) {
        move(to: window.offset + UInt64(window.count), count, next)
    }

    /// Never backwards: those bytes have passed.
    private mutating func move(to offset: UInt64, _ count: Int, _ next: Step) {
        let (end, isBeyond) = window.offset.addingReportingOverflow(UInt64(window.count))
        guard !isBeyond, offset >= end else { return fail("its structures overlap, or refer backwards") }
        window = ByteWindow(offset: offset, count: count)
        step = next
    }

    private mutating func fail(_ reason: String) { step = .broken(reason) }

    func report(size: UInt64) -> FormatReport {
        var findings: [SafetyFinding] = []
        switch step {
        case .done: break
        case .broken(let reason): findings.append(SafetyFinding(.malformed, reason))
        default: findings.append(SafetyFinding(.malformed, "it ends before its metadata"))
        }
        if hasParent {
            findings.append(SafetyFinding(.backingFile, "it holds only what differs from another disk"))
        }
        return FormatReport(Self.format, virtualSize: diskSize, findings: findings)
    }
}
