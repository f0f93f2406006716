import API
import HTTPTypes
import Model

/// Some of the versions that Compute has.
extension APIVersion {
    static let first = APIVersion(2, 1, "Servers and their actions.")
    static let crashDumps = APIVersion(2, 17, "Servers are crashed on purpose.")
    static let lockReasons = APIVersion(2, 73, "A lock has a reason.")
    static let hosts = APIVersion(2, 74, "Servers show their host.")
    static let newest = APIVersion(2, 104, "Nothing yet.")

    static let played = [first, crashDumps, lockReasons, hosts, newest]
}

/// A small service as Compute will be: actions of a server, versions, a project in the path.
enum PlayedCompute {
    struct Lock: Codable, Sendable {
        var reason: String?

        enum CodingKeys: String, CodingKey { case reason = "locked_reason" }
    }

    struct Resize: Codable, Sendable { var flavorRef: String }
    struct Told: Codable, Sendable { var said: String }

    /// Leaves `host` in at any version where `isLeaky`.
    struct Server: Codable, Sendable, VersionedView {
        static let since: [String: APIVersion] = ["host": .hosts]

        var name: String
        var host: String?

        init(_ call: Call, isLeaky: Bool) {
            name = "a"
            host = call.version >= .hosts || isLeaky ? "h" : nil
        }
    }

    static let id = PathParameter<InstanceID>("server_id", "The server's id")
    private static let leaks = QueryParameter<Bool>("leaks", "Whether to show what a version does not have")
    private static let path: PathTemplate = "/servers/\(id)/action"

    static let service = Service(
        name: "played-compute", title: "Played Compute", prefix: "/compute/v2.1", family: PlayedComputeFamily(),
        endpoints: servers + actions, versions: APIVersion.played, authenticator: PlayedAuthenticator(),
        authorizer: PlayedAuthorizer(),
        takesProject: true)

    private static let servers = [
        Endpoint(.get, "/", "Show the version", access: .open, answers: .json(Told.self)) { call in
            try .json(Told(said: "\(call.version)"))
        },
        Endpoint(
            .get, "/servers/\(id)", "Show a server", query: QueryRules([leaks.description]), access: .authenticated,
            answers: .json(Server.self)
        ) { call in try .json(Server(call, isLeaky: try call[leaks] ?? false)) },
        Endpoint(.get, "/servers", "List servers", access: .rule("servers:index:member"), answers: .json(Told.self)) {
            call in try .json(Told(said: "\(call.path) of \(call.pathProject?.text ?? "no project in the path")"))
        },
    ]

    private static let actions = [
        Endpoint.action(
            "os-start", path, "Start a server", access: .rule("servers:start:member"),
            answers: .empty(202).sending(.location)
        ) { call in
            .empty(202, headers: [.location: "\(try call[id])"])
        },
        Endpoint.action(
            "lock", path, "Lock a server", before: .lockReasons, body: JSONValue?.self, schema: .any,
            access: .rule("lock:member"), answers: .empty(202)
        ) { _, _ in .empty(202) },
        Endpoint.action(
            "lock", path, "Lock a server and say why", since: .lockReasons, body: Lock?.self,
            schema: Schema.of(Lock?.self).strict, access: .rule("lock:member"), answers: .json(Told.self, status: 202)
        ) { _, lock in try .json(Told(said: lock?.reason ?? "no reason"), status: 202) },
        Endpoint.action(
            "resize", path, "Resize a server", body: Resize.self, access: .rule("resize:member"),
            answers: .json(Told.self, status: 202), faults: [.conflict]
        ) { _, resize in try .json(Told(said: resize.flavorRef), status: 202) },
        Endpoint.action(
            "trigger_crash_dump", path, "Crash a server", since: .crashDumps,
            access: .rule("crash:admin"), answers: .empty(202)
        ) { _ in .empty(202) },
    ]
}
