/// The right side of a check: text in which `%(attribute)s` stands for an attribute of the target; `%%` is a percent
/// sign.
struct PolicyText: Sendable, Hashable, CustomStringConvertible {
    enum Part: Sendable, Hashable {
        case text(String)
        case attribute(String)
    }

    let parts: [Part]

    /// Throws for a percent sign that begins neither `%%` nor `%(attribute)s`.
    init(_ source: some StringProtocol) throws(PolicyError) {
        var parts: [Part] = []
        var literal = ""
        var rest = Substring(source)
        while let letter = rest.first {
            rest.removeFirst()
            if letter != "%" {
                literal.append(letter)
            } else if rest.hasPrefix("%") {
                rest.removeFirst()
                literal.append("%")
            } else {
                guard
                    rest.hasPrefix("("), let end = rest.firstIndex(of: ")"),
                    rest[rest.index(after: end)...].hasPrefix("s"), rest.index(after: rest.startIndex) < end
                else { throw PolicyError("'\(source)': after a percent sign there must be '(attribute)s' or '%'") }
                if !literal.isEmpty { parts.append(.text(literal)) }
                literal = ""
                parts.append(.attribute(String(rest[rest.index(after: rest.startIndex)..<end])))
                rest = rest[rest.index(end, offsetBy: 2)...]
            }
        }
        if !literal.isEmpty { parts.append(.text(literal)) }
        self.parts = parts
    }

    init(parts: [Part]) {
        self.parts = parts
    }

    /// Nil if the target lacks an attribute.
    func resolved(in target: [String: String]) -> String? {
        if parts.count == 1 {
            switch parts[0] {
            case .text(let text): return text
            case .attribute(let name): return target[name]
            }
        }
        var whole = ""
        for part in parts {
            switch part {
            case .text(let text): whole += text
            case .attribute(let name):
                guard let value = target[name] else { return nil }
                whole += value
            }
        }
        return whole
    }

    var description: String {
        parts.map { part in
            switch part {
            case .text(let text): text.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
            case .attribute(let name): "%(\(name))s"
            }
        }.joined()
    }
}
