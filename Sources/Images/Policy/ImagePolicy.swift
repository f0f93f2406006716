import Access

/// The rules of the image service with upstream's names and new defaults.
///
/// Targets have `project_id` and `owner`, both the image's owner, `member_id` where the image is shared with the caller, and
/// `visibility`, `status` and `name`; they have no custom properties.
enum ImagePolicy {
    public static let rules: [PolicyRule] = base + images + members + tasks + cache + definitions

    private static let admin = "rule:context_is_admin"
    private static let member = "role:member and project_id:%(project_id)s"
    private static let reader = "role:reader and project_id:%(project_id)s"
    /// Of images that the caller may see by their ids.
    private static let visible =
        "(project_id:%(project_id)s or project_id:%(member_id)s or 'community':%(visibility)s or "
        + "'public':%(visibility)s or 'shared':%(visibility)s)"
    private static let memberOrAdmin = "\(admin) or (\(member))"
    private static let download = "\(admin) or (role:member and \(visible))"
    private static let readMembers =
        "\(admin) or role:reader and (project_id:%(project_id)s or project_id:%(member_id)s)"

    /// What upstream admits to change an image while its new defaults are off: an empty rule, and beside it the check that the image is the
    /// caller's own.
    private static let owner = "\(admin) or project_id:%(project_id)s"

    private static let base: [PolicyRule] = [
        PolicyRule("default", "", scopes: .project, "What rules of old policy files without a check meant"),
        PolicyRule("context_is_admin", "role:admin", scopes: .project, "Whose calls are an administrator's"),
        PolicyRule(
            "service_api", "role:service or role:admin", scopes: .project, "Calls of other services"),
    ]

    private static let images: [PolicyRule] = [
        rule(
            "add_image", "\(admin) or (\(member) and project_id:%(owner)s)", "Create an image", "POST /v2/images",
            legacy: owner),
        rule(
            "delete_image", memberOrAdmin, "Delete an image", "DELETE /v2/images/{image_id}", legacy: owner),
        rule(
            "get_image", "\(admin) or (role:reader and \(visible))", "Show an image", "GET /v2/images/{image_id}",
            legacy: "rule:default"),
        rule("get_images", "\(admin) or (\(reader))", "List images", "GET /v2/images", legacy: "rule:default"),
        rule(
            "modify_image", memberOrAdmin, "Change an image", "PATCH /v2/images/{image_id}",
            "PUT /v2/images/{image_id}/tags/{tag}", "DELETE /v2/images/{image_id}/tags/{tag}",
            "PUT /v2/images/{image_id}/stage", "POST /v2/images/{image_id}/import", legacy: owner),
        rule("publicize_image", admin, "Make an image public", "PATCH /v2/images/{image_id}"),
        rule(
            "communitize_image", memberOrAdmin, "Offer an image to everybody who asks for it",
            "PATCH /v2/images/{image_id}", legacy: owner),
        rule(
            "download_image", download, "Download an image", "GET /v2/images/{image_id}/file", legacy: "rule:default"),
        rule(
            "download_from_store", download, "Choose the store that an image is downloaded from",
            "GET /v2/images/{image_id}/file"),
        rule(
            "upload_image", memberOrAdmin, "Upload the data of an image", "PUT /v2/images/{image_id}/file",
            legacy: owner),
        rule(
            "delete_image_location", admin, "Remove the data of an image from one store",
            "DELETE /v2/stores/{store_id}/{image_id}", legacy: owner),
        rule(
            "get_image_location", "\(admin) or (\(reader))", "See in an image where its data are",
            "GET /v2/images/{image_id}", legacy: "rule:default"),
        rule(
            "set_image_location", memberOrAdmin, "Say in an image where its data are", "PATCH /v2/images/{image_id}",
            legacy: owner),
        rule(
            "add_image_location", "rule:service_api or (\(member) and project_id:%(owner)s)",
            "Add a location to an image", "POST /v2/images/{image_id}/locations"),
        rule(
            "fetch_image_location", "rule:service_api", "List the locations of an image",
            "GET /v2/images/{image_id}/locations"),
        rule(
            "deactivate", memberOrAdmin, "Forbid the download of an image",
            "POST /v2/images/{image_id}/actions/deactivate", legacy: owner),
        rule(
            "reactivate", memberOrAdmin, "Admit the download of an image again",
            "POST /v2/images/{image_id}/actions/reactivate", legacy: owner),
        rule("copy_image", admin, "Copy an image to other stores", "POST /v2/images/{image_id}/import"),
        rule(
            "stores_info_detail", "\(admin) or rule:service_api", "List stores with their settings",
            "GET /v2/info/stores/detail", legacy: "rule:context_is_admin"),
    ]

