import Link
import Logging
import Model

/// Hands one party its sections of the desired states, one after another and the newest only.
///
///     want ──▶ (the party takes it) ──▶ heartbeat ──▶ accepted ──▶ (the party is told)
///          └── a party that hangs is not waited for until it returns ──▶ heartbeat …
actor PartyFollower {
    private struct Order {
        let section: JSONValue?
        let revision: Int64
    }

    private struct Acceptance {
        let section: JSONValue?
    }

    private let party: any HostParty
    private let wait: Waiting
    private let logger: Logger
    /// What the party has not been handed yet.
    private var order: Order?
    private var acceptance: Acceptance?
    private var isBusy = false
    /// Whether the party was given up waiting for, and has not returned since.
    private var isLate = false
    private var waiters: [AsyncStream<Never>.Continuation] = []
    /// How long a heartbeat waits for a party, so that it means what it says. With the interval of heartbeats it is less than
    /// the time after which a host counts as down.
    private static let patience: Duration = .seconds(40)

    init(_ party: any HostParty, wait: @escaping Waiting, logger: Logger) {
        self.party = party
        self.wait = wait
        self.logger = logger
    }

    /// Returns when the party has taken the section over, or hangs.
    func want(_ state: DesiredState) async {
        order = Order(section: state.sections[party.party], revision: state.revision)
        await handOver()
    }

    /// Returns when the party knows it, or hangs.
    func accepted(_ state: DesiredState) async {
        acceptance = Acceptance(section: state.sections[party.party])
        await handOver()
    }

    private func handOver() async {
        if !isBusy {
            isBusy = true
            Task { await deliver() }
        }
        guard !isLate else { return }
        let (ends, end) = AsyncStream<Never>.makeStream()
        waiters.append(end)
        let timer = Task {
            do { try await wait(Self.patience) } catch { return }
            giveUp()
        }
        for await _ in ends {}
        timer.cancel()
    }

    private func deliver() async {
        while order != nil || acceptance != nil {
            if let next = order {
                order = nil
                await party.want(next.section, revision: next.revision)
            } else if let next = acceptance {
                acceptance = nil
                await party.accepted(next.section)
            }
        }
        isBusy = false
        if isLate {
            isLate = false
            logger.notice("a party of the agent responds again", metadata: ["party": "\(party.party)"])
        }
        release()
    }

    private func giveUp() {
        guard isBusy, !isLate else { return }
        isLate = true
        logger.error(
            "a party of the agent does not take over what is wanted of it; the others go on",
            metadata: ["party": "\(party.party)"])
        release()
    }

    private func release() {
        for waiter in waiters { waiter.finish() }
        waiters = []
    }
}
