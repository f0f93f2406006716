import Clients
import Model

extension Fault {
    /// The reason for the host's operator. If the host's own account was refused, it says so.
    var reason: String { code == KeystoneSession.refusedCode ? context ?? message : message }
}
