/// A user of this service as whom a program calls its neighbours, by names.
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
