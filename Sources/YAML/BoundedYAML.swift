public import Yams

/// YAML as people write it by hand. References are followed, but only so far: a short text can stand for more than any memory holds.
public enum BoundedYAML {
    /// So many values a text may hold, its references written out.
    static let mostValues = 100_000

    /// The root of the text; nil where it holds nothing.
    public static func compose(_ text: String) throws(YAMLFault) -> Node? {
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw .malformed("\(error)")
        }
        var room = mostValues
        guard root.map({ fits($0, &room) }) ?? true else { throw .tooLarge }
        return root
    }

    private static func fits(_ node: Node, _ room: inout Int) -> Bool {
        room -= 1
        guard room > 0 else { return false }
        switch node {
        case .scalar, .alias: return true
        case .sequence(let sequence): return sequence.allSatisfy { fits($0, &room) }
        case .mapping(let mapping): return mapping.allSatisfy { fits($0.key, &room) && fits($0.value, &room) }
        }
    }
}
