/// A user of this service, by names, as which a program calls other services.
public struct ServiceAccount: Sendable, Equatable {
    let user: String
    let userDomain: String
    let project: String
    let projectDomain: String

    public init(user: String, userDomain: String, project: String, projectDomain: String) {
        self.user = user
        self.userDomain = userDomain
        self.project = project
        self.projectDomain = projectDomain
    }
}