    private static let members: [PolicyRule] = [
        rule(
            "add_member", memberOrAdmin, "Share an image with a project", "POST /v2/images/{image_id}/members",
            legacy: owner),
        rule(
            "delete_member", memberOrAdmin, "End the sharing of an image with a project",
            "DELETE /v2/images/{image_id}/members/{member_id}", legacy: owner),
        rule(
            "get_member", readMembers, "Show a project with which an image is shared",
            "GET /v2/images/{image_id}/members/{member_id}", legacy: "rule:default"),
        rule(
            "get_members", readMembers, "List the projects with which an image is shared",
            "GET /v2/images/{image_id}/members", legacy: "rule:default"),
        rule(
            "modify_member", "\(admin) or (role:member and project_id:%(member_id)s)",
            "Accept or reject an image that is shared", "PUT /v2/images/{image_id}/members/{member_id}",
            legacy: "\(admin) or project_id:%(member_id)s"),
    ]

    private static let tasks: [PolicyRule] = [
        rule("get_task", "rule:default", "Show a task", "GET /v2/tasks/{task_id}"),
        rule("get_tasks", "rule:default", "List tasks", "GET /v2/tasks"),
        rule("add_task", "rule:default", "Start a task", "POST /v2/tasks"),
        rule("modify_task", "rule:default", "Not used", "DELETE /v2/tasks/{task_id}"),
        rule(
            "tasks_api_access", admin, "Use the API of tasks", "GET /v2/tasks/{task_id}", "GET /v2/tasks",
            "POST /v2/tasks", "DELETE /v2/tasks/{task_id}"),
    ]

    private static let cache: [PolicyRule] = [
        rule("manage_image_cache", admin, "Manage the cache of images"),
        rule(
            "cache_image", admin, "Queue an image for the cache", "PUT /v2/cache/{image_id}",
            legacy: "rule:manage_image_cache"),
        rule("cache_list", admin, "List the cache", "GET /v2/cache", legacy: "rule:manage_image_cache"),
        rule(
            "cache_delete", admin, "Remove images from the cache or its queue", "DELETE /v2/cache",
            "DELETE /v2/cache/{image_id}", legacy: "rule:manage_image_cache"),
        rule("cache_clean", admin, "Remove damaged entries of the cache", "POST /v2/cache/clean"),
        rule("cache_prune", admin, "Make the cache smaller", "POST /v2/cache/prune"),
        rule(
            "list_cached_nodes", admin, "List the nodes that hold an image in their cache",
            "GET /v2/cache/nodes/{image_id}"),
    ]

    private static let definitions: [PolicyRule] =
        [
            PolicyRule("metadef_default", "", scopes: .project, "What was asked for definitions of metadata"),
            PolicyRule("metadef_admin", admin, scopes: .project, "Who may change definitions of metadata"),
            rule(
                "get_metadef_namespaces", "\(admin) or (\(reader))", "List namespaces of definitions",
                "GET /v2/metadefs/namespaces", legacy: "rule:metadef_default"),
        ] + definitionReaders.map { definitionReader($0.name, $0.operation) }
        + definitionWriters.map { definitionWriter($0.name, $0.operation) }

