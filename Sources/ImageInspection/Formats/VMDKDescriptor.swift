/// The text in a VMDK that says how its data are stored, read line by line.
///
/// Every line must be one of a kind that is known: a comment, an entry of the disk's database, a header field, or an extent.
struct VMDKDescriptor: Sendable {
    static let longestLine = 4096
    private static let accesses = ["rw", "rdonly", "noaccess"].map { Array($0.utf8) }
    private static let types: Set<String> = ["monolithicsparse", "streamoptimized"]
    /// QEMU looks for this word in any line, and opens what follows it.
    private static let parent = Array("parentfilenamehint".utf8)

    private var line: [UInt8] = []
    private var isOver = false
    private var isEmpty = true
    private var extents = 0
    private var reasons: [SafetyFinding] = []
    private(set) var createType = CreateTypeScanner()

    var keptBytes: Int { line.count + createType.keptBytes }

    /// Takes a byte; the first zero ends the text, because sectors are padded with zeros.
    mutating func take(_ byte: UInt8) {
        guard !isOver else { return }
        if byte == 0 { return end() }
        isEmpty = false
        let small = byte.lowerCased
        createType.take(small)
        if byte >= 0x80 {
            note(.descriptor, "its descriptor is no ASCII text")
        } else if byte == UInt8(ascii: "\n") {
            readLine()
        } else if line.count == Self.longestLine {
            note(.descriptor, "its descriptor has a line of over \(Self.longestLine) bytes")
            end()
        } else {
            line.append(small)
        }
    }

    private mutating func end() {
        readLine()
        isOver = true
    }

    /// What is wrong with the text as a whole.
    func findings() -> [SafetyFinding] {
        var whole = self
        whole.end()
        if whole.isEmpty { return [SafetyFinding(.descriptor, "it has no descriptor")] }
        guard let type = createType.type, Self.types.contains(type) else {
            return whole.reasons + [
                SafetyFinding(.descriptor, "its type is neither monolithicSparse nor streamOptimized")
            ]
        }
        if whole.extents == 0 { whole.note(.descriptor, "its descriptor has no extent") }
        return whole.reasons
    }

    /// One reason of a kind is enough.
    private mutating func note(_ check: SafetyFinding.Check, _ reason: String) {
        if !reasons.contains(where: { $0.check == check }) { reasons.append(SafetyFinding(check, reason)) }
    }

    private mutating func readLine() {
        let text = line.drop { $0.isBlank }
        let words = text.split(maxSplits: 1, whereSeparator: \.isBlank)
        defer { line.removeAll(keepingCapacity: true) }
        if text.firstRange(of: Self.parent) != nil { note(.backingFile, "its descriptor names a parent") }
        guard let first = words.first, first.first != UInt8(ascii: "#"), !first.starts(with: Array("ddb".utf8)) else {
            return
        }
        if first.contains(UInt8(ascii: "=")) { return }
        guard Self.accesses.contains(where: { $0.elementsEqual(first) }) else {
            return note(.descriptor, "its descriptor has a line of an unknown kind")
        }
        extents += 1
        if text.contains(UInt8(ascii: "/")) { note(.descriptor, "its extents lie in other folders") }
    }
}

extension UInt8 {
    /// A letter of ASCII in lower case, any other byte as it is.
    fileprivate var lowerCased: UInt8 { (0x41...0x5a).contains(self) ? self | 0x20 : self }

    fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
}
