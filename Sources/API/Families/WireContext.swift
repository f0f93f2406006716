public import HTTPTypes
public import Model

/// What a family sees of a request when it makes the headers and the error body of its answer.
public struct WireContext: Sendable {
    public let requestID: RequestID
    public let method: HTTPRequest.Method
    /// Of the request.
    public let headers: HTTPFields
    /// The version that the request is answered in; nil where none was agreed on.
    public let version: Microversion?
    /// A version that the request names and the service does not have; the answer repeats it.
    public let refused: Microversion?

    init(
        requestID: RequestID, method: HTTPRequest.Method, headers: HTTPFields, version: Microversion? = nil,
        refused: Microversion? = nil
    ) {
        self.requestID = requestID
        self.method = method
        self.headers = headers
        self.version = version
        self.refused = refused
    }
}
