/// The elements of a small XML document by which object stores respond. Attributes, comments and declarations are read over; an element
/// has text or children.
struct MarkupDocument: Sendable {
    let name: String
    private(set) var text = ""
    private(set) var children: [MarkupDocument] = []

    private static let deepest = 16
    private static let most = 50_000

    private init(name: String) {
        self.name = name
    }

    /// Nil where the bytes are no such document, or a deep or large one.
    init?(_ bytes: some Sequence<UInt8>) {
        var rest = Substring(String(decoding: Array(bytes), as: UTF8.self))
        var open: [MarkupDocument] = []
        var count = 0
        while let start = rest.firstIndex(of: "<") {
            if !open.isEmpty { open[open.count - 1].text += Self.plain(rest[..<start]) }
            rest = rest[rest.index(after: start)...]
            if rest.hasPrefix("!--") {
                guard let end = rest.firstRange(of: "-->") else { return nil }
                rest = rest[end.upperBound...]
                continue
            }
            guard let end = rest.firstIndex(of: ">") else { return nil }
            let tag = rest[..<end]
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("?") { continue }
            // A document type could define entities without end.
            if tag.hasPrefix("!") { return nil }
            if tag.hasPrefix("/") {
                guard let closed = open.popLast(), closed.name == tag.dropFirst().trimmed else { return nil }
                guard !open.isEmpty else {
                    self = closed
                    return
                }
                open[open.count - 1].children.append(closed)
                continue
            }
            count += 1
            guard count <= Self.most, open.count < Self.deepest else { return nil }
            let isEmpty = tag.hasSuffix("/")
            let name = (isEmpty ? tag.dropLast() : tag).prefix { !$0.isWhitespace && $0 != "/" }
            let element = MarkupDocument(name: String(name))
            if !isEmpty {
                open.append(element)
            } else if open.isEmpty {
                self = element
                return
            } else {
                open[open.count - 1].children.append(element)
            }
        }
        return nil
    }

    /// The text of the first child of that name.
    subscript(_ name: String) -> String? { children.first { $0.name == name }?.text }

    private static let entities: [(String, String)] = [
        ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"), ("&#39;", "'"),
        ("&amp;", "&"),
    ]

    private static func plain(_ text: Substring) -> String {
        guard text.contains("&") else { return String(text) }
        return entities.reduce(String(text)) { text, entity in text.replacing(entity.0, with: entity.1) }
    }

    /// The text with what XML reserves escaped.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var text = self
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
