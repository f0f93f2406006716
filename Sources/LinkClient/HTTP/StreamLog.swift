import Clients
import Link
import Logging
import Model

/// Logs the state of the stream from the control plane: once each when it connects, when it is connected, when it is
/// lost, and why it cannot connect, however often that is tried.
struct StreamLog {
    private let logger: Logger
    private var isOpen = false
    private var wasOpen = false
    /// The reasons that were logged since the stream was last open.
    private var told: Set<String> = []
    /// The revision whose unreadable work was logged last.
    private var unreadable: Int64?

    init(_ logger: Logger) {
        self.logger = logger
    }

    func connecting(to addresses: String) {
        logger.info("connecting to the control plane", metadata: ["addresses": "\(addresses)"])
    }

    mutating func opened(_ address: String) {
        isOpen = true
        told = []
        logger.notice(
            wasOpen ? "the control plane is found again" : "connected to the control plane",
            metadata: ["address": "\(address)"])
        wasOpen = true
    }

    /// A desired state arrived. Its unreadable work is logged once for each revision.
    mutating func took(_ state: DesiredState) {
        guard state.unreadableItems > 0, unreadable != state.revision else { return }
        unreadable = state.revision
        logger.error(
            "work items without a readable id are left out",
            metadata: ["items": "\(state.unreadableItems)", "revision": "\(state.revision)"])
    }

    /// The open stream ended, or none could be opened; nil means an end without an error.
    mutating func ended(_ address: String, _ error: (any Error)?) {
        let reason = Self.reason(error)
        defer { isOpen = false }
        if isOpen {
            return logger.warning(
                "the control plane is lost; it is looked for",
                metadata: ["address": "\(address)", "reason": "\(reason)"])
        }
        guard told.insert("\(address) \(reason)").inserted else { return }
        let isRefused = (error as? Fault).map { [.unauthorized, .forbidden].contains($0.kind) } ?? false
        if isRefused {
            logger.error(
                "the control plane refuses this host", metadata: ["address": "\(address)", "reason": "\(reason)"])
        } else {
            logger.warning(
                "the control plane does not answer; it is asked again",
                metadata: ["address": "\(address)", "reason": "\(reason)"])
        }
    }

    private static func reason(_ error: (any Error)?) -> String {
        switch error {
        case nil: "the control plane ended the stream"
        case let fault as Fault: [fault.message, fault.context].compactMap(\.self).joined(separator: " ")
        case let error?: ConnectionTrouble.text(error)
        }
    }
}
