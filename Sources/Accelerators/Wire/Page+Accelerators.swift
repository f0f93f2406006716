import API
import Conventions
import HTTPTypes
import Model

extension Page {
    /// What version 2.4 brings: pages, entity tags, waiting and the audit.
    static let version = APIVersion.operations
    private static let rules = Page.Rules(since: version, prefix: "/accelerator/v2")
    static let parameters = rules.parameters

    init(_ call: Call) throws(Fault) { try self.init(call, Self.rules) }

    /// A filter that cuts or orders the list leaves it whole.
    init(_ call: Call, _ filter: ListFilter) throws(Fault) {
        try self.init(call, Self.rules, isWhole: !filter.isPlain)
    }
}

extension EntityTags {
    /// Nil also where the call is of a version without them.
    init?(_ name: HTTPField.Name, of call: Call) throws(Fault) {
        guard call.version >= Page.version else { return nil }
        try self.init(name, in: call.headers)
    }
}

extension AnswerHeader {
    static let entityTag = EntityTags.answer(since: Page.version)
}

extension HeaderParameter {
    static let ifMatch = EntityTags.ifMatch(since: Page.version)
    static let ifNoneMatch = EntityTags.ifNoneMatch(since: Page.version)
}
