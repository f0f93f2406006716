import Clients
import Model

extension Fault {
    /// What an operator of the host should know: that it was the host's own account which was refused, where it was.
    var reason: String { code == KeystoneSession.refusedCode ? context ?? message : message }
}
