/// Who made a change, on the wire; all null where the service itself did.
public struct ActorView: Codable, Sendable {
    @OrNull var user: String?
    @OrNull var project: String?
    @OrNull var service: String?
    @OrNull var call: String?

    enum CodingKeys: String, CodingKey {
        case user = "user_id"
        case project = "project_id"
        case service = "service_user_id"
        case call = "request_id"
    }

    public init(user: String?, project: String?, service: String?, call: String?) {
        self.user = user
        self.project = project
        self.service = service
        self.call = call
    }
}
