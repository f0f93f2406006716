import API
import Model

/// A domain: a project that owns users, groups and projects.
struct Domain: Representation, Identified {
    static let singular = "domain"
    static let plural = "domains"

    let project: Project

    init(_ project: Project) {
        self.project = project
    }

    var key: String { project.key }
    var selfPath: String { "domains/\(project.id)" }

    func write(to json: inout JSONWriter) {
        json.member("id", project.id.text)
        json.member("name", project.name)
        json.member("description", project.description)
        json.member("enabled", project.isEnabled)
        json.member("tags", json: project.tags)
        json.member("options", json: project.options)
        json.members(of: project.extra)
    }
}
