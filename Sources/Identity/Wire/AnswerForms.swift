import API

/// The schemas of responses, by the key of the object in them.
enum AnswerForms {
    /// The schema for `key`, whether the response has one object or a list under the key's plural.
    static func one(_ key: String) -> Schema { forms[key] ?? .object(ObjectSchema([], others: .ignored)) }

    static func element(of plural: String) -> Schema { one(singular[plural] ?? String(plural.dropLast())) }

    private static let singular = ["catalog": "catalog_entry", "system": "system_scope"]

    private static let forms: [String: Schema] = [
        "access_rule": resource("AccessRule", accessRule),
        "application_credential": resource("ApplicationCredential", applicationCredential),
        "catalog_entry": .named("CatalogEntry", catalogEntry),
        "domain": extensible("Domain", [text("name"), nullable("description"), flag("enabled"), tags, options]),
        "endpoint": extensible(
            "Endpoint",
            [
                text("interface"), nullable("region_id"), nullable("region"), text("service_id"), text("url"),
                flag("enabled"),
            ]),
        "group": extensible("Group", [text("name"), text("domain_id"), nullable("description")]),
        "limit": resource(
            "Limit",
            limited + [nullable("project_id"), nullable("domain_id"), .required("resource_limit", .integer)]),
        "model": .named("LimitModel", .object(ObjectSchema([text("name"), text("description")]))),
        "project": extensible(
            "Project",
            [
                text("name"), nullable("domain_id"), nullable("description"), flag("enabled"), nullable("parent_id"),
                flag("is_domain"), tags, options,
            ]),
        "region": extensible("Region", [nullable("description"), nullable("parent_region_id")]),
        "registered_limit": resource("RegisteredLimit", limited + [.required("default_limit", .integer)]),
        "role": extensible("Role", [text("name"), nullable("domain_id"), nullable("description"), options]),
        "role_assignment": .named("RoleAssignment", roleAssignment),
        "role_inference": .named("RoleInference", roleInference),
        "service": extensible("Service", [text("type"), nullable("name"), nullable("description"), flag("enabled")]),
        "system_scope": .object(ObjectSchema([flag("all")])),
        "tag": .string,
        "token": .named("Token", token),
        "user": extensible(
            "User",
            [
                text("name"), text("domain_id"), flag("enabled"), .optional("default_project_id", .string),
                nullable("password_expires_at"), options,
            ]),
        "version": .named("Version", version),
    ]

    // MARK: Members

    private static func text(_ name: String) -> ObjectSchema.Property { .required(name, .string) }
    private static func nullable(_ name: String) -> ObjectSchema.Property { .required(name, .nullable(.string)) }
    private static func flag(_ name: String) -> ObjectSchema.Property { .required(name, .boolean) }

    private static let tags = ObjectSchema.Property.required("tags", .array(.string))
    private static let anything = Schema.object(ObjectSchema([], others: .each(keyPattern: nil, .any)))
    private static let options = ObjectSchema.Property.required("options", anything)
    private static let selfLink = ObjectSchema.Property.required("links", .object(ObjectSchema([text("self")])))

    /// A resource with an id and a link to itself.
    private static func resource(_ name: String, _ members: [ObjectSchema.Property]) -> Schema {
        .named(name, .object(ObjectSchema([text("id")] + members + [selfLink])))
    }

    /// A resource that keeps further members given at its creation.
    private static func extensible(_ name: String, _ members: [ObjectSchema.Property]) -> Schema {
        .named(
            name,
            .object(ObjectSchema([text("id")] + members + [selfLink], others: .each(keyPattern: nil, .any))))
    }

    /// An id and, if known, a name, with the domain in which the name is unique.
    private static func reference(withDomain: Bool) -> Schema {
        let domain = ObjectSchema([text("id"), .optional("name", .string)])
        return .object(
            ObjectSchema(
                [text("id"), .optional("name", .string)] + (withDomain ? [.optional("domain", .object(domain))] : [])))
    }

    // MARK: Resources

    private static let limited = [
        text("service_id"), nullable("region_id"), text("resource_name"), nullable("description"),
    ]

    private static let accessRule = [text("service"), text("method"), text("path")]

    private static let applicationCredential: [ObjectSchema.Property] = [
        text("name"), nullable("description"), text("user_id"), text("project_id"), nullable("system"),
        nullable("expires_at"), flag("unrestricted"),
        .required(
            "roles",
            .array(
                .object(
                    ObjectSchema([
                        text("id"), text("name"), nullable("domain_id"), nullable("description"), options,
                    ])))),
        .optional("access_rules", .array(.object(ObjectSchema([text("id")] + accessRule)))),
        .optional("secret", .string),
    ]

    private static let catalogEntry: Schema = {
        let endpoint = ObjectSchema([
            text("id"), text("interface"), nullable("region_id"), nullable("region"), text("url"),
        ])
        return .object(
            ObjectSchema([
                text("id"), text("type"), nullable("name"), .required("endpoints", .array(.object(endpoint))),
            ]))
    }()

    private static let roleAssignment: Schema = {
        let scope = ObjectSchema([
            .optional("project", reference(withDomain: true)), .optional("domain", reference(withDomain: true)),
            .optional("system", .object(ObjectSchema([flag("all")]))),
            .optional("OS-INHERIT:inherited_to", .oneOfTexts(["projects"])),
        ])
        return .object(
            ObjectSchema([
                .required("role", reference(withDomain: true)), .optional("user", reference(withDomain: true)),
                .optional("group", reference(withDomain: true)), .required("scope", .object(scope)),
                .required("links", .object(ObjectSchema([text("assignment"), .optional("membership", .string)]))),
            ]))
    }()

    private static let roleInference: Schema = {
        let role = Schema.object(
            ObjectSchema([text("id"), text("name"), nullable("description"), nullable("domain_id"), selfLink]))
        return .object(
            ObjectSchema([.required("prior_role", role), .required("implies", .anyOf([role, .array(role)]))]))
    }()

    private static let token: Schema = {
        let credential = ObjectSchema([
            text("id"), text("name"), flag("restricted"),
            .optional("access_rules", .array(.object(ObjectSchema([text("id")] + accessRule)))),
        ])
        let user = ObjectSchema([
            text("id"), text("name"), .required("domain", reference(withDomain: false)),
            nullable("password_expires_at"),
        ])
        return .object(
            ObjectSchema([
                .required("methods", .array(.string)), .required("user", .object(user)),
                .required("audit_ids", .array(.string)), text("expires_at"), text("issued_at"),
                .optional("project", reference(withDomain: true)), .optional("is_domain", .boolean),
                .optional("domain", reference(withDomain: false)),
                .optional("system", .object(ObjectSchema([flag("all")]))),
                .optional("roles", .array(reference(withDomain: false))),
                .optional("application_credential", .object(credential)),
                .optional("catalog", .array(.named("CatalogEntry", catalogEntry))),
            ]))
    }()

    private static let version: Schema = {
        let link = ObjectSchema([text("rel"), text("href")])
        let mediaType = ObjectSchema([text("base"), text("type")])
        return .object(
            ObjectSchema([
                text("id"), text("status"), text("updated"), .required("links", .array(.object(link))),
                .required("media-types", .array(.object(mediaType))),
            ]))
    }()
}
