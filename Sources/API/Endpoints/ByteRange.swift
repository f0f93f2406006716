import HTTPTypes
import Model

/// The part of data that a request asks for by `Range`.
enum ByteRange: Equatable {
    case whole
    case part(Range<Int>)

    /// Understands one range of bytes: `bytes=0-499`, `bytes=500-`, `bytes=-500`. An end beyond the data is drawn in.
    ///
    /// Throws 400 for several ranges, and 416 with the size for one that is none or begins beyond the data.
    init(_ field: String?, size: Int) throws(Fault) {
        guard let field else {
            self = .whole
            return
        }
        let text = field.filter { $0 != " " && $0 != "\t" }
        guard !text.contains(",") else {
            throw .badRequest("The request asks for several ranges; ask for one at a time.", field: "Range")
        }
        guard text.lowercased().hasPrefix("bytes="), let range = Self.range(text.dropFirst(6), size) else {
            throw Fault(
                .rangeNotSatisfiable,
                "'\(field.prefix(80))' is no range of these \(size) bytes; bytes=FIRST-LAST, bytes=FIRST- and bytes=-COUNT are.",
                field: "Range", headers: [Fault.Header("Content-Range", "bytes */\(size)")])
        }
        self = .part(range)
    }

    private static func range(_ text: Substring, _ size: Int) -> Range<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }) else { return nil }
        guard let first = Int(ends[0]) else {
            guard ends[0].isEmpty, let count = Int(ends[1]), count > 0, size > 0 else { return nil }
            return max(0, size - count)..<size
        }
        guard first < size else { return nil }
        guard !ends[1].isEmpty else { return first..<size }
        // More digits than a number has are beyond any data.
        let last = Int(ends[1]) ?? size
        return last < first ? nil : first..<min(last, size - 1) + 1
    }
}
