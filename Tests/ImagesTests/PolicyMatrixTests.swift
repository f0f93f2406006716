import API
import Access
import Model
import Testing

@testable import Images

/// Every rule by every persona, on an image of project `blue` with each visibility, with upstream's new defaults and with its former ones. What
/// is expected is worked out here from roles and projects, and not from the rules' text.
@Suite struct PolicyMatrixTests {
    /// Whom a rule admits beside administrators.
    enum Gate: Sendable {
        case everybody, nobody
        case service, serviceOrOwnMember
        case ownAny, ownMember, ownReader
        /// Of images that the caller may see by their ids.
        case seenMember, seenReader
        /// Of images that are shared with the caller.
        case sharedAny, sharedMember
        case ownOrSharedReader
        /// Of what everybody may see.
        case ownOrPublicReader
    }

    typealias Row = (gate: Gate, former: Gate?)

    static let rows: [String: Row] = {
        var rows: [String: Row] = [
            "default": (.everybody, nil), "context_is_admin": (.nobody, nil), "service_api": (.service, nil),
            "get_image": (.seenReader, .everybody), "get_images": (.ownReader, .everybody),
            "publicize_image": (.nobody, nil), "download_image": (.seenMember, .everybody),
            "download_from_store": (.seenMember, nil), "delete_image_location": (.nobody, .ownAny),
            "get_image_location": (.ownReader, .everybody), "add_image_location": (.serviceOrOwnMember, nil),
            "fetch_image_location": (.service, nil), "copy_image": (.nobody, nil),
            "stores_info_detail": (.service, nil),
            "get_member": (.ownOrSharedReader, .everybody), "get_members": (.ownOrSharedReader, .everybody),
            "modify_member": (.sharedMember, .sharedAny), "tasks_api_access": (.nobody, nil),
            "metadef_default": (.everybody, nil), "metadef_admin": (.nobody, nil),
            "get_metadef_namespaces": (.ownReader, .everybody),
        ]
        for name in [
            "add_image", "delete_image", "modify_image", "communitize_image", "upload_image", "set_image_location",
            "deactivate", "reactivate", "add_member", "delete_member",
        ] { rows[name] = (.ownMember, .ownAny) }
        for name in ["get_task", "get_tasks", "add_task", "modify_task"] { rows[name] = (.everybody, nil) }
        for name in [
            "manage_image_cache", "cache_image", "cache_list", "cache_delete", "cache_clean", "cache_prune",
            "list_cached_nodes",
        ] { rows[name] = (.nobody, nil) }
        for name in [
            "get_metadef_namespace", "get_metadef_object", "get_metadef_objects", "list_metadef_resource_types",
            "get_metadef_resource_type", "get_metadef_property", "get_metadef_properties", "get_metadef_tag",
            "get_metadef_tags",
        ] { rows[name] = (.ownOrPublicReader, .everybody) }
        for name in [
            "modify_metadef_namespace", "add_metadef_namespace", "delete_metadef_namespace", "modify_metadef_object",
            "add_metadef_object", "delete_metadef_object", "add_metadef_resource_type_association",
            "remove_metadef_resource_type_association", "modify_metadef_property", "add_metadef_property",
            "remove_metadef_property", "modify_metadef_tag", "add_metadef_tag", "add_metadef_tags",
            "delete_metadef_tag", "delete_metadef_tags",
        ] { rows[name] = (.nobody, nil) }
        return rows
    }()

    @Test func `every rule has its row`() {
        #expect(Set(ImagePolicy.rules.map(\.name)) == Set(Self.rows.keys))
    }

    /// The image's member is project `red`.
    private static func target(_ visibility: ImageVisibility, _ caller: Caller) -> PolicyTarget {
        var attributes = [
            "visibility": visibility.rawValue, "status": "active", "protected": "False", "project_id": "blue",
            "owner": "blue",
        ]
        if visibility == .shared, caller.project == "red" { attributes["member_id"] = "red" }
        return PolicyTarget(attributes)
    }

    private static func admits(_ gate: Gate, _ persona: Persona, _ visibility: ImageVisibility) -> Bool {
        let isOwn = [.member, .reader, .noRole].contains(persona)
        let isMember = [.member, .otherMember].contains(persona)
        let isReader = [.member, .reader, .otherMember, .otherReader].contains(persona)
        let isShared = visibility == .shared && [.otherMember, .otherReader].contains(persona)
        let isSeen = isOwn || visibility != .private
        return switch gate {
        case .everybody: true
        case .nobody: false
        case .service: persona == .service
        case .serviceOrOwnMember: persona == .service || isMember && isOwn
        case .ownAny: isOwn
        case .ownMember: isMember && isOwn
        case .ownReader: isReader && isOwn
        case .seenMember: isMember && isSeen
        case .seenReader: isReader && isSeen
        case .sharedAny: isShared
        case .sharedMember: isMember && isShared
        case .ownOrSharedReader: isReader && (isOwn || isShared)
        case .ownOrPublicReader: isReader && (isOwn || visibility == .public)
        }
    }

    @Test(arguments: PolicyMatrixTests.rows.keys.sorted(), [false, true])
    func `only those of the row may`(rule: String, legacy: Bool) throws {
        let row = try #require(Self.rows[rule])
        let authorizer = PolicyAuthorizer(
            engine: try PolicyEngine(rules: ImagePolicy.rules, heedsLegacyDefaults: legacy), wording: .image)
        for persona in Persona.allCases {
            guard let caller = Persona.caller(persona.rawValue) else { continue }
            for visibility in ImageVisibility.allCases {
                let target = Self.target(visibility, caller)
                let isAdmitted = (try? authorizer.authorize(caller, rule: rule, target: target)) != nil
                let former = legacy ? row.former.map { Self.admits($0, persona, visibility) } ?? false : false
                let expected = persona == .admin || Self.admits(row.gate, persona, visibility) || former
                #expect(isAdmitted == expected, "\(rule) by \(persona), \(visibility), legacy \(legacy)")
            }
        }
    }
}
