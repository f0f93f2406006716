import Access
import Logging
import Model
import Store

/// Admits guesses at an account's secret, with a limited number of wrong ones from each source.
///
/// After too many, the account is locked for that source for a while; users who sign in from elsewhere are not
/// affected. An account with a role of the deployment (admin, service) is never locked: its guesses run one after
/// another, each later than the previous one. The sources that an account does not know are also counted together as
/// one, with a higher limit.
struct SignInGuard: Sendable {
    let context: IdentityContext
    let source: WorkSource

    /// Maximum number of waiting guesses for one account and source, before any failure.
    private static let mostWaiting = 64
    /// The same while guesses are delayed.
    private static let mostDelayed = 4

    /// Where a guess waits, and how many may run at once.
    private struct Lane: Equatable {
        var key: SignInGate.Key
        var limit: Int
        var mostWaiting: Int
    }

    private enum Step {
        case answered(Bool)
        /// The account is locked for this source.
        case shut
        /// The state has changed since the guess entered; it starts again in another lane.
        case moves(Lane)
    }

    /// Whether `guess` was right and may count. A locked account takes the same work before the response.
    ///
    /// - Parameter account: nil for an account that does not exist or is exempt; then only the guess counts
    func attempt(_ account: SignInAccount?, _ guess: () async throws -> Bool) async throws -> Bool {
        guard let lockout = context.options.lockout, let account else { return try await guess() }
        var lane = Lane(
            key: .init(account: account.key, source: source), limit: lockout.attempts, mostWaiting: Self.mostWaiting)
        while true {
            try await context.gate.enter(lane.key, limit: lane.limit, mostWaiting: lane.mostWaiting)
            let step: Step
            do {
                step = try await inside(lane, account, lockout, guess)
            } catch {
                context.gate.leave(lane.key)
                throw error
            }
            context.gate.leave(lane.key)
            switch step {
            case .answered(let isRight): return isRight
            case .shut:
                _ = try await guess()
                return false
            case .moves(let next): lane = next
            }
        }
    }

    /// Runs the guess while it holds a pass.
    private func inside(
        _ lane: Lane, _ account: SignInAccount, _ lockout: IdentityOptions.Lockout, _ guess: () async throws -> Bool
    ) async throws -> Step {
        // Before the failures are read: who left until then has written his down.
        let holders = context.gate.holders(lane.key)
        let now = context.time.now()
        let source = source
        let (pair, isOfDeployment) = try await context.read { transaction in
            let pair = try SignInRecord.find(account, source, in: transaction)
            let isTried = pair.ownFailures(at: now, lockout) >= lockout.attempts || pair.isOverrun(at: now, lockout)
            return (pair, isTried ? try account.isOfDeployment(in: transaction) : false)
        }
        let failures = pair.ownFailures(at: now, lockout)
        let isOverrun = pair.isOverrun(at: now, lockout)
        let isTried = failures >= lockout.attempts || isOverrun
        if isTried, !isOfDeployment { return .shut }
        let right = Lane(
            key: .init(account: account.key, source: isOverrun ? nil : source),
            limit: isTried ? 1 : lockout.attempts - failures,
            mostWaiting: isTried ? Self.mostDelayed : Self.mostWaiting)
        // Of many that came before the account was tried, a few may stay and wait, like of those that come now.
        let isCrowd = right.mostWaiting < lane.mostWaiting
        if right.key != lane.key || isCrowd || (holders > right.limit && lane.limit > right.limit) {
            return .moves(right)
        }
        if isTried, let last = isOverrun ? pair.total.failedAt : pair.own.failedAt {
            let begin = last + lockout.delay(after: failures)
            if now < begin { try await context.pause(begin.since(now)) }
        }
        let isRight = try await guess()
        try await note(isRight, account, pair, lockout)
        return .answered(isRight)
    }

    /// Records the outcome, even if the client has disconnected meanwhile.
    private func note(
        _ isRight: Bool, _ account: SignInAccount, _ pair: SignInRecord.Pair, _ lockout: IdentityOptions.Lockout
    ) async throws {
        let (context, source) = (context, source)
        let noting = Task<Void, any Error> {
            let now = context.time.now()
            if isRight {
                guard pair.own.needsNote(at: now) else { return }
                try await context.store.write { transaction in
                    try SignInRecord.noteSuccess(of: account, from: source, at: now, lockout, in: transaction)
                }
            } else {
                let failures = try await context.store.write { transaction in
                    try SignInRecord.noteFailure(of: account, from: source, at: now, lockout, in: transaction)
                }
                if failures == lockout.attempts { report(account, failures, lockout) }
            }
        }
        try await noting.value
    }

    private func report(_ account: SignInAccount, _ failures: Int, _ lockout: IdentityOptions.Lockout) {
        context.logger.warning(
            """
            too many wrong passwords or secrets: this source is shut out of the account, or delayed where the account holds \
            the role admin or service; 'kilonova account locks' shows it, 'kilonova account unlock' lifts it
            """,
            metadata: [
                "user": "\(account.user)", "account": "\(account.key)", "source": "\(source)",
                "failures": "\(failures)", "seconds": "\(lockout.duration.components.seconds)",
            ])
    }
}
