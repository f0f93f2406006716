import Agent
import FoundationEssentials
import Link
import Logging

/// Keeps what the devices party must remember on disk: a crash leaves it before or after a change.
///
/// A disk that takes nothing stops nobody: the agent goes on with what it has in memory, says so once, and writes the whole
/// again at the next change.
actor StateKeeper {
    private static let stateFile = "state.json"

    private let disk: any StateDisk
    private let logger: Logger
    private let executor = QueueExecutor("kilonova.agent.state")
    private(set) var state: AgentState
    /// The devices that were withdrawn when this keeper was created.
    nonisolated let storedSick: [AgentState.SickDevice]
    /// The end of the host's certificates that was known when this keeper was created.
    nonisolated let storedCertificates: CertificateChainHead?
    /// Whether all changes are on disk.
    private(set) var isDurable = true
    private var isTroubled = false

    /// Safe: the actor holds its executor as long as it lives.
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    /// Reads the file. Throws if it cannot be read at all. Damaged content is dropped: all of it can be found out
    /// again, except administrators' reservations on capacity that was withheld.
    init(disk: any StateDisk, logger: Logger) throws {
        self.disk = disk
        self.logger = logger
        var state = AgentState()
        if let bytes = try disk.read(Self.stateFile) {
            do {
                state = try JSONDecoder().decode(AgentState.self, from: Data(bytes))
            } catch {
                logger.error("the agent's state cannot be read; it is set aside, and the agent starts without it")
                try? disk.replace(Self.stateFile + ".damaged", with: bytes)
            }
        }
        self.state = state
        storedSick = state.sick
        storedCertificates = state.certificates
    }

    /// Changes the state, and makes the change durable before it returns.
    @discardableResult
    func change<Result: Sendable>(_ body: @Sendable (inout AgentState) -> Result) -> Result {
        let before = state
        let result = body(&state)
        if state != before || !isDurable { writeState() }
        return result
    }

    private func writeState() {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            try disk.replace(Self.stateFile, with: Array(try encoder.encode(state)))
            isDurable = true
            isTroubled = false
        } catch {
            isDurable = false
            complain(error)
        }
    }

    private func complain(_ error: any Error) {
        guard !isTroubled else { return }
        isTroubled = true
        logger.error(
            "the agent's state could not be written; it goes on without, and a restart now would repeat work",
            metadata: ["reason": "\(error)"])
    }
}