    /// Rules with the calls that they guard.
    private static let definitionReaders: [(name: String, operation: String)] = [
        ("get_metadef_namespace", "GET /v2/metadefs/namespaces/{namespace_name}"),
        ("get_metadef_object", "GET /v2/metadefs/namespaces/{namespace_name}/objects/{object_name}"),
        ("get_metadef_objects", "GET /v2/metadefs/namespaces/{namespace_name}/objects"),
        ("list_metadef_resource_types", "GET /v2/metadefs/resource_types"),
        ("get_metadef_resource_type", "GET /v2/metadefs/namespaces/{namespace_name}/resource_types"),
        ("get_metadef_property", "GET /v2/metadefs/namespaces/{namespace_name}/properties/{property_name}"),
        ("get_metadef_properties", "GET /v2/metadefs/namespaces/{namespace_name}/properties"),
        ("get_metadef_tag", "GET /v2/metadefs/namespaces/{namespace_name}/tags/{tag_name}"),
        ("get_metadef_tags", "GET /v2/metadefs/namespaces/{namespace_name}/tags"),
    ]

    private static let definitionWriters: [(name: String, operation: String)] = [
        ("modify_metadef_namespace", "PUT /v2/metadefs/namespaces/{namespace_name}"),
        ("add_metadef_namespace", "POST /v2/metadefs/namespaces"),
        ("delete_metadef_namespace", "DELETE /v2/metadefs/namespaces/{namespace_name}"),
        ("modify_metadef_object", "PUT /v2/metadefs/namespaces/{namespace_name}/objects/{object_name}"),
        ("add_metadef_object", "POST /v2/metadefs/namespaces/{namespace_name}/objects"),
        ("delete_metadef_object", "DELETE /v2/metadefs/namespaces/{namespace_name}/objects/{object_name}"),
        (
            "add_metadef_resource_type_association",
            "POST /v2/metadefs/namespaces/{namespace_name}/resource_types"
        ),
        (
            "remove_metadef_resource_type_association",
            "DELETE /v2/metadefs/namespaces/{namespace_name}/resource_types/{name}"
        ),
        ("modify_metadef_property", "PUT /v2/metadefs/namespaces/{namespace_name}/properties/{property_name}"),
        ("add_metadef_property", "POST /v2/metadefs/namespaces/{namespace_name}/properties"),
        ("remove_metadef_property", "DELETE /v2/metadefs/namespaces/{namespace_name}/properties/{property_name}"),
        ("modify_metadef_tag", "PUT /v2/metadefs/namespaces/{namespace_name}/tags/{tag_name}"),
        ("add_metadef_tag", "POST /v2/metadefs/namespaces/{namespace_name}/tags/{tag_name}"),
        ("add_metadef_tags", "POST /v2/metadefs/namespaces/{namespace_name}/tags"),
        ("delete_metadef_tag", "DELETE /v2/metadefs/namespaces/{namespace_name}/tags/{tag_name}"),
        ("delete_metadef_tags", "DELETE /v2/metadefs/namespaces/{namespace_name}/tags"),
    ]

    private static func definitionReader(_ name: String, _ operation: String) -> PolicyRule {
        rule(
            name, "\(admin) or (role:reader and (project_id:%(project_id)s or 'public':%(visibility)s))",
            "Read definitions of metadata", operation, legacy: "rule:metadef_default")
    }

    private static func definitionWriter(_ name: String, _ operation: String) -> PolicyRule {
        rule(name, "rule:metadef_admin", "Change definitions of metadata", operation)
    }

    private static func rule(
        _ name: String, _ check: String, _ description: String, _ operations: String..., legacy: String? = nil
    ) -> PolicyRule {
        PolicyRule(
            name, check, scopes: .project, description, operations: operations.map(PolicyRule.Operation.init),
            legacyCheck: legacy)
    }
}
