/// What goes wrong with a request at the played store.
public enum PlayedMishap: Sendable {
    /// It is refused.
    case status(Int, code: String)
    /// It is carried out, and its response does not come.
    case lostResponse
    /// The response breaks off after so many bytes of its body.
    case cut(after: Int)
    /// The response names other content than what is there.
    case wrongTag
    /// A 200 with an error in its document, as for work that fails after its response has begun.
    case lateError
}
