import Conventions
import Model
import Workflows

extension Actor {
    /// As workflows record on whose behalf they run.
    var behalf: WorkflowBehalf { WorkflowBehalf(user: user, project: project, request: request) }
}
