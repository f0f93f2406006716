/// What a project says to an image that is shared with it. Only an accepted image stands in its lists.
///
///     pending ──▶ accepted ◀──▶ rejected ◀── pending
///
/// Each may follow each: the member may change its mind.
enum MemberStatus: String, Sendable, CaseIterable {
    case pending
    case accepted
    case rejected
}
