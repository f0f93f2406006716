import Access
import Logging
import Model
import Store

/// Lets guesses at an account's secret through, a bounded number of wrong ones from each source.
///
/// After too many, an account is shut for that source for a while; who signs in from elsewhere notices nothing. An account that
/// holds a role of the deployment (admin, service) is never shut: its guesses are made one after the other, each later than the
/// one before. Many sources that the account does not know are together treated as one, with a larger number.
struct SignInGuard: Sendable {
    let context: IdentityContext
    let source: WorkSource

    /// Of one account and source, before anything is known to be wrong.
    private static let mostWaiting = 64
    /// While guesses are delayed.
    private static let mostDelayed = 4

    /// Where a guess waits for its turn, and with how many others at once it may be under way.
    private struct Lane: Equatable {
        var key: SignInGate.Key
        var limit: Int
        var mostWaiting: Int
    }

    private enum Step {
        case answered(Bool)
        /// The account is shut for this source.
        case shut
        /// What was known on the way in is out of date: again, by what is known now.
        case moves(Lane)
    }

    /// Whether `guess` was right and may count. An account that is shut is answered after the same work.
    ///
    /// - Parameter account: nil for one that does not exist or is exempt; then only the guess counts
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

    /// With a pass at hand.
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

    /// The guess was made: what it came to is written down even where the client has left meanwhile.
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
