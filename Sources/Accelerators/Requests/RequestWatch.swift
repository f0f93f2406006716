import API
import Conventions
import Model
import Store

/// Callers that wait until accelerator requests change.
enum RequestWatch {
    /// Of the change log.
    static let changeKind = "accelerator_request"
    static let wait = QueryParameter<WaitSpan>(
        "wait", "Wait so many seconds for a change before answering", since: Page.version)

    static func over(_ feed: ChangeFeed?) -> ChangeWatch<AcceleratorRequestID> {
        ChangeWatch(feed, of: changeKind) { AcceleratorRequestID($0) }
    }
}
