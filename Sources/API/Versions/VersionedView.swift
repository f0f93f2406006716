/// What a service shows, some of whose members came with later versions than the view itself.
public protocol VersionedView: Decodable {
    /// The first version of each such member, by its name on the wire.
    static var since: [String: APIVersion] { get }
}
