import Clients
import Synchronization

/// How many bytes may still come from the web.
final class Allowance: Sendable {
    private let left: Mutex<Int>

    init(_ bytes: Int) {
        left = Mutex(bytes)
    }

    /// Throws where more came than may.
    func take(_ count: Int, of address: WebAddress) throws(WebFault) {
        let rest = left.withLock { left in
            left -= count
            return left
        }
        guard rest >= 0 else { throw WebFault("\(address) has more bytes than an image may have.") }
    }
}
