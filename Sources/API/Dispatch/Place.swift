import HTTPTypes
import Model

/// Where in a service a path leads.
struct Place: Sendable {
    /// All endpoints of the path.
    let endpoints: [Endpoint]
    let values: [String: String]
    /// The path below the mount, decoded, without a project's id in front.
    let segments: [String]
    /// The project that the path names; nil where it names none.
    let project: ProjectID?

    /// Throws 400 where the path names another project than the one that the caller works in.
    func check(_ caller: Caller, isOpen: Bool) throws(Fault) {
        guard let project, !isOpen, caller.project != project else { return }
        let own = caller.project.map { "for project '\($0.text)'" } ?? "for no project"
        throw .badRequest(
            "The path names project '\(project.text.prefix(80))' and the token is \(own): both must name the same one, or "
                + "the path none.", field: "project_id")
    }
}

extension Dispatcher.Mount {
    /// Nil where nothing is at `path`.
    func place(of path: String) throws(Fault) -> Place? {
        let segments = try RequestTarget.segments(of: path)
        if let match = routes.find(segments) {
            return Place(endpoints: match.endpoints, values: match.values, segments: segments, project: nil)
        }
        guard service.takesProject, segments.count > 1, let first = segments.first else { return nil }
        let rest = Array(segments.dropFirst())
        guard let match = routes.find(rest) else { return nil }
        return Place(endpoints: match.endpoints, values: match.values, segments: rest, project: ProjectID(first))
    }

    /// Whether a body of this method and path goes to its handler as it arrives.
    func streams(_ method: HTTPRequest.Method, _ path: String) -> Bool {
        guard hasStreams, let place = try? place(of: service.rewrite(path)) else { return false }
        return place.endpoints.contains { $0.method == method && $0.body?.isStream == true }
    }
}
