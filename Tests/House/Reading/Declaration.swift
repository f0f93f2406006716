/// Something that a source declares at file level or in a type.
struct Declaration: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case function = "func"
        case initializer = "init"
        case deinitializer = "deinit"
        case subscripted = "subscript"
        case variable = "var"
        case constant = "let"
        case structure = "struct"
        case classType = "class"
        case enumeration = "enum"
        case actor
        case protocolType = "protocol"
        case extended = "extension"
        case alias = "typealias"
        case associated = "associatedtype"
        case enumCase = "case"

        static let allNames = Set(allCases.map(\.rawValue))

        var isType: Bool {
            switch self {
            case .structure, .classType, .enumeration, .actor, .protocolType, .extended: true
            default: false
            }
        }
    }

    let kind: Kind
    /// The first name that it introduces; a type's last word for an extension.
    let name: String
    let modifiers: Set<String>
    /// The comment that stands directly above it.
    let comment: String
    /// Its tokens up to its body.
    let signature: Range<Int>
    /// Its tokens with its body.
    var tokens: Range<Int>
    var lines: ClosedRange<Int>
    /// What it stands in, outermost first.
    let enclosing: [Int]
    let hasBody: Bool

    var isPublic: Bool { modifiers.contains("public") || modifiers.contains("open") }
}
