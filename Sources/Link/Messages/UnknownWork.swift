import Model

/// Why a work item cannot be done by whoever reads it: a later release made it.
public struct UnknownWork: Error, Sendable, Equatable {
    /// What is not known, as in "work of the kind 'program'".
    public let title: String

    private init(_ title: String) { self.title = title }

    public static func party(of item: WorkItem) -> UnknownWork {
        UnknownWork("work for '\(item.party.text.prefix(40))'")
    }

    public static func kind(of item: WorkItem) -> UnknownWork {
        UnknownWork("work of the kind '\(item.kind.prefix(40))'")
    }

    static func word(_ word: String, of things: String) -> UnknownWork {
        UnknownWork("\(things) '\(word.prefix(40))'")
    }

    static let form = UnknownWork("work items of this form")
}
