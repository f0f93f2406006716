public import Model

/// Tells the compute service what became of accelerator requests (`POST /os-server-external-events`, 2.82).
public protocol ComputeEvents: Sendable {
    /// Answers which of the requests the service took and which it will want again.
    func send(_ events: [AcceleratorRequestBound]) async throws(Fault) -> [AcceleratorRequestID: Outcome]
}

/// Event `accelerator-request-bound`.
public struct AcceleratorRequestBound: Sendable, Equatable {
    public let instance: InstanceID
    public let request: AcceleratorRequestID
    /// `completed` when true, else `failed`.
    public let isBound: Bool

    public init(instance: InstanceID, request: AcceleratorRequestID, isBound: Bool) {
        self.instance = instance
        self.request = request
        self.isBound = isBound
    }
}

public enum Outcome: Sendable, Equatable {
    case accepted
    /// 404 (no such instance yet) or 422 (instance without a host yet): worth another try until the deadline.
    case tryAgain
    case refused(String)
}
