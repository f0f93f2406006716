public import Model

/// Notifies the compute service of the outcome of accelerator requests (`POST /os-server-external-events`, 2.82).
public protocol ComputeEvents: Sendable {
    /// Sends the events. Returns which ones the service accepted, and which must be sent again.
    func send(_ events: [AcceleratorRequestBound]) async throws(Fault) -> [AcceleratorRequestID: Outcome]
}

/// Event `accelerator-request-bound`.
public struct AcceleratorRequestBound: Sendable, Equatable {
    public let instance: InstanceID
    public let request: AcceleratorRequestID
    /// `completed` if true, otherwise `failed`.
    public let isBound: Bool

    public init(instance: InstanceID, request: AcceleratorRequestID, isBound: Bool) {
        self.instance = instance
        self.request = request
        self.isBound = isBound
    }
}

public enum Outcome: Sendable, Equatable {
    case accepted
    /// 404 (the instance does not exist yet) or 422 (the instance has no host yet): retry until the deadline.
    case tryAgain
    case refused(String)
}
