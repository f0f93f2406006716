/// What a service shows, some of whose members came with later versions than the view itself, or went with one.
public protocol VersionedView: Decodable {
    /// The first version of each such member, by its name on the wire.
    static var since: [String: APIVersion] { get }
    /// The first version without each member that went, by its name on the wire.
    static var goneSince: [String: APIVersion] { get }
}

extension VersionedView {
    public static var goneSince: [String: APIVersion] { [:] }
}
