import API
import HTTPTypes
import Model
import Store

/// `/v2/images/{image_id}/tasks`, and the deprecated API of tasks below `/v2/tasks`.
struct TaskEndpoints: Sendable {
    let store: any StateStore
    let options: ImageOptions
    let creation: TaskCreation

    private static let id = PathParameter<ImageTaskID>(
        "task_id", "The task's id", malformed: .notFound, refusal: { "No task found with ID \($0)" })
    private static let limit = QueryParameter<String>("limit", "At most so many")
    private static let marker = QueryParameter<String>("marker", "The id of the last one of the page before")
    private static let status = QueryParameter<String>("status", "Only tasks with this status")
    private static let type = QueryParameter<String>("type", "Only tasks of this type")
    private static let sortKey = QueryParameter<String>("sort_key", TaskSort.keys)
    private static let sortDirection = QueryParameter<String>("sort_dir", "asc or desc")
    /// More tasks of one image are not shown.
    private static let most = 1000

    var all: [Endpoint] {
        [
            Endpoint(
                .get, "/v2/images/\(ImageEndpoints.id)/tasks", "List the tasks of an image", query: .anything,
                access: .ruleInHandler("get_image"), answers: .json(ImageTaskListView.self)
            ) { call in try await listOfImage(call) },
            Endpoint(
                .get, "/v2/tasks", "List tasks",
                query: QueryRules(
                    [
                        Self.limit.description, Self.marker.description, Self.status.description, Self.type.description,
                        Self.sortKey.description, Self.sortDirection.description,
                    ], unknown: .ignore), access: .rule("tasks_api_access"), answers: .json(TaskListView.self)
            ) { call in try await list(call) },
            Endpoint(
                .post, "/v2/tasks", "Create an image of data in the web, as older clients do", query: .anything,
                body: JSONValue.self, schema: TaskCreation.schema, access: .rule("tasks_api_access"),
                answers: .json(TaskView.self, status: 201).sending(.location), faults: [.conflict]
            ) { call, body in try await creation.create(call, body) },
            Endpoint(
                .get, "/v2/tasks/\(Self.id)", "Show a task", query: .anything, access: .rule("tasks_api_access"),
                answers: .json(TaskView.self)
            ) { call in try await show(call) },
        ]
    }

    private func listOfImage(_ call: Call) async throws -> Reply {
        let id = try call[ImageEndpoints.id]
        let access = ImageAccess(call)
        let tasks = try await store.read { transaction -> [ImageTask] in
            let image = try ImageBook.get(id, access.scope, in: transaction)
            try access.check("get_image", image)
            return try TaskBook.of(id, most: Self.most, in: transaction)
        }
        return try .json(ImageTaskListView(tasks: try tasks.map { try ImageTaskView($0) }))
    }

    private func list(_ call: Call) async throws -> Reply {
        var conditions: SQL = "1 = 1"
        if let status = try call[Self.status] { conditions += " AND t.status = \(status)" }
        if let type = try call[Self.type] { conditions += " AND t.type = \(type)" }
        let sort = try TaskSort(key: try call[Self.sortKey], direction: try call[Self.sortDirection])
        var size = options.pageSize
        if let text = try call[Self.limit] {
            guard let asked = Int(text), asked >= 0 else {
                throw Fault.badRequest("limit param must be a whole number that is not negative", field: "limit")
            }
            size = min(asked, options.largestPage)
        }
        let marker = try call[Self.marker]
        let tasks = try await store.read { [conditions, size] transaction -> [ImageTask] in
            var last: ImageTask?
            if let marker {
                guard let id = ImageTaskID(marker), let found = try TaskBook.find(id, in: transaction) else {
                    throw Fault.badRequest("Invalid marker: there is no task '\(marker.shown)'.", field: "marker")
                }
                last = found
            }
            if size == 0 { return [] }
            return try TaskBook.list(conditions, in: sort, after: last, most: size, transaction)
        }
        let kept = call.rawQuery.filter { $0.name != "marker" }.map { parameter in
            "\(parameter.name.percentEncoded)=\(parameter.value.percentEncoded)"
        }
        func address(_ query: [String]) -> String {
            query.isEmpty ? "/v2/tasks" : "/v2/tasks?\(query.joined(separator: "&"))"
        }
        return try .json(
            TaskListView(
                tasks: tasks.map { TaskSummaryView($0) }, first: address(kept), schema: "/v2/schemas/tasks",
                next: tasks.count == size ? tasks.last.map { address(kept + ["marker=\($0.id)"]) } : nil))
    }

    private func show(_ call: Call) async throws -> Reply {
        let id = try call[Self.id]
        guard let task = try await store.read({ try TaskBook.find(id, in: $0) }) else {
            throw Fault.notFound("No task found with ID \(id)")
        }
        return try .json(TaskView(task))
    }
}
