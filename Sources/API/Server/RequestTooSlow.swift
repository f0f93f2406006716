import Model

/// The body of a request did not arrive in its time.
enum RequestTooSlow: Error {
    /// Not within the span from the head to the end of the body.
    case late(Duration)
    /// With fewer bytes a second than a body has at least.
    case dripping(pace: Int)

    var fault: Fault {
        switch self {
        case .late(let span):
            Fault(
                .timeout,
                "The request did not arrive within \(span.components.seconds) seconds; send it whole.")
        case .dripping(let pace):
            Fault(.timeout, "The body came with fewer than \(pace) bytes a second; send it without pauses.")
        }
    }
}
